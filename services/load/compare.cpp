#include "services/load/compare.hpp"

#include "services/load/figures.hpp"
#include "services/load/intervals.hpp"
#include "services/load/report_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ostream>

namespace strowger::services::load {

namespace {

using traffic::latency;
using traffic::outcome;

double rate_of(const result& x) {
  auto steady_s = x.times.steady_to_s - x.times.steady_from_s;
  return steady_s > 0 ? static_cast<double>(x.callers.attempts) / steady_s : 0;
}

using writer = std::string (*)(double);

std::string signed_text(double x, writer words) {
  auto text = words(std::abs(x));
  return text.starts_with("0 ") ? text : (x < 0 ? "-" : "+") + text;
}

/// How a value of this kind is written, and how a difference of two.
struct notation {
  writer value;
  writer change;
};

const notation as_time{in_time, in_time};
/// 2 % less than 4 % could mean 2 % or 3.92 %; 2 percentage points cannot.
const notation as_share{
  [](double share) { return in_percent(share); },
  [](double share) { return in_digits(share * 100) + " pp"; }};

/// The lines of one table, and how many of them found a difference.
class side_by_side {
public:
  void add(std::string name, const std::optional<estimate>& a,
           const std::optional<estimate>& b, const notation& as) {
    auto text = [&](auto& x) { return x ? as.value(x->value) : "-"; };
    std::vector<std::string> row{std::move(name), text(a), text(b)};
    if (a && b) {
      auto change = difference(*a, *b);
      auto differs = shows_difference(change);
      row.push_back(signed_text(change.value, as.change));
      row.push_back(signed_text(change.low, as.change) + " .. "
                    + signed_text(change.high, as.change));
      row.push_back(differs ? "differs" : "no difference shown");
      ++compared_;
      differing_ += differs;
    } else {
      row.insert(row.end(), {"-", "-", "too few calls"});
    }
    rows_.push_back(std::move(row));
  }

  /// What happened in neither run is no line.
  void add_share(std::string name, std::uint64_t a, std::uint64_t all_a,
                 std::uint64_t b, std::uint64_t all_b) {
    if (a + b > 0)
      add(std::move(name), proportion(a, all_a), proportion(b, all_b),
          as_share);
  }

  void print(std::ostream& out) const {
    print_columns(rows_, out, 0);
    out << '\n' << differing_ << " of " << compared_ << " lines differ";
    if (differing_ > 0)
      out << "; of lines without any difference, 1 in 20 does by chance";
    out << ".\nShares differ by percentage points (pp). The intervals take "
           "calls as independent:\nrunning the same scenario twice shows how "
           "much runs differ by themselves.\n";
  }

private:
  std::vector<std::vector<std::string>> rows_{
    {"", "A", "B", "B - A", "95 %", ""}};
  std::size_t compared_ = 0;
  std::size_t differing_ = 0;
};

// -- what makes it doubtful ---------------------------------------------------

void describe(const char* name, const result& x, std::ostream& out) {
  out << name << "  " << verdict_word(x) << "  " << x.scenario << " -> "
      << x.target << ", " << x.started << ", "
      << counted(x.callers.attempts, "call") << " at " << in_digits(rate_of(x))
      << " /s\n";
}

void warn(const result& a, const result& b, std::ostream& out) {
  for (auto [name, x] : {std::pair{"A", &a}, {"B", &b}})
    for (auto& reason : x->invalid)
      out << "note: " << name << " is invalid: " << reason << '\n';
  if (a.scenario != b.scenario)
    out << "note: these are different scenarios\n";
  // Arrivals at random differ by about 1 % between runs of 10,000 calls.
  if (auto both = std::max(rate_of(a), rate_of(b));
      std::abs(rate_of(a) - rate_of(b)) > both * 0.05)
    out << "note: the rates differ by more than 5 %, and latencies depend on "
           "them\n";
}

// -- lines --------------------------------------------------------------------

void add_shares(const traffic::tally& a, const traffic::tally& b,
                side_by_side& lines) {
  auto add = [&](std::string_view name, std::uint64_t of_a,
                 std::uint64_t of_b) {
    lines.add_share(std::string(name), of_a, a.attempts, of_b, b.attempts);
  };
  add("answered", a[outcome::answered], b[outcome::answered]);
  add("abandoned", a[outcome::abandoned], b[outcome::abandoned]);
  add("failed", a.failed(), b.failed());
  for (std::size_t i = 0; i < traffic::outcome_count; ++i) {
    auto one = static_cast<outcome>(i);
    if (one != outcome::answered && one != outcome::abandoned)
      add("  " + std::string(to_string(one)), a[one], b[one]);
  }
  add("cut off", a.cut_off, b.cut_off);
  lines.add_share("register failed", a.registrations.failed(),
                  a.registrations.attempts, b.registrations.failed(),
                  b.registrations.attempts);
  lines.add_share("subscribe failed", a.subscriptions.failed(),
                  a.subscriptions.attempts, b.subscriptions.failed(),
                  b.subscriptions.attempts);
}

void add_percentiles(const result& a, const result& b, side_by_side& lines) {
  for (auto what : {latency::trying, latency::ringing, latency::answer,
                    latency::acknowledge, latency::bye, latency::registration,
                    latency::subscription}) {
    auto callee = what == latency::acknowledge;
    auto& of_a = (callee ? a.callees : a.callers)[what];
    auto& of_b = (callee ? b.callees : b.callers)[what];
    if (of_a.empty() && of_b.empty())
      continue;
    for (auto p : {50.0, 90.0, 99.0, 99.9})
      lines.add(fmt::format("{} p{:g}", to_string(what), p),
                percentile(of_a, p), percentile(of_b, p), as_time);
  }
}

} // namespace

void compare(const result& a, const result& b, std::ostream& out) {
  describe("A", a, out);
  describe("B", b, out);
  warn(a, b, out);
  out << '\n';
  side_by_side lines;
  add_shares(a.callers, b.callers, lines);
  add_percentiles(a, b, lines);
  lines.print(out);
  if (a.cpu_per_call_us > 0 && b.cpu_per_call_us > 0)
    out << "The generator took " << in_time(a.cpu_per_call_us / 1e6) << " and "
        << in_time(b.cpu_per_call_us / 1e6) << " of CPU per call.\n";
}

} // namespace strowger::services::load
