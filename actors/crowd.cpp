#include "actors/crowd.hpp"

#include "actors/session.hpp"
#include "actors/watcher.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace strowger {

using traffic::intended_call;

namespace {

constexpr size_t starts_in_a_turn = 50;

model::content describe(const std::string& host) {
  auto family = host.find(':') == std::string::npos ? "IP4 " : "IP6 ";
  auto address = family + host;
  return {"application/sdp", "v=0\r\no=- 1 1 IN " + address + "\r\ns=-\r\nc=IN "
                               + address
                               + "\r\nt=0 0\r\nm=audio 9 RTP/AVP 0 8 101\r\n"
                                 "a=rtpmap:101 telephone-event/8000\r\n"
                                 "a=sendrecv\r\n"};
}

std::string host_of(const std::string& address) {
  return address.substr(0, address.rfind(':'));
}

} // namespace

crowd::crowd(caf::actor_system& system, reactor& host,
             const traffic::scenario& script, const traffic::population& what,
             std::shared_ptr<const model::directory> config)
  : system_(system), reactor_(host), script_(script), what_(what),
    config_(std::move(config)),
    domain_(script.domain.empty() ? host_of(script.target) : script.domain),
    target_("@" + traffic::target_of(script)),
    description_(describe(config_->text(model::option::sip_address))),
    choices_(traffic::fork(script.seed, traffic::label_of(what) + " choices")) {
  // Names of calls must not repeat over runs, nor among the crowds of a run;
  // parts of a population, which begin together, count from other years.
  auto second = static_cast<uint32_t>(host.unix_seconds()
                                      + (uint64_t{what.part} << 24));
  next_id_ = (uint64_t{second} << 32) + (index() << 28);
  ticker_ = system_.spawn(watcher, [this] { on_tick(); });
  clerk_ = system_.spawn(listener<registration_listener, registered>,
                         [this](const registered& x) { on_registered(x); });
  watcher_ = system_.spawn(
    listener<subscription_listener, subscription_news>,
    [this](const subscription_news& x) { on_subscription(x); });
}

crowd::~crowd() = default;

uint64_t crowd::index() const {
  return static_cast<uint64_t>(&what_ - script_.populations.data());
}

void crowd::shut_down() {
  stop();
  caf::anon_send_exit(ticker_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(clerk_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(watcher_, caf::exit_reason::user_shutdown);
  for (auto& [id, x] : sessions_)
    caf::anon_send_exit(x.handle, caf::exit_reason::user_shutdown);
}

// -- the run ------------------------------------------------------------------

void crowd::start_calling(model::time_point now) {
  if (!what_.calls || what_.users.empty() || what_.calls->numbers.empty())
    return;
  calling_ = true;
  auto& law = what_.calls->arrivals;
  auto arrivals = traffic::fork(script_.seed, what_.name + " arrivals");
  if (std::holds_alternative<traffic::arrival_law::users>(law.what)) {
    for (uint32_t i = 0; i < what_.users.size(); ++i)
      waiting_.push(
        {now + what_.calls->pause.draw(choices_), i,
         static_cast<uint32_t>(choices_() % what_.calls->numbers.size())});
  } else {
    arrivals_.emplace(law, arrivals, now);
    next_arrival_ = arrivals_->next();
  }
  arm();
}

double crowd::rate_per_s() const {
  return has_arrivals() ? arrivals_->rate_at(reactor_.clock_now()) : 0;
}

void crowd::set_rate(double per_s) {
  if (!has_arrivals())
    return;
  auto now = reactor_.clock_now();
  arrivals_->set_rate(per_s, now);
  // One that is due already stays; any other is withdrawn.
  if (!next_arrival_ || *next_arrival_ > now)
    next_arrival_ = arrivals_->next();
  arm();
}

void crowd::stop() {
  calling_ = false;
  next_arrival_.reset();
  waiting_ = {};
  if (registrations_)
    registrations_->stop();
  wake_.cancel();
}

void crowd::clear() {
  stop();
  for (auto& [id, x] : sessions_)
    caf::anon_send(x.handle, strowger::clear{"the run is over"});
}

model::time_point crowd::next_call() const {
  if (!calling_ || calls_left_ == 0)
    return model::never;
  auto next = next_arrival_.value_or(model::never);
  if (!waiting_.empty())
    next = std::min(next, waiting_.top().at);
  return next < call_until_ ? next : model::never;
}

void crowd::arm() {
  auto next = next_call();
  if (registrations_)
    next = std::min(next, registrations_->next());
  wake_.set(reactor_, next, ticker_);
}

void crowd::on_tick() {
  wake_.rang();
  on_registrations_due();
  on_calls_due();
  arm();
}

// The clock is read anew each time, not the turn: a burst of starts takes its
// time, and none is to be thought more punctual than it was. What comes in is
// to be heard between them, also by a generator that is behind.
void crowd::on_calls_due() {
  for (size_t started = 0; started < starts_in_a_turn;) {
    auto now = reactor_.clock_now();
    if (next_call() > now)
      return;
    started += call_due(now);
  }
}

/// Makes the next call; false if it is too late for it.
bool crowd::call_due(model::time_point now) {
  intended_call x;
  if (next_arrival_ && next_call() == *next_arrival_) {
    x.at = *next_arrival_;
    x.user = next_user_++ % static_cast<uint32_t>(what_.users.size());
    x.number = static_cast<uint32_t>(choices_() % what_.calls->numbers.size());
    next_arrival_ = arrivals_->next();
  } else {
    x = waiting_.top();
    waiting_.pop();
  }
  if (now - x.at > traffic::self_watch::too_late) {
    watch_.skipped();
    return false;
  }
  watch_.started(x.at, now);
  call(std::move(x));
  return true;
}

void crowd::call(intended_call x) {
  --calls_left_;
  auto id = model::call_id{++next_id_};
  auto& place = add(id);
  place.user = x.user;
  place.number = x.number;
  place.attempt = x.attempt;
  give_media(place);
  session_start how{traffic::draw(*what_.calls, choices_), details(x), x.at};
  place.handle = system_.spawn(session, this, &place, id, std::move(how));
  edge_->adopt(id, place.handle);
}

traffic::call_details crowd::details(const intended_call& x) const {
  auto& user = what_.users[x.user];
  auto& number = what_.calls->numbers[x.number];
  traffic::call_details result;
  result.target.uri = "sip:" + number + target_;
  result.target.login = traffic::login_of(what_, user);
  result.to_user = number;
  result.caller.user = user.number;
  return result;
}

crowd::entry& crowd::add(model::call_id id) {
  auto& result = sessions_[id];
  result.window = window_;
  return result;
}

// -- media --------------------------------------------------------------------

media_account crowd::account(call_side side, run_window x) const {
  auto of_place = index() * call_side_count + static_cast<uint64_t>(side);
  return static_cast<media_account>(of_place * run_window_count
                                    + static_cast<uint64_t>(x));
}

void crowd::give_media(entry& to) {
  if (!media_)
    return;
  to.media = media_->open(account(to.side(), to.window));
  if (!to.media)
    ++counts(to.side(), to.window).media.without_port;
}

// -- registrations ------------------------------------------------------------

void crowd::start_registering() {
  if (!what_.registers)
    return;
  registrations_.emplace(*what_.registers, what_.users.size(),
                         reactor_.clock_now());
  arm();
}

registration_order crowd::order(uint32_t user) const {
  registration_order x;
  x.user = user;
  x.number = what_.users[user].number;
  x.domain = domain_;
  x.registrar = "sip:" + traffic::target_of(script_);
  x.login = traffic::login_of(what_, what_.users[user]);
  x.expires_s = static_cast<uint32_t>(what_.registers->expires.count());
  return x;
}

void crowd::on_registrations_due() {
  if (!registrations_)
    return;
  auto now = reactor_.clock_now();
  auto& count = counts(call_side::caller, run_window::steady);
  while (auto user = registrations_->take_due(now, count)) {
    watch_.started(registrations_->intended(*user), now);
    registrar_->send(order(*user), clerk_);
    now = reactor_.clock_now();
  }
}

/// All of them count: a storm is over before the calls begin that wait for it.
void crowd::on_registered(const registered& x) {
  registrations_->answered(x.user, x.status, x.expires_s, reactor_.clock_now(),
                           counts(call_side::caller, run_window::steady));
  arm();
}

// -- subscriptions ------------------------------------------------------------

void crowd::start_subscribing() {
  if (!what_.subscribes)
    return;
  auto& how = *what_.subscribes;
  auto now = reactor_.clock_now();
  auto users = static_cast<uint32_t>(what_.users.size());
  subscribe_due_.resize(users);
  for (uint32_t i = 0; i < users; ++i) {
    auto& user = what_.users[i];
    subscription_order x;
    x.user = i;
    x.number = user.number;
    x.domain = domain_;
    x.watched = how.numbers.empty() ? user.number
                                    : how.numbers[i % how.numbers.size()];
    x.hop = "sip:" + traffic::target_of(script_);
    x.event = how.event;
    x.accept = how.accept;
    x.login = traffic::login_of(what_, user);
    x.expires_s = static_cast<uint32_t>(how.expires.count());
    x.first = now + model::duration{how.spread} * i / users;
    registrar_->send(std::move(x), watcher_);
  }
}

/// All of them count, as registrations do.
void crowd::on_subscription(const subscription_news& x) {
  auto& count = counts(call_side::caller, run_window::steady);
  switch (x.what) {
    case subscription_news::kind::sent:
      ++count.subscriptions.attempts;
      ++subscribing_;
      subscribe_due_[x.user] = x.due;
      return;
    case subscription_news::kind::answered:
      --subscribing_;
      if (x.status / 100 != 2) {
        ++count.subscriptions.failed_by_status[x.status];
        return;
      }
      ++count.subscriptions.succeeded;
      count.record(
        traffic::latency::subscription,
        model::us_between(subscribe_due_[x.user], reactor_.clock_now()));
      return;
    case subscription_news::kind::notified:
      ++count.notifications;
      return;
  }
}

// -- counts -------------------------------------------------------------------

crowd::tallies crowd::take_counts() {
  auto result = std::exchange(counts_, {});
  for (size_t i = 0; media_ && i < call_side_count; ++i)
    for (size_t j = 0; j < run_window_count; ++j)
      result[i][j].media.merge(media_->take(
        account(static_cast<call_side>(i), static_cast<run_window>(j))));
  for (auto& [id, entry] : sessions_) {
    if (!entry.state)
      continue;
    auto& count = of(result, entry.side(), entry.window);
    count.in_progress += traffic::is_setting_up(*entry.state);
    count.up += traffic::is_up(*entry.state);
  }
  auto& ours = of(result, call_side::caller, run_window::steady);
  if (registrations_)
    ours.registrations.in_progress = registrations_->in_flight();
  ours.subscriptions.in_progress = subscribing_;
  return result;
}

// -- switchboard --------------------------------------------------------------

admission crowd::admit() {
  admission x;
  x.granted = what_.answers.has_value();
  x.status = 480;
  return x;
}

opened crowd::open(model::offered&& x) {
  opened result;
  result.id = model::call_id{++next_id_};
  auto& place = add(result.id);
  give_media(place);
  session_start how{traffic::draw(*what_.answers, choices_), {}, {}};
  place.handle = system_.spawn<caf::lazy_init>(session, this, &place, result.id,
                                               std::move(how));
  result.handle = place.handle;
  auto replaced = x.replaces && !x.replaces_early_only
                    ? sessions_.find(x.replaces->call)
                    : sessions_.end();
  caf::anon_send(place.handle, std::move(x));
  if (replaced != sessions_.end()) // RFC 3891 §3: BYE, once it has the new one
    caf::anon_send(replaced->second.handle,
                   strowger::clear{"another call takes its place"});
  return result;
}

// -- for sessions -------------------------------------------------------------

traffic::session_context crowd::context(model::call_id call, const entry& of) {
  return {reactor_.clock_now(),
          counts(of.side(), of.window),
          description_,
          domain_,
          target_,
          call,
          what_,
          of.media.get()};
}

void crowd::perform(model::call_id call, traffic::commands& xs) {
  for (auto& x : xs)
    edge_->perform(call, std::move(x));
}

void crowd::ended(model::call_id call) {
  auto i = sessions_.find(call);
  if (calling_ && i->second.attempt > 0)
    call_again(i->second, *i->second.state);
  sessions_.erase(i);
  edge_->close(call);
}

void crowd::call_again(const entry& of, const traffic::session& how) {
  auto& plan = *what_.calls;
  auto failed = how.answered_at == model::time_point{};
  auto redials = failed && of.attempt <= plan.redials_at_most
                 && std::uniform_real_distribution<double>{}(choices_)
                      < plan.redial_chance;
  auto now = reactor_.now();
  if (redials)
    waiting_.push({now + plan.redial_after.draw(choices_), of.user, of.number,
                   of.attempt + 1});
  else if (!arrivals_)
    waiting_.push({now + plan.pause.draw(choices_), of.user,
                   static_cast<uint32_t>(choices_() % plan.numbers.size())});
  else
    return;
  arm();
}

} // namespace strowger
