#include "actors/model/topology.hpp"

#include "actors/model/call_steps.hpp"

#include <algorithm>

namespace strowger::model {

void join(call& c, leg& x, leg& y) {
  part(c, x);
  part(c, y);
  x.partner = y.number;
  y.partner = x.number;
}

void part(call& c, leg& x) {
  for (auto& l : c.legs)
    if (l.partner == x.number)
      l.partner = nobody;
  x.partner = nobody;
}

void join_attempts(call& c) {
  if (c.caller.leg == nobody)
    return;
  auto& a = c.caller_leg();
  if (!a.incoming || a.state != leg_state::inviting)
    return; // who speaks already keeps its partner until somebody answers
  for (auto& l : c.legs)
    if (is_attempt(c, l))
      l.partner = a.early ? a.number : nobody;
  auto* only = only_attempt(c);
  a.partner = only && only->early ? only->number : nobody;
}

leg* partner_of(call& c, const leg& l) {
  return l.partner == nobody ? nullptr : &leg_at(c, l.partner);
}

bool is_attempt(const call& c, const leg& l) {
  return !l.incoming && !l.by_refer && l.state == leg_state::inviting
         && l.number != c.caller.leg;
}

size_t attempts_alive(const call& c) {
  return static_cast<size_t>(
    std::count_if(c.legs.begin(), c.legs.end(),
                  [&](const leg& x) { return is_attempt(c, x); }));
}

leg* only_attempt(call& c) {
  leg* only = nullptr;
  for (auto& l : c.legs)
    if (is_attempt(c, l)) {
      if (only)
        return nullptr;
      only = &l;
    }
  return only;
}

} // namespace strowger::model
