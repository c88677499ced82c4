#include "actors/model/number_plan.hpp"

#include "actors/model/directory.hpp"

#include <algorithm>
#include <cassert>

namespace strowger::model {

uint32_t number_plan::find_child(uint32_t parent, char symbol) const {
  auto child = nodes_[parent].child;
  while (child != none && nodes_[child].symbol != symbol)
    child = nodes_[child].sibling;
  return child;
}

void number_plan::add(std::string_view prefix, int64_t priority,
                      const dn& trunk) {
  uint32_t at = 0;
  for (auto symbol : prefix) {
    auto child = find_child(at, symbol);
    if (child == none) {
      child = static_cast<uint32_t>(nodes_.size());
      nodes_.push_back({symbol, none, nodes_[at].child, {}});
      nodes_[at].child = child;
    }
    at = child;
  }
  auto& groups = nodes_[at].groups;
  auto position = std::ranges::lower_bound(groups, priority, {},
                                           &group::priority);
  if (position == groups.end() || position->priority != priority)
    position = groups.insert(position, {priority, group_count_++, {}});
  position->trunks.push_back(&trunk);
}

std::vector<trunk_choice> number_plan::candidates(std::string_view number,
                                                  turn_counters& turns) const {
  if (turns.size() < group_count_)
    turns.resize(group_count_);
  // The nodes on the way that have trunks, the longest prefix last.
  std::vector<std::pair<const node*, size_t>> matches;
  uint32_t at = 0;
  for (size_t length = 0;; ++length) {
    if (!nodes_[at].groups.empty())
      matches.emplace_back(&nodes_[at], length);
    if (length == number.size())
      break;
    at = find_child(at, number[length]);
    if (at == none)
      break;
  }
  std::vector<trunk_choice> result;
  for (auto match = matches.rbegin(); match != matches.rend(); ++match) {
    auto earlier = result.size(); // those of longer prefixes
    for (auto& group : match->first->groups) {
      auto& trunks = group.trunks;
      auto first = turns[group.counter]++ % trunks.size();
      for (size_t i = 0; i < trunks.size(); ++i) {
        auto trunk = trunks[(first + i) % trunks.size()];
        auto end = result.begin() + static_cast<ptrdiff_t>(earlier);
        auto same = [trunk](auto& choice) { return choice.trunk == trunk; };
        if (std::find_if(result.begin(), end, same) == end)
          result.push_back({trunk, match->second});
      }
    }
  }
  return result;
}

std::string number_plan::replace(std::string_view number, const dn& trunk,
                                 size_t prefix_length) {
  assert(prefix_length <= number.size());
  auto value = trunk.options->find(option::replace_prefix);
  if (!value)
    return std::string(number);
  auto result = std::get<std::string>(*value);
  result += number.substr(prefix_length);
  return result;
}

} // namespace strowger::model
