#include "actors/traffic/impairment.hpp"

#include <algorithm>

namespace strowger::traffic {

void merge(impairment_tally& into, const impairment_tally& x) {
  for (auto& [kind, counts] : x) {
    auto& sum = into[kind];
    sum.messages += counts.messages;
    sum.lost += counts.lost;
    sum.duplicated += counts.duplicated;
    sum.reordered += counts.reordered;
    sum.delayed += counts.delayed;
  }
}

std::optional<impairment_tally::key_type>
parse_impaired(std::string_view way, std::string_view message) {
  auto known = std::ranges::find(direction_names, way);
  auto kind = parse_pattern(message);
  if (known == direction_names.end() || !kind || !kind->method
      || kind->first_status != kind->last_status)
    return std::nullopt;
  return impairment_tally::key_type{
    static_cast<direction>(known - direction_names.begin()),
    {kind->first_status, *kind->method}};
}

impairments::impairments(std::vector<impairment_rule> rules, std::uint64_t seed,
                         std::string label)
  : rules_(std::move(rules)), seed_(seed), label_(std::move(label)) {
  // nop
}

impairments::course& impairments::course_of(direction way, message_kind what) {
  auto [place, is_new] = courses_.try_emplace({way, what});
  auto& result = place->second;
  if (!is_new)
    return result;
  auto rule = std::ranges::find_if(
    rules_, [&](auto& x) { return x.way == way && x.what.matches(what); });
  if (rule == rules_.end())
    return result;
  result.rule = &*rule;
  auto name = label_ + " impairments ";
  name.append(direction_names[static_cast<std::size_t>(way)])
    .append(" ")
    .append(to_string(what));
  result.chance = fork(seed_, name);
  return result;
}

message_fate impairments::judge(direction way, message_kind what) {
  auto& [rule, chance] = course_of(way, what);
  message_fate result;
  if (rule == nullptr)
    return result;
  // All are drawn for every message: what becomes of one does not change what
  // is drawn for those after it.
  std::uniform_real_distribution<double> share{0, 1};
  auto loses = share(chance) < rule->lose;
  auto duplicates = share(chance) < rule->duplicate;
  auto reorders = share(chance) < rule->reorder;
  auto delay = rule->delay.draw(chance);
  auto& counts = done_[{way, what}];
  ++counts.messages;
  if (loses) {
    ++counts.lost;
    result.lost = true;
    return result;
  }
  result.duplicated = duplicates;
  counts.duplicated += duplicates;
  result.held_back = reorders;
  counts.reordered += reorders;
  if (!reorders)
    result.delay = delay;
  counts.delayed += result.delay > model::duration{0};
  return result;
}

} // namespace strowger::traffic
