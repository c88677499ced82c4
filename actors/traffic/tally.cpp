#include "actors/traffic/tally.hpp"

#include <algorithm>
#include <initializer_list>
#include <numeric>
#include <utility>

namespace strowger::traffic {

namespace {

constexpr std::array<std::string_view, outcome_count> outcome_names{
  "answered",        "abandoned",          "busy",
  "no answer",       "redirected",         "refused",
  "server error",    "declined",           "time-out",
  "transport error", "protocol violation",
};
static_assert(!outcome_names.back().empty());

constexpr std::array<std::string_view, latency_count> latency_names{
  "100",       "ringing", "answer",     "ack", "bye",        "register",
  "subscribe", "SRD",     "failed SRD", "SDT", "failed SDT",
};
static_assert(!latency_names.back().empty());

using counts = std::map<std::uint16_t, std::uint64_t>;

void add(counts& to, const counts& what) {
  for (auto [status, count] : what)
    to[status] += count;
}

void add(tally::standing& to, const tally::standing& what) {
  to.attempts += what.attempts;
  to.succeeded += what.succeeded;
  to.in_progress += what.in_progress;
  add(to.failed_by_status, what.failed_by_status);
}

std::uint64_t sum(const counts& what) {
  return std::accumulate(
    what.begin(), what.end(), std::uint64_t{0},
    [](std::uint64_t total, auto& one) { return total + one.second; });
}

using term = std::pair<std::string_view, std::uint64_t>;

/// "10 attempts, but 8 answered + 1 failed = 9"; nothing if they are equal.
std::optional<std::string> difference(term whole,
                                      std::initializer_list<term> parts) {
  std::uint64_t total = 0;
  std::string text;
  for (auto& [name, count] : parts) {
    total += count;
    if (!text.empty())
      text += " + ";
    text.append(std::to_string(count)).append(" ").append(name);
  }
  if (total == whole.second)
    return std::nullopt;
  return std::to_string(whole.second)
    .append(" ")
    .append(whole.first)
    .append(", but ")
    .append(text)
    .append(" = ")
    .append(std::to_string(total));
}

std::optional<std::string> difference(std::string_view name,
                                      const tally::standing& x) {
  return difference({name, x.attempts}, {{"succeeded", x.succeeded},
                                         {"failed", x.failed()},
                                         {"in progress", x.in_progress}});
}

} // namespace

std::string_view to_string(outcome x) {
  return outcome_names[static_cast<std::size_t>(x)];
}

std::string_view to_string(latency x) {
  return latency_names[static_cast<std::size_t>(x)];
}

outcome outcome_of(std::uint16_t status, bool cancelled) {
  switch (status) {
    case 486:
    case 600:
      return outcome::busy;
    case 408:
    case 480:
      return outcome::no_answer;
    case 487:
      return cancelled ? outcome::abandoned : outcome::refused;
    default:
      break;
  }
  switch (status / 100) {
    case 2:
      return outcome::answered;
    case 3:
      return outcome::redirected;
    case 4:
      return outcome::refused;
    case 5:
      return outcome::server_error;
    case 6:
      return outcome::declined;
    default:
      return outcome::protocol_violation;
  }
}

// -- counting -----------------------------------------------------------------

void tally::came_out(outcome x, std::uint16_t status) {
  ++outcomes[static_cast<std::size_t>(x)];
  if (status != 0)
    ++by_status[status];
}

void tally::merge(const tally& other) {
  attempts += other.attempts;
  for (std::size_t i = 0; i < outcome_count; ++i)
    outcomes[i] += other.outcomes[i];
  in_progress += other.in_progress;
  ended_cleanly += other.ended_cleanly;
  cut_off += other.cut_off;
  up += other.up;
  add(by_status, other.by_status);
  add(registrations, other.registrations);
  add(subscriptions, other.subscriptions);
  notifications += other.notifications;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i].done += other.steps[i].done;
    steps[i].failed += other.steps[i].failed;
  }
  retransmitted += other.retransmitted;
  peer_retransmitted += other.peer_retransmitted;
  for (std::size_t i = 0; i < latency_count; ++i)
    latencies[i].merge(other.latencies[i]);
  media.merge(other.media);
}

// -- asking -------------------------------------------------------------------

std::uint64_t tally::standing::failed() const {
  return sum(failed_by_status);
}

std::uint64_t tally::failed() const {
  auto all = std::accumulate(outcomes.begin(), outcomes.end(),
                             std::uint64_t{0});
  return all - (*this)[outcome::answered] - (*this)[outcome::abandoned];
}

std::uint64_t tally::with_status(std::uint16_t status) const {
  return with_status(status, status);
}

std::uint64_t tally::with_status(std::uint16_t from, std::uint16_t to) const {
  std::uint64_t result = 0;
  for (auto one = by_status.lower_bound(from);
       one != by_status.end() && one->first <= to; ++one)
    result += one->second;
  return result;
}

std::optional<std::string> tally::unbalanced() const {
  auto answered = (*this)[outcome::answered];
  std::optional<std::string> calls = difference(
    {"attempts", attempts}, {{"answered", answered},
                             {"failed", failed()},
                             {"abandoned", (*this)[outcome::abandoned]},
                             {"in progress", in_progress}});
  if (calls)
    return calls;
  auto sessions = difference(
    {"answered", answered},
    {{"ended cleanly", ended_cleanly}, {"cut off", cut_off}, {"up", up}});
  if (sessions)
    return sessions;
  if (auto lost = difference("registrations", registrations))
    return lost;
  return difference("subscriptions", subscriptions);
}

} // namespace strowger::traffic
