#include "services/load/live_view.hpp"

#include "services/load/figures.hpp"
#include "services/load/report_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace strowger::services::load {

namespace {

constexpr std::size_t columns = 79;
constexpr std::size_t bar_columns = 40;

// A terminal narrower than the lines must cut them: if it wrapped them, going
// back up by their number would not lead to the first of them.
constexpr auto no_wrap = "\033[?7l";
constexpr auto wrap = "\033[?7h";
constexpr auto clear_to_end_of_line = "\033[K";

std::string cut(std::string line) {
  if (line.size() > columns)
    line = line.substr(0, columns - 3) + "...";
  return line;
}

std::string percentiles(const sample& x) {
  if (x.answered == 0)
    return "no answers";
  return fmt::format("p50 {}  p99 {}", in_time(x.answer_p50_s),
                     in_time(x.answer_p99_s));
}

} // namespace

live_view::live_view(std::ostream& out, bool terminal, double planned_s)
  : out_{out}, terminal_{terminal}, planned_s_{planned_s} {
  // nop
}

void live_view::show(const result& so_far) {
  if (so_far.samples.size() <= samples_)
    return;
  for (; samples_ < so_far.samples.size(); ++samples_) {
    auto& x = so_far.samples[samples_];
    auto length_s = x.at_s - totals_.at_s;
    rate_per_s_ = length_s > 0 ? static_cast<double>(x.attempts) / length_s : 0;
    totals_.at_s = x.at_s;
    totals_.attempts += x.attempts;
    totals_.answered += x.answered;
    totals_.failed += x.failed;
    totals_.abandoned += x.abandoned;
  }
  if (!terminal_) {
    out_ << cut(line_of(so_far)) << std::endl;
    return;
  }
  auto lines = lines_of(so_far);
  out_ << no_wrap;
  if (drawn_)
    out_ << "\033[" << lines.size() << 'A';
  for (auto& line : lines)
    out_ << '\r' << cut(line) << clear_to_end_of_line << '\n';
  out_ << wrap << std::flush;
  drawn_ = true;
}

std::string live_view::bar(double at_s) const {
  if (planned_s_ <= 0)
    return fmt::format("{:.0f} s", at_s);
  auto done = std::clamp(at_s / planned_s_, 0.0, 1.0);
  auto full = static_cast<std::size_t>(done * bar_columns);
  return fmt::format(
    "[{}{}] {:3.0f} %  {:.0f} of {:.0f} s", std::string(full, '#'),
    std::string(bar_columns - full, '-'), done * 100, at_s, planned_s_);
}

std::vector<std::string> live_view::lines_of(const result& x) const {
  auto& now = x.samples.back();
  auto errors = in_words(causes_of_failure(x.callers));
  auto part = [&](const char* name, std::uint64_t count) {
    return fmt::format("{} {} ({})", name, in_groups(count),
                       in_percent(count, totals_.attempts));
  };
  return {
    bar(now.at_s),
    fmt::format("calls/s {:.0f}   in flight {}   attempts {}", rate_per_s_,
                in_groups(now.in_flight), in_groups(totals_.attempts)),
    part("answered", totals_.answered) + "   " + part("failed", totals_.failed)
      + "   " + part("abandoned", totals_.abandoned),
    percentiles(now)
      + fmt::format("   late p99 {}   CPU {:.0f} %",
                    in_time(now.lateness_p99_s), now.cpu_share * 100),
    errors.empty() ? "no errors" : "errors: " + errors};
}

std::string live_view::line_of(const result& x) const {
  auto& now = x.samples.back();
  auto line = fmt::format(
    "{:5.0f} s {:5.0f} /s {:6} up {:5} ok {:4} failed  {}", now.at_s,
    rate_per_s_, now.in_flight, now.answered, now.failed, percentiles(now));
  if (auto errors = in_words(causes_of_failure(x.callers)); !errors.empty())
    line += "  " + errors;
  return line;
}

} // namespace strowger::services::load
