#include "services/load/report_text.hpp"

#include "actors/traffic/rfc6076.hpp"
#include "services/load/figures.hpp"
#include "services/load/report_text_media.hpp"
#include "services/load/report_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace strowger::services::load {

namespace {

using traffic::latency;
using traffic::outcome;
using rows = std::vector<std::vector<std::string>>;

/// Bright, so that it can be read on black and on white.
constexpr auto good = "\033[1;32m";
constexpr auto bad = "\033[1;31m";
constexpr auto doubtful = "\033[1;35m";
constexpr auto plain = "\033[0m";

constexpr std::size_t columns = 80;

std::string painted(std::string_view text, const char* colour, bool wanted) {
  if (!wanted)
    return std::string(text);
  return std::string(colour).append(text).append(plain);
}

void print_heading(std::string_view text, std::ostream& out) {
  out << '\n' << text << '\n';
}

/// Breaks a sentence into lines of 80 columns; those after the first get two
/// more blanks.
void print_wrapped(std::string_view text, std::size_t indent,
                   std::ostream& out) {
  for (auto room = columns - indent;; room = columns - indent - 2) {
    auto end = text.size() <= room ? text.size() : text.rfind(' ', room);
    if (end == text.npos)
      end = std::min(text.find(' '), text.size());
    out << std::string(columns - room, ' ') << text.substr(0, end) << '\n';
    if (end == text.size())
      return;
    text.remove_prefix(end + 1);
  }
}

// -- verdict ------------------------------------------------------------------

void print_verdict(const result& x, std::ostream& out, bool colour) {
  auto tint = !x.invalid.empty() ? doubtful : x.passed() ? good : bad;
  out << painted(verdict_word(x), tint, colour) << "  " << x.scenario << " -> "
      << x.target << '\n';
  if (x.invalid.empty()) {
    out << "  VALID: the generator did what was intended\n";
  } else {
    out << "  INVALID: this says nothing about the device under test\n";
    for (auto& reason : x.invalid)
      print_wrapped(reason, 4, out);
  }
  if (!x.broken_laws.empty())
    out << "  " << painted("LOST CALLS", bad, colour)
        << ": the counts of calls do not add up\n";
  for (auto& law : x.broken_laws)
    print_wrapped(law, 4, out);
  for (auto& one : x.verdicts)
    out << "  "
        << (one.met ? painted("PASSED", good, colour)
                    : painted("FAILED", bad, colour))
        << "  " << one.words << '\n';
  if (x.verdicts.empty())
    out << "  no criteria\n";
}

void print_run(const result& x, std::ostream& out) {
  auto steady_s = x.times.steady_to_s - x.times.steady_from_s;
  print_heading("Run", out);
  rows lines{
    {"scenario file", x.file},
    {"started", x.started},
    {"seed", std::to_string(x.seed)},
    {"version", x.version},
    {"steady window",
     fmt::format("{}, from {} to {} of {}", in_time(steady_s),
                 in_time(x.times.steady_from_s), in_time(x.times.steady_to_s),
                 in_time(x.times.end_s))}};
  for (auto& line : lines)
    out << fmt::format("  {:<14} {}\n", line[0], line[1]);
}

// -- calls --------------------------------------------------------------------

/// As many as there are, on lines of 80 columns.
void print_causes(const traffic::tally& seen, std::ostream& out) {
  std::string line = "  failed of:", first = line;
  for (auto& one : causes_of_failure(seen)) {
    auto words = " " + in_words({one}) + ",";
    if (line.size() + words.size() > columns) {
      out << line << '\n';
      line = std::string(first.size(), ' ');
    }
    line += words;
  }
  if (line != first)
    out << line.substr(0, line.size() - 1) << '\n';
}

void print_calls(const result& x, std::ostream& out) {
  auto& seen = x.callers;
  auto steady_s = x.times.steady_to_s - x.times.steady_from_s;
  print_heading("Calls of the steady window", out);
  rows lines;
  auto add = [&](std::string_view name, std::uint64_t count) {
    lines.push_back(
      {std::string(name), in_groups(count), in_percent(count, seen.attempts)});
  };
  lines.push_back(
    {"attempts", in_groups(seen.attempts),
     steady_s > 0
       ? in_digits(static_cast<double>(seen.attempts) / steady_s) + " /s"
       : "-"});
  add("answered", seen[outcome::answered]);
  add("abandoned", seen[outcome::abandoned]);
  add("failed", seen.failed());
  for (std::size_t i = 0; i < traffic::outcome_count; ++i) {
    auto one = static_cast<outcome>(i);
    if (one != outcome::answered && one != outcome::abandoned && seen[one] > 0)
      add("  " + std::string(to_string(one)), seen[one]);
  }
  if (seen.in_progress + seen.up > 0)
    add("not ended", seen.in_progress + seen.up);
  if (seen.cut_off > 0)
    add("cut off after the answer", seen.cut_off);
  if (x.callees.attempts > 0)
    add("came in at the callees", x.callees.attempts);
  print_columns(lines, out);
  if (x.left_over > 0)
    out << "  " << counted(x.left_over, "session")
        << " had not ended when the run did\n";
  print_causes(seen, out);
}

void print_standing(std::string_view heading, const traffic::tally::standing& x,
                    std::optional<std::uint64_t> notifications,
                    std::ostream& out) {
  if (x.attempts == 0)
    return;
  print_heading(heading, out);
  rows lines{
    {"attempts", in_groups(x.attempts), ""},
    {"succeeded", in_groups(x.succeeded), in_percent(x.succeeded, x.attempts)},
    {"failed", in_groups(x.failed()), in_percent(x.failed(), x.attempts)}};
  for (auto [status, count] : x.failed_by_status)
    lines.push_back(
      {status == 0 ? "  no response" : "  " + std::to_string(status),
       in_groups(count), in_percent(count, x.attempts)});
  if (notifications)
    lines.push_back({"NOTIFYs", in_groups(*notifications), ""});
  print_columns(lines, out);
}

void print_steps(const result& x, std::ostream& out) {
  rows lines{{"", "done", "failed"}};
  for (std::size_t i = 0; i < step_names.size(); ++i) {
    auto done = x.callers.steps[i].done + x.callees.steps[i].done;
    auto failed = x.callers.steps[i].failed + x.callees.steps[i].failed;
    std::string name(step_names[i]);
    std::ranges::replace(name, '_', ' ');
    if (done + failed > 0)
      lines.push_back({name, in_groups(done), in_groups(failed)});
  }
  if (lines.size() == 1)
    return;
  print_heading("Steps within calls", out);
  print_columns(lines, out);
}

// -- latencies ----------------------------------------------------------------

void print_latencies(const result& x, std::ostream& out) {
  print_heading("Latencies, from the intended start", out);
  rows lines{{"", "count", "p50", "p90", "p99", "p99.9", "p99.99", "max"}};
  for (auto what : {latency::trying, latency::ringing, latency::answer,
                    latency::acknowledge, latency::bye, latency::registration,
                    latency::subscription}) {
    // Only the side that answers sees the ACK.
    auto& seen = what == latency::acknowledge ? x.callees[what]
                                              : x.callers[what];
    if (seen.empty())
      continue;
    auto& line = lines.emplace_back();
    line = {std::string(to_string(what)), in_groups(seen.count())};
    for (auto p : {50.0, 90.0, 99.0, 99.9, 99.99})
      line.push_back(in_time_us(seen.percentile_us(p)));
    line.push_back(in_time_us(seen.max_us()));
  }
  if (lines.size() == 1)
    out << "  nothing was measured\n";
  else
    print_columns(lines, out);
}

void print_rfc6076(const traffic::tally& seen, std::ostream& out) {
  traffic::rfc6076 metrics{seen};
  print_heading("RFC 6076", out);
  std::string shares;
  auto share = [&](const char* name, std::optional<double> x) {
    shares += fmt::format("{}{} {}", shares.empty() ? "" : "   ", name,
                          x ? in_percent(*x) : "-");
  };
  share("SER", metrics.ser);
  share("SEER", metrics.seer);
  share("ISA", metrics.isa);
  share("SCR", metrics.scr);
  if (seen.registrations.attempts > 0)
    share("IRA", metrics.ira);
  out << "  " << shares << '\n';
  rows lines{{"", "count", "mean", "min", "p95", "max"}};
  auto delay = [&](const char* name, const traffic::histogram& x) {
    if (!x.empty())
      lines.push_back({name, in_groups(x.count()), in_time(x.mean_us() / 1e6),
                       in_time_us(x.min_us()), in_time_us(x.percentile_us(95)),
                       in_time_us(x.max_us())});
  };
  delay("SRD", metrics.srd);
  delay("failed SRD", metrics.failed_srd);
  delay("SDD", metrics.sdd);
  delay("SDT", metrics.sdt);
  delay("failed SDT", metrics.failed_sdt);
  delay("RRD", metrics.rrd);
  if (lines.size() > 1)
    print_columns(lines, out);
}

// -- around them --------------------------------------------------------------

void print_generator(const result& x, std::ostream& out) {
  auto& watch = x.watch;
  print_heading("Retransmissions and the generator", out);
  rows lines{
    {"retransmitted by us", in_groups(x.callers.retransmitted)},
    {"retransmitted to us", in_groups(x.callers.peer_retransmitted)},
    {"late starts p50", in_time_us(watch.lateness().percentile_us(50))},
    {"late starts p99", in_time_us(watch.lateness().percentile_us(99))},
    {"late starts max", in_time_us(watch.lateness().max_us())},
    {"skipped starts", in_groups(watch.skipped_starts())},
    {"dropped by our sockets", in_groups(watch.socket_drops())},
    {"CPU of one core, mean", in_percent(watch.mean_cpu_share())},
    {"CPU of one core, max", in_percent(watch.max_cpu_share())},
    {"CPU per call", in_time(x.cpu_per_call_us / 1e6)}};
  print_columns(lines, out);
}

/// A line for each of several generators.
void print_generators(const result& x, std::ostream& out) {
  if (x.generators.empty())
    return;
  print_heading("Generators", out);
  rows lines{{"", "role", "calls", "failed", "came in", "late p99", "CPU max"}};
  for (auto& one : x.generators)
    lines.push_back({one.address, one.role, in_groups(one.attempts),
                     in_groups(one.failed), in_groups(one.came_in),
                     in_time_us(one.lateness_p99_us),
                     in_percent(one.cpu_share_max)});
  print_columns(lines, out);
}

void print_impairments(const traffic::impairment_tally& x, std::ostream& out) {
  print_heading("Impairments of our own, in the whole run", out);
  rows lines{{"", "messages", "lost", "duplicated", "reordered", "delayed"}};
  for (auto& [kind, counts] : x) {
    auto& line = lines.emplace_back();
    line.push_back(
      to_string(kind.second) + " "
      + std::string(
        traffic::direction_names[static_cast<std::size_t>(kind.first)]));
    for (auto& field : impairment_fields)
      line.push_back(in_groups(counts.*field.member));
  }
  print_columns(lines, out);
}

} // namespace

std::string verdict_word(const result& x) {
  return !x.invalid.empty() ? "INVALID" : x.passed() ? "PASSED" : "FAILED";
}

void print_report(const result& x, std::ostream& out, bool colour) {
  print_verdict(x, out, colour);
  print_run(x, out);
  print_calls(x, out);
  auto& seen = x.callers;
  print_standing("Registrations", seen.registrations, {}, out);
  print_standing("Subscriptions", seen.subscriptions, seen.notifications, out);
  print_latencies(x, out);
  print_rfc6076(x.callers, out);
  print_steps(x, out);
  if (x.has_media())
    print_media(x, out);
  if (!x.impairments.empty())
    print_impairments(x.impairments, out);
  print_generator(x, out);
  print_generators(x, out);
}

} // namespace strowger::services::load
