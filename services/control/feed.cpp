#include "services/control/feed.hpp"

#include "services/control/status.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace strowger::services::control {

namespace {

/// Every start of a switch begins another journal.
std::string new_journal_id() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  text_buffer out;
  append_call_id(out,
                 static_cast<uint64_t>(std::chrono::nanoseconds{now}.count()));
  return {out.data(), out.size()};
}

} // namespace

feed::feed(caf::actor_system& system, strowger::reactor& host,
           strowger::exchange& owner, std::shared_ptr<switch_link> link,
           std::shared_ptr<courier> carrier, wall_clock clock,
           feed_limits limits)
  : exchange_(owner), link_(std::move(link)), courier_(std::move(carrier)),
    clock_(clock), limits_(limits), journal_id_(new_journal_id()),
    writer_(clock),
    timer_(system, host, limits.batch_for, [this] { flush(); }) {
  // nop
}

feed::~feed() = default;

void feed::close() {
  closed_ = true;
  wanted_ = false;
  timer_.close();
  image_.reset();
}

// -- events -------------------------------------------------------------------

void feed::event(uint64_t sequence, const model::journal_event& x) {
  last_.store(sequence, std::memory_order_relaxed);
  if (!wanted_)
    return;
  writer_.append(batch_, sequence, x);
  if (batch_.bytes.size() >= limits_.batch_bytes)
    flush();
  else
    timer_.start();
}

void feed::flush() {
  timer_.left();
  if (batch_.empty())
    return;
  batch_.config = exchange_.shared_config();
  auto room = batch_.bytes.size();
  auto full = std::make_shared<event_batch>(std::exchange(batch_, {}));
  batch_.bytes.reserve(room);
  courier_->post([self = shared_from_this(), full, n = generation_] {
    self->deliver(*full, n);
  });
}

void feed::deliver(const event_batch& batch, uint64_t generation) {
  auto whole = events_message(batch.bytes, batch.last());
  std::vector<std::shared_ptr<subscription>> all;
  {
    std::lock_guard guard{mutex_};
    all = subscribers_;
  }
  auto live = false;
  for (auto& x : all) {
    x->offer(batch, whole);
    live = live || x->look().live;
  }
  if (!live)
    link_->post([self = shared_from_this(), generation](exchange&) {
      self->rest(generation);
    });
}

// Nobody listens any more, unless somebody came meanwhile.
void feed::rest(uint64_t generation) {
  if (generation != generation_)
    return;
  wanted_ = false;
  batch_ = {};
}

// -- joining ------------------------------------------------------------------

void feed::join(std::shared_ptr<subscription> who, join_request how) {
  link_->post([self = shared_from_this(), who = std::move(who),
               how = std::move(how)](exchange&) {
    if (!self->closed_)
      self->admit(who, how);
  });
}

std::optional<grpc::Status> feed::objection(const event_filter& filter) const {
  for (auto& dn : filter.dns())
    if (!exchange_.config().find(dn))
      return make_status(model::fault::unknown_dn, "there is no DN " + dn,
                         {"dn", dn});
  for (auto id : filter.calls()) {
    auto text = to_text({id});
    if (!exchange_.events().ledger().find(model::call_id{id}))
      return make_status(model::fault::unknown_call, "there is no call " + text,
                         {"call_id", text});
  }
  return std::nullopt;
}

api::ResyncReason feed::why_no_replay(const join_request& how) const {
  auto& journal = std::as_const(exchange_).events();
  if (how.journal_id != journal_id_)
    return api::RESYNC_REASON_SWITCH_RESTARTED;
  if (how.after > journal.last())
    return api::RESYNC_REASON_UNKNOWN_SEQUENCE;
  if (journal.last() - how.after > journal.kept().size())
    return api::RESYNC_REASON_JOURNAL_EXPIRED;
  return api::RESYNC_REASON_UNSPECIFIED;
}

void feed::admit(std::shared_ptr<subscription> who, join_request how) {
  if (how.first)
    if (auto error = objection(who->filter())) {
      courier_->post([who, error = *error] { who->end(error); });
      return;
    }
  flush(); // those who are here get what was before, those who come do not
  ++generation_;
  wanted_ = true;
  if (!how.snapshot) {
    auto why = why_no_replay(how);
    if (why == api::RESYNC_REASON_UNSPECIFIED) {
      replay(std::move(who), std::move(how));
      return;
    }
    how.resync = why;
  }
  courier_->post([self = shared_from_this(), who, how, image = image()] {
    self->welcome(who, how);
    who->begin(image, how);
  });
}

void feed::replay(std::shared_ptr<subscription> who, join_request how) {
  auto& journal = std::as_const(exchange_).events();
  auto left = journal.last() - how.after;
  auto n = std::min<uint64_t>(left, limits_.replay_events);
  auto from = journal.kept().end() - static_cast<ptrdiff_t>(left);
  auto past = std::make_shared<std::vector<model::journal_event>>(
    from, from + static_cast<ptrdiff_t>(n));
  courier_->post([self = shared_from_this(), who, how, past, last = n == left,
                  config = exchange_.shared_config()] {
    self->welcome(who, how);
    event_writer writer{self->clock_};
    event_batch batch;
    batch.config = config;
    auto sequence = how.after;
    for (auto& x : *past)
      writer.append(batch, ++sequence, x);
    who->begin(batch, last, how);
  });
}

std::shared_ptr<state_image> feed::image() {
  auto& journal = exchange_.events();
  auto& config = exchange_.shared_config();
  if (!image_ || image_->sequence != journal.last() || image_->config != config)
    image_ = std::make_shared<state_image>(journal_id_, journal.last(), clock_,
                                           config, journal.ledger().image());
  return image_;
}

void feed::welcome(const std::shared_ptr<subscription>& who,
                   const join_request& how) {
  std::lock_guard guard{mutex_};
  // Who is done before it was here will not be taken off the list any more.
  if (how.first && !who->done())
    subscribers_.push_back(who);
}

// -- the end of subscriptions -------------------------------------------------

void feed::gone(std::shared_ptr<subscription> who) {
  courier_->post([self = shared_from_this(), who = std::move(who)] {
    std::lock_guard guard{self->mutex_};
    std::erase(self->subscribers_, who);
  });
}

void feed::resynced(api::ResyncReason why) {
  ++resyncs_[static_cast<size_t>(why)];
}

void feed::end_all(const grpc::Status& why) {
  courier_->post([self = shared_from_this(), why] {
    std::vector<std::shared_ptr<subscription>> all;
    {
      std::lock_guard guard{self->mutex_};
      all = self->subscribers_;
    }
    for (auto& x : all)
      x->end(why);
  });
}

feed_load feed::look() const {
  feed_load result;
  auto last = last_.load(std::memory_order_relaxed);
  std::lock_guard guard{mutex_};
  result.subscribers = subscribers_.size();
  for (auto& x : subscribers_) {
    auto load = x->look();
    result.queued += load.queued;
    result.queued_max = std::max(result.queued_max, load.queued);
    if (last > load.sent_to)
      result.lag_max = std::max(result.lag_max, last - load.sent_to);
  }
  for (size_t i = 0; i < resyncs_.size(); ++i)
    result.resyncs[i] = resyncs_[i];
  return result;
}

} // namespace strowger::services::control
