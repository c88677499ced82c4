#include "services/load/import/injection.hpp"

#include "services/config/wording.hpp"
#include "services/load/import/message.hpp"

#include <algorithm>

namespace strowger::services::load::sipp {

namespace {

/// As many as a scenario may have numbers.
constexpr std::size_t max_rows = 1'000'000;

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> result;
  while (true) {
    auto end = line.find(';');
    result.emplace_back(trimmed(line.substr(0, end)));
    if (end == line.npos)
      return result;
    line.remove_prefix(end + 1);
  }
}

std::string order_of(std::string_view first, injection& x) {
  auto has = [&](std::string_view word) {
    return first.find(word) != first.npos;
  };
  if (has("PRINTF"))
    return "values made by PRINTF are not known; write them out";
  if (has("RANDOM"))
    x.taken = injection::order::random;
  else if (has("SEQUENTIAL"))
    x.taken = injection::order::sequential;
  else if (has("USER"))
    x.taken = injection::order::user;
  else
    return "expected SEQUENTIAL, RANDOM or USER in the first line";
  return {};
}

} // namespace

config::read_result<injection> read_injection(std::string_view text,
                                              const std::string& file) {
  config::read_result<injection> result;
  injection x{file, {}, {}};
  auto fail = [&](int line, std::string why) {
    result.errors.push_back({file, line, 1, std::move(why)});
    return result;
  };
  if (auto line = config::line_without_utf8(text))
    return fail(*line, "the text is not UTF-8");
  for (int number = 1; !text.empty(); ++number) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line = trimmed(line);
    if (number == 1) {
      if (auto fault = order_of(line, x); !fault.empty())
        return fail(1, fault);
    } else if (line.empty()) {
      break; // SIPp reads no further
    } else if (!line.starts_with('#')) {
      if (x.rows.size() == max_rows)
        return fail(number, "more than 1000000 lines");
      x.rows.push_back({number, split(line)});
    }
  }
  if (x.rows.empty())
    return fail(1, "there are no values below the first line");
  result.value = std::move(x);
  return result;
}

} // namespace strowger::services::load::sipp
