#include "actors/model/topology.hpp"

#include "actors/model/call_steps.hpp"

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
  auto reachable = a.early || a.state != leg_state::inviting;
  const leg* only = nullptr;
  auto alive = 0;
  for (auto& l : c.legs) {
    if (!is_attempt(c, l))
      continue;
    ++alive;
    only = &l;
    l.partner = reachable ? a.number : nobody;
  }
  a.partner = alive == 1 && only->early ? only->number : nobody;
}

leg* partner_of(call& c, const leg& l) {
  return l.partner == nobody ? nullptr : &leg_at(c, l.partner);
}

bool is_attempt(const call& c, const leg& l) {
  return !l.incoming && !l.by_refer && l.state == leg_state::inviting
         && l.number != c.caller.leg;
}

} // namespace strowger::model
