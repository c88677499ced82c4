#include "actors/model/group_queue.hpp"

#include <algorithm>
#include <utility>

namespace strowger::model {

void group_queue::set(entry& x, stage to) {
  waiting_ -= x.at == stage::waiting;
  waiting_ += to == stage::waiting;
  x.at = to;
}

void group_queue::take(const route_notice& x) {
  auto known = arrived_.find(x.call);
  if (auto* request = std::get_if<route_request>(&x.what)) {
    if (known == arrived_.end()) {
      auto& y = calls_[{request->since, x.call}];
      y.call = x.call;
      y.point = x.point;
      if (settings_.overflow_after_s > 0)
        y.overflow_at = request->since
                        + std::chrono::seconds{settings_.overflow_after_s};
      arrived_.emplace(x.call, request->since);
      ++waiting_;
      return;
    }
    auto& y = calls_.at({known->second, x.call});
    y.tried.clear(); // a while has passed
    set(y, stage::waiting);
    return;
  }
  if (known == arrived_.end())
    return;
  auto i = calls_.find({known->second, x.call});
  auto& y = i->second;
  if (std::holds_alternative<route_failed>(x.what)) {
    if (!y.overflows)
      y.tried.push_back(std::move(y.destination));
    set(y, y.overflows ? stage::resting : stage::waiting);
    return;
  }
  waiting_ -= y.at == stage::waiting;
  calls_.erase(i);
  arrived_.erase(known);
}

group_queue::instruction group_queue::send(entry& x, std::string destination,
                                           bool overflows) {
  set(x, stage::routed);
  x.destination = std::move(destination);
  x.overflows = overflows;
  return {x.call, x.point, std::to_string(++last_request_), x.destination};
}

std::vector<group_queue::instruction>
group_queue::next(time_point now, const agent_finder& find) {
  std::vector<instruction> result;
  if (waiting_ == 0)
    return result;
  std::vector<std::string> taken; // their phones do not ring yet
  for (auto& [when, x] : calls_)
    if (x.at == stage::routed && !x.overflows)
      taken.push_back(x.destination);
  auto somebody = true;
  for (auto& [when, x] : calls_) {
    auto late = now >= x.overflow_at;
    if (!somebody && !late)
      break; // who came later is not late either
    if (x.at != stage::waiting)
      continue;
    std::optional<std::string> agent;
    if (somebody) {
      auto exclude = taken;
      exclude.insert(exclude.end(), x.tried.begin(), x.tried.end());
      agent = find(exclude);
      somebody = agent || !x.tried.empty();
    }
    if (agent) {
      taken.push_back(*agent);
      result.push_back(send(x, std::move(*agent), false));
    } else if (late) {
      result.push_back(send(x, settings_.overflow_to, true));
    }
  }
  return result;
}

time_point group_queue::next_deadline() const {
  if (waiting_ == 0)
    return never;
  for (auto& [when, x] : calls_)
    if (x.at == stage::waiting)
      return x.overflow_at;
  return never;
}

} // namespace strowger::model
