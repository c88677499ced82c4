#include "services/torture/player.hpp"

#include "services/torture/message.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

namespace strowger::services::torture {

namespace {

using namespace std::chrono_literals;

// What may still come after an answer: a second one, or the end of a stream.
constexpr auto linger = 25ms;
// Between the pieces of a stream, so that they arrive as pieces.
constexpr auto between_pieces = 10ms;
constexpr int tries = 3;
constexpr auto between_refusals = 200ms;
// A device that floods us is not listened to for ever.
constexpr std::size_t most_answers = 100;

// Numbers of tokens that are no case's.
constexpr std::size_t first_ping = 20'000;
constexpr std::size_t first_courtesy = 60'000;

double ms_since(monotonic::time_point then) {
  return std::chrono::duration<double, std::milli>(monotonic::now() - then)
    .count();
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string result;
  for (auto& x : pieces)
    result += x;
  return result;
}

bool is_final(const std::string& response) {
  return status_of(response) >= 200;
}

} // namespace

player::player(wire& to, const surroundings& around, std::string run,
               const settings& wanted)
  : wire_(to), around_(around), run_(std::move(run)), wanted_(wanted) {}

surroundings player::fresh(std::size_t first) {
  auto result = around_;
  result.token = suffix_of(run_, first + tokens_++ % first_ping);
  return result;
}

// -- answers ------------------------------------------------------------------

const player::sent* player::sent_for(std::string_view message) const {
  // The latest: with --exact some have keys in common.
  for (auto x = sent_.rbegin(); x != sent_.rend(); ++x)
    if (message.find(x->key) != message.npos)
      return &*x;
  return nullptr;
}

bool player::belongs(std::string_view message, const torture_case& what) const {
  if (auto* found = sent_for(message))
    return found->by == &what;
  // What a mutation has spoilt may be its key. An answer to a ping is none.
  return !what.what.empty() && message.find("-" + run_) == message.npos;
}

void player::take(way& from, const std::string& message,
                  const torture_case& what, observation& seen) {
  auto* known = sent_for(message);
  for (auto& x : courtesies(message, known ? known->facts : request_facts{},
                            fresh(first_courtesy)))
    from.send(x);
  if (!recording_ || !is_response(message) || !belongs(message, what))
    return;
  if (seen.answers.empty())
    seen.answered_after_ms = ms_since(began_);
  // A response that is repeated is still one.
  if (seen.answers.size() < most_answers
      && std::ranges::find(seen.answers, message) == seen.answers.end())
    seen.answers.push_back(message);
}

void player::listen(way& from, const torture_case& what, observation& seen,
                    monotonic::time_point sent) {
  auto good = answer_set::parse(what.expect.good);
  auto until = sent + wanted_.timeout;
  // A datagram may get lost once; silence may also be right.
  auto again = sent + wanted_.timeout / 2;
  bool may_repeat = around_.transport == "UDP" && good && !good->has({});
  while (monotonic::now() < until && !stopped_) {
    auto message = from.receive(may_repeat ? std::min(again, until) : until);
    if (message)
      take(from, *message, what, seen);
    else if (from.closed() && around_.transport == "TCP")
      break;
    if (may_repeat && monotonic::now() >= again) {
      may_repeat = false;
      if (seen.answers.empty())
        from.send(what.pieces.front());
    }
    if (!message)
      continue;
    auto finals = std::ranges::count_if(seen.answers, is_final);
    if (static_cast<std::size_t>(finals) >= what.answers)
      until = std::min(until, monotonic::now() + linger);
    else if (!seen.answers.empty()) // it works on it
      until = sent + 3 * wanted_.timeout;
  }
}

// -- one case -----------------------------------------------------------------

void player::perform(const torture_case& what, observation& seen) {
  auto raw = joined(what.pieces);
  auto port = sent_by_port(raw);
  auto is_ours = raw.find(around_.own) != raw.npos;
  if (!is_ours && !is_response(raw))
    seen.cannot_hear = wire_.deaf_at(port);
  auto begun = wire_.begin(is_ours ? 0 : port,
                           monotonic::now() + wanted_.one_try);
  if (auto* problem = std::get_if<std::string>(&begun)) {
    seen.could_not_send = "no connection: " + *problem;
    return;
  }
  auto& link = *std::get<std::unique_ptr<way>>(begun);
  recording_ = false;
  for (std::size_t i = 0; i < most_answers; ++i)
    if (auto late = link.receive(monotonic::now()))
      take(link, *late, what, seen);
    else
      break;
  recording_ = true;
  began_ = monotonic::now();
  for (auto& piece : what.pieces) {
    if (&piece != &what.pieces.front())
      if (auto message = link.receive(monotonic::now() + between_pieces))
        take(link, *message, what, seen);
    seen.could_not_send = link.send(piece);
    if (!seen.could_not_send.empty())
      return;
  }
  if (what.ends_stream)
    link.end_sending();
  listen(link, what, seen, monotonic::now());
  seen.closed = link.closed() && around_.transport == "TCP";
  auto finals = std::ranges::count_if(seen.answers, is_final);
  if (seen.answers.empty() || finals > 0)
    return;
  recording_ = false;
  if (auto cancel = cancel_for(seen.answers.back(), facts_of(raw)))
    link.send(*cancel);
}

// -- life ---------------------------------------------------------------------

bool player::ping(const torture_case& what, observation& seen,
                  monotonic::time_point until, std::string& problem) {
  auto around = fresh(first_ping);
  auto x = valid_request("OPTIONS", around);
  x.first_line = fmt::format("OPTIONS sip:{} SIP/2.0", around.device);
  x["To"] = fmt::format("<sip:{}>", around.device);
  auto begun = wire_.begin(0, until);
  if (auto* error = std::get_if<std::string>(&begun)) {
    problem = *error;
    return false;
  }
  auto& link = *std::get<std::unique_ptr<way>>(begun);
  if (problem = link.send(x.bytes()); !problem.empty())
    return false;
  while (monotonic::now() < until) {
    auto message = link.receive(until);
    if (message && is_response(*message)
        && message->find(around.token) != message->npos)
      return true;
    if (message)
      take(link, *message, what, seen);
    if (!message && link.closed()) {
      problem = "it refuses what we send";
      return false;
    }
  }
  problem.clear();
  return false;
}

std::string player::knock() {
  std::string problem;
  observation nobody;
  for (int i = 0; i < tries; ++i) {
    if (ping({}, nobody, monotonic::now() + wanted_.one_try, problem))
      return {};
    if (!problem.empty())
      return "cannot be reached: " + problem;
  }
  return "does not answer OPTIONS within 3 s";
}

void player::see_whether_it_lives(const torture_case& what, observation& seen) {
  auto since = monotonic::now();
  for (int i = 0;; ++i) {
    std::string problem;
    auto now = monotonic::now();
    if (ping(what, seen, now + wanted_.one_try, problem)) {
      if (!seen.alive)
        seen.revived_after_ms = ms_since(since);
      return;
    }
    if (!problem.empty()) // it was told at once
      poll(nullptr, 0, static_cast<int>(between_refusals.count()));
    if (i + 1 >= tries) {
      seen.alive = false;
      if (stopped_ || monotonic::now() - since > wanted_.revive_within)
        return;
    }
  }
}

std::vector<case_result>
player::play(std::vector<torture_case> cases,
             const std::function<void(const case_result&)>& show) {
  std::vector<case_result> result;
  result.reserve(cases.size()); // sent_ points into it
  std::string why_not;
  for (auto& x : cases) {
    auto& now = result.emplace_back();
    now.what = std::move(x);
    if (stopped_)
      why_not = "the run was stopped";
    if (why_not.empty()) {
      for (auto& key : now.what.keys)
        sent_.push_back({key, facts_of(now.what.pieces.front()), &now.what});
      perform(now.what, now.seen);
      see_whether_it_lives(now.what, now.seen);
      if (!now.seen.alive && !now.seen.revived_after_ms)
        why_not = fmt::format("the device is dead since {}", now.what.name);
    } else {
      now.seen.could_not_send = why_not;
    }
    now.found = judge(now.what, now.seen);
    show(now);
  }
  sent_.clear();
  return result;
}

} // namespace strowger::services::torture
