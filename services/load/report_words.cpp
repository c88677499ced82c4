#include "services/load/report_words.hpp"

#include "services/load/figures.hpp"

#include <algorithm>

namespace strowger::services::load {

using traffic::outcome;

std::vector<cause> causes_of_failure(const traffic::tally& x) {
  std::vector<cause> result;
  auto add = [&result](std::string words, std::uint64_t count) {
    if (count > 0)
      result.push_back({std::move(words), count});
  };
  for (auto [status, count] : x.by_status) {
    auto abandoned = status == 487 ? x[outcome::abandoned] : 0;
    if (status >= 300 && status < 700)
      add(std::to_string(status), count - std::min(count, abandoned));
  }
  add("no response", x[outcome::timeout]);
  add("transport error", x[outcome::transport]);
  add("protocol violation", x[outcome::protocol_violation]);
  std::ranges::stable_sort(result, std::greater{}, &cause::count);
  return result;
}

std::string in_words(const std::vector<cause>& causes) {
  std::string result;
  for (auto& one : causes)
    result.append(result.empty() ? "" : ", ")
      .append(one.words)
      .append(" x ")
      .append(in_groups(one.count));
  return result;
}

std::string field_name(std::string_view words) {
  std::string result(words);
  for (auto& c : result)
    if (c == ' ' || c == '-')
      c = '_';
  return result;
}

} // namespace strowger::services::load
