#include "services/torture/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace strowger::services::torture {

namespace {

std::string_view word_for(verdict x) {
  switch (x) {
    case verdict::as_expected:
      return "ok";
    case verdict::remark:
      return "remark";
    case verdict::failed:
      return "FAILED";
    case verdict::unheard:
      return "unheard";
    case verdict::not_sent:
      return "not sent";
  }
  return {};
}

/// RFC 4475, RFC 5118, framing or mutation.
std::string_view group_of(const torture_case& x) {
  std::string_view source{x.source};
  return source.substr(0, source.rfind(' '));
}

/// Control characters would upset the terminal.
std::string printable(std::string_view text) {
  std::string result;
  for (auto c : text)
    if (c < ' ' || c > '~')
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      result += c;
  return result;
}

} // namespace

std::size_t report::count(verdict x) const {
  return static_cast<std::size_t>(
    std::ranges::count_if(cases, [x](auto& y) { return y.found.is == x; }));
}

bool report::passed() const {
  return count(verdict::failed) == 0 && count(verdict::not_sent) == 0;
}

int report::exit_code() const {
  return passed() ? 0 : 2;
}

void print_case(const case_result& x, std::ostream& out) {
  auto answer = x.found.answer ? std::to_string(*x.found.answer) : "-";
  out << fmt::format("{:<8} {:<30} {:>4}  {}\n", word_for(x.found.is),
                     x.what.name, answer, x.what.source);
  if (!x.what.what.empty() && !x.found.words.empty())
    out << "           sent: " << printable(x.what.what) << "\n";
  for (auto& words : x.found.words)
    out << "           " << printable(words) << "\n";
  out << std::flush;
}

void print_summary(const report& x, std::ostream& out) {
  std::map<std::string_view, std::array<std::size_t, 5>> groups;
  for (auto& one : x.cases)
    ++groups[group_of(one.what)][static_cast<std::size_t>(one.found.is)];
  out << "\n";
  for (auto& [name, counts] : groups) {
    out << fmt::format("{:<9} {:>4} as expected", name, counts[0]);
    for (auto is : {verdict::remark, verdict::failed, verdict::unheard,
                    verdict::not_sent})
      if (auto n = counts[static_cast<std::size_t>(is)])
        out << fmt::format(", {} {}", n,
                           is == verdict::remark && n > 1 ? "remarks"
                                                          : to_string(is));
    out << "\n";
  }
  auto failed = x.count(verdict::failed);
  if (failed == 0) {
    out << (x.passed() ? "PASSED  " : "INCOMPLETE  ") << x.target << "\n";
    return;
  }
  auto first = std::ranges::find_if(
    x.cases, [](auto& y) { return y.found.is == verdict::failed; });
  out << fmt::format("FAILED  {}: {} of {}\n", x.target, failed, x.cases.size())
      << fmt::format("  again: strowger torture '{}' --only {} --seed {}{}\n",
                     x.target, first->what.name, x.seed,
                     x.exact ? " --exact" : "");
}

void print_list(const std::vector<torture_case>& cases, std::ostream& out) {
  for (auto& x : cases) {
    out << fmt::format("{:<30} {:<22} {}", x.name, x.source, x.expect.good);
    if (!x.expect.allowed.empty())
      out << fmt::format(" ({})", x.expect.allowed);
    out << fmt::format(": {}", x.expect.why);
    if (!x.what.empty())
      out << fmt::format(" [{}]", printable(x.what));
    out << "\n";
  }
}

} // namespace strowger::services::torture
