#include "actors/traffic/course.hpp"

namespace strowger::traffic {

namespace {

std::vector<planned_step> draw(const std::vector<step>& of,
                               random_source& from) {
  std::vector<planned_step> result;
  result.reserve(of.size());
  for (auto& x : of)
    result.push_back({x.what, x.after.draw(from), &x.argument});
  return result;
}

const answer& choose(const std::vector<answer>& of, random_source& from) {
  double sum = 0;
  for (auto& x : of)
    sum += x.chance;
  auto at = std::uniform_real_distribution<double>{0, sum}(from);
  for (auto& x : of)
    if ((at -= x.chance) < 0)
      return x;
  return of.back();
}

} // namespace

course draw(const calling& of, random_source& from) {
  course x;
  x.talk = of.talk.draw(from);
  x.hangs_up = of.hangs_up == party::caller
               || (of.hangs_up == party::either && from() % 2 == 0);
  x.steps = draw(of.steps, from);
  x.patience = of.patience.draw(from);
  return x;
}

course draw(const answering& of, random_source& from) {
  course x;
  x.hangs_up = of.talk.is_set();
  x.talk = of.talk.draw(from);
  x.steps = draw(of.steps, from);
  if (!of.answers.empty())
    x.status = choose(of.answers, from).status;
  x.early_media = of.early_media;
  x.rings = of.ring_after.is_set() || of.early_media;
  x.ring_after = of.ring_after.draw(from);
  x.answer_after = of.answer_after.draw(from);
  return x;
}

} // namespace strowger::traffic
