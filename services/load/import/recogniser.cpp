#include "services/load/import/recogniser.hpp"

#include "services/load/import/remarks.hpp"
#include "services/load/import/way_reader.hpp"

#include <algorithm>
#include <utility>

namespace strowger::services::load::sipp {

namespace {

struct candidate {
  way where;
  way_reader reader;
};

bool is_on(const way& x, std::size_t element) {
  return std::ranges::find(x.steps, element) != x.steps.end();
}

/// Chance decides the codes of such a way and nothing else.
bool answers_by_chance(const candidate& x) {
  auto& who = x.reader.found();
  return x.where.is_drawn && x.where.chance > 0 && !x.where.loop && who.answers
         && !who.calls && who.answers->codes.size() == 1;
}

/// The codes of all ways that chance may take; false: there is but one way.
bool gather_codes(const std::vector<candidate>& all, const candidate& best,
                  behaviour& who, ledger& notes) {
  if (!answers_by_chance(best) || best.where.turns.empty())
    return false;
  std::vector<answering::code> codes;
  for (auto& x : all) {
    if (!answers_by_chance(x))
      continue;
    auto status = x.reader.found().answers->codes.front().status;
    auto same = std::ranges::find(codes, status, &answering::code::status);
    if (same == codes.end())
      codes.push_back({status, x.where.chance});
    else
      same->chance += x.where.chance;
    for (auto i : x.where.steps)
      if (!is_on(best.where, i) && !notes.knows(i))
        notes.take(i, x.reader.notes());
  }
  who.answers->codes = std::move(codes);
  return true;
}

std::string label_of(const element& x) {
  auto next = x.find("next");
  return "label " + (next ? *next : "");
}

bool is_refusal(const element& x) {
  auto response = x.find("response");
  return response && *response >= "300";
}

/// Where a refusal of the call leads: what stands there, such as ACK, is what
/// users do all the same, or it is not done.
bool takes_refusal(const std::vector<candidate>& all, std::size_t turn,
                   ledger& notes) {
  for (auto& x : all) {
    if (x.where.turns.empty() || x.where.turns.back().element != turn
        || !x.where.turns.back().jumps)
      continue;
    auto at = std::ranges::find(x.where.steps, turn);
    auto is_usual = std::all_of(at, x.where.steps.end(), [&](auto i) {
      return x.reader.notes().of(i) <= fate::approximated;
    });
    if (!is_usual)
      return false;
    for (; at != x.where.steps.end(); ++at)
      if (!notes.knows(*at))
        notes.take(*at, x.reader.notes());
    return true;
  }
  return false;
}

/// Steps of a way that goes on otherwise from here, if users can go it as well.
void take_other(const std::vector<candidate>& all, const turn& here,
                ledger& notes) {
  for (auto& x : all) {
    auto is_other = std::ranges::any_of(x.where.turns, [&](auto& y) {
      return y.element == here.element && y.jumps != here.jumps;
    });
    auto is_usual = std::ranges::all_of(x.where.steps, [&](auto i) {
      return x.reader.notes().of(i) <= fate::approximated;
    });
    for (auto i : x.where.steps)
      if (is_other && is_usual && !notes.knows(i))
        notes.take(i, x.reader.notes());
  }
}

/// What the other way would have been, where the scenario can go on in two.
void remark_turn(const document& of, const turn& x, bool by_chance,
                 const std::vector<candidate>& all, ledger& notes) {
  auto& step = of.elements[x.element];
  if (by_chance && step.find("chance") && !step.find("test"))
    return;
  auto response = step.find("response");
  auto is_challenge = response && (*response == "401" || *response == "407");
  if (is_challenge) {
    take_other(all, x, notes); // users answer challenges when there are any
    return;
  }
  if (!is_refusal(step) || x.jumps)
    notes.note(x.element, fate::approximated,
               "the way to " + label_of(step)
                 + (x.jumps ? " is always taken" : " is never taken"));
  else if (!takes_refusal(all, x.element, notes))
    notes.note(x.element, fate::approximated,
               "such a call is over: what stands at " + label_of(step)
                 + " is not done");
}

void remark_loop(const document& of, const way& x, const behaviour& who,
                 ledger& notes) {
  if (!x.loop)
    return;
  auto& step = of.elements[*x.loop];
  auto means = "it leads back to " + label_of(step) + ": ";
  if (who.registers && !who.calls && !who.answers)
    notes.note(*x.loop, fate::approximated,
               means + "users register again before they have to");
  else
    notes.note(*x.loop, fate::impossible,
               means + "users play no loops; it is done once");
}

/// Steps that are on none of the ways that were taken.
void remark_rest(const document& of, ledger& notes) {
  for (auto i : of.steps())
    if (!notes.knows(i))
      notes.note(i, fate::left_out, "it is on a way that is not taken");
}

void remark_labels(const document& of, ledger& notes) {
  for (auto i : of.steps()) {
    auto next = of.elements[i].find("next");
    auto is_there = !next || std::ranges::any_of(of.elements, [&](auto& x) {
      auto id = x.find("id");
      return x.name == "label" && id && *id == *next;
    });
    if (!is_there)
      notes.note(i, fate::approximated,
                 "there is no " + label_of(of.elements[i]));
  }
}

} // namespace

recognised recognise(const document& of) {
  ledger before{of};
  remark_beside(of, before);
  std::vector<candidate> all;
  for (auto& x : find_ways(of)) {
    auto& next = all.emplace_back(candidate{std::move(x), {of, before}});
    next.reader.read(next.where);
  }
  // There is always one: a scenario without steps has an empty one.
  auto best = std::ranges::max_element(all, {}, [](auto& x) {
    return std::pair{x.reader.found().is_anybody(), x.reader.score()};
  });
  auto who = best->reader.found();
  auto notes = best->reader.notes();
  auto by_chance = gather_codes(all, *best, who, notes);
  for (auto& x : best->where.turns)
    remark_turn(of, x, by_chance, all, notes);
  remark_loop(of, best->where, who, notes);
  remark_rest(of, notes);
  remark_labels(of, notes);
  return {std::move(who), notes.findings()};
}

} // namespace strowger::services::load::sipp
