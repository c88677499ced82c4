#include "actors/traffic/registrations.hpp"

#include <algorithm>

namespace strowger::traffic {

namespace {

/// Half a minute before it expires, but not before nine tenths have passed.
model::duration refresh_after(std::uint32_t expires_s) {
  model::duration whole = std::chrono::seconds{
    std::max<std::uint32_t>(expires_s, 1)};
  return whole
         - std::min<model::duration>(std::chrono::seconds{30}, whole / 10);
}

} // namespace

registrations::registrations(const registration& how, std::size_t users,
                             model::time_point start)
  : intended_(users), answered_(users), unanswered_(users) {
  auto n = static_cast<std::int64_t>(users);
  for (std::int64_t i = 0; i < n; ++i)
    due_.push({start + model::duration{how.spread} * i / n,
               static_cast<std::uint32_t>(i)});
}

std::optional<std::uint32_t> registrations::take_due(model::time_point now,
                                                     tally& counts) {
  if (next() > now)
    return std::nullopt;
  auto x = due_.top();
  due_.pop();
  intended_[x.user] = x.at;
  ++in_flight_;
  ++counts.registrations.attempts;
  return x.user;
}

void registrations::answered(std::uint32_t user, std::uint16_t status,
                             std::uint32_t expires_s, model::time_point now,
                             tally& counts) {
  --in_flight_;
  if (!answered_[user]) {
    answered_[user] = true;
    --unanswered_;
  }
  auto& count = counts.registrations;
  if (status < 200 || status > 299) {
    ++count.failed_by_status[status];
    due_.push({now + retry_after, user});
    return;
  }
  ++count.succeeded;
  counts.record(latency::registration, model::us_between(intended_[user], now));
  due_.push({now + refresh_after(expires_s), user});
}

} // namespace strowger::traffic
