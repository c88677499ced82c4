#include "services/torture/answers.hpp"

#include <charconv>

namespace strowger::services::torture {

namespace {

struct status_range {
  std::size_t first;
  std::size_t last;
};

std::optional<status_range> range_of(std::string_view word) {
  if (word == "none")
    return status_range{0, 0};
  if (word == "any")
    return status_range{100, 699};
  if (word.size() != 3 || word[0] < '1' || word[0] > '6')
    return std::nullopt;
  if (word.substr(1) == "xx") {
    auto first = static_cast<std::size_t>(word[0] - '0') * 100;
    return status_range{first, first + 99};
  }
  std::size_t status = 0;
  auto end = word.data() + word.size();
  if (std::from_chars(word.data(), end, status).ptr != end)
    return std::nullopt;
  return status_range{status, status};
}

} // namespace

std::optional<answer_set> answer_set::parse(std::string_view words) {
  std::bitset<700> in, out;
  while (!words.empty()) {
    auto space = words.find(' ');
    auto word = words.substr(0, space);
    words.remove_prefix(space == words.npos ? words.size() : space + 1);
    if (word.empty())
      continue;
    auto taken_out = word.starts_with('!');
    auto range = range_of(word.substr(taken_out ? 1 : 0));
    if (!range)
      return std::nullopt;
    for (auto i = range->first; i <= range->last; ++i)
      (taken_out ? out : in).set(i);
  }
  answer_set result;
  result.statuses_ = in & ~out;
  return result;
}

bool answer_set::has(std::optional<int> status) const {
  auto i = status.value_or(0);
  return i >= 0 && i < 700 && statuses_[static_cast<std::size_t>(i)];
}

} // namespace strowger::services::torture
