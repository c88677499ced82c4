#include "actors/traffic/verdict.hpp"

#include "actors/traffic/rfc6076.hpp"

#include <algorithm>
#include <cstdio>

namespace strowger::traffic {

namespace {

enum class quantity { time, share, rate, count, score };

quantity quantity_of(const criterion& what) {
  if (what.measure == "MOS")
    return quantity::score;
  if (what.percentile != -1)
    return quantity::time;
  if (what.measure == "rate")
    return quantity::rate;
  if (what.measure == "calls" || what.measure == "one-way"
      || what.measure == "silent")
    return quantity::count;
  return quantity::share;
}

// -- measuring ----------------------------------------------------------------

std::optional<double> time_s(const criterion& what, const histogram& seen) {
  if (seen.empty())
    return std::nullopt;
  if (what.percentile == criterion::mean)
    return seen.mean_us() / 1e6;
  return static_cast<double>(seen.percentile_us(what.percentile)) / 1e6;
}

std::optional<double> time_s(const criterion& what, const tally& counted) {
  if (what.measure == "jitter")
    return time_s(what, counted.media.jitter);
  for (std::size_t i = 0; i < latency_count; ++i) {
    if (to_string(static_cast<latency>(i)) == what.measure)
      return time_s(what, counted.latencies[i]);
  }
  return std::nullopt;
}

std::optional<double> score(const criterion& what, const media_tally& heard) {
  auto found = what.percentile == criterion::mean
                 ? heard.mean_mos()
                 : heard.mos_percentile(what.percentile);
  return found == 0 ? std::nullopt : std::optional{found};
}

/// Of what was to be heard.
std::optional<double> share(const std::string& name, const media_tally& heard) {
  auto of = [](std::uint64_t part,
               std::uint64_t whole) -> std::optional<double> {
    if (whole == 0)
      return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  if (name == "tones")
    return of(heard.tones_detected, heard.tones_expected);
  if (name == "lost packets")
    return of(heard.packets_lost, heard.packets_expected);
  // A device that makes streams of its own hides whose digits they are.
  auto sent = std::max(heard.digits_expected, heard.digits_sent);
  auto right = heard.digits_detected - heard.digits_wrong;
  return of(std::min(right, sent), sent);
}

std::optional<std::uint64_t> count(const std::string& name,
                                   const tally& counted) {
  if (name == "calls")
    return counted.attempts;
  if (!counted.media.any())
    return std::nullopt;
  return name == "one-way" ? counted.media.one_way_calls
                           : counted.media.silent_calls;
}

std::optional<double> share(const std::string& name, const tally& counted) {
  rfc6076 metrics{counted};
  if (name == "SER")
    return metrics.ser;
  if (name == "SEER")
    return metrics.seer;
  if (name == "ISA")
    return metrics.isa;
  if (name == "SCR")
    return metrics.scr;
  if (name == "IRA")
    return metrics.ira;
  if (name == "tones" || name == "lost packets" || name == "digits")
    return share(name, counted.media);
  if (counted.attempts == 0)
    return std::nullopt;
  auto part = [&counted](std::uint64_t count) {
    return static_cast<double>(count) / static_cast<double>(counted.attempts);
  };
  if (name == "failed")
    return part(counted.failed());
  for (auto x : {outcome::answered, outcome::abandoned, outcome::busy})
    if (name == to_string(x))
      return part(counted[x]);
  return std::nullopt;
}

std::optional<double> measure(const criterion& what, const tally& counted,
                              model::duration elapsed) {
  auto attempts = static_cast<double>(counted.attempts);
  switch (quantity_of(what)) {
    case quantity::time:
      return time_s(what, counted);
    case quantity::share:
      return share(what.measure, counted);
    case quantity::rate:
      if (elapsed <= model::duration::zero())
        return std::nullopt;
      return attempts / std::chrono::duration<double>(elapsed).count();
    case quantity::count:
      if (auto found = count(what.measure, counted))
        return static_cast<double>(*found);
      return std::nullopt;
    case quantity::score:
      return score(what, counted.media);
  }
  return std::nullopt;
}

bool holds(double measured, criterion::relation is, double bound) {
  // 0.01 % is no binary number: what is equal but for that is equal.
  auto slack = bound * 1e-12;
  switch (is) {
    case criterion::relation::less:
      return measured < bound - slack;
    case criterion::relation::at_most:
      return measured <= bound + slack;
    case criterion::relation::greater:
      return measured > bound + slack;
    case criterion::relation::at_least:
      return measured >= bound - slack;
  }
  return false;
}

// -- words --------------------------------------------------------------------

/// Six digits: a value beside its bound must not look like it.
std::string number(double value, const char* unit) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6g%s", value, unit);
  return text;
}

std::string in_words(double value, quantity of) {
  switch (of) {
    case quantity::time:
      if (value < 0.001)
        return number(value * 1e6, " us");
      return value < 1 ? number(value * 1e3, " ms") : number(value, " s");
    case quantity::share:
      return number(value * 100, " %");
    case quantity::rate:
      return number(value, "/s");
    case quantity::score:
      return number(value, "");
    case quantity::count: {
      char text[64];
      std::snprintf(text, sizeof text, "%.0f", value);
      return text;
    }
  }
  return {};
}

std::string name_of(const criterion& what) {
  if (what.percentile == -1)
    return what.measure;
  if (what.percentile == criterion::mean)
    return "mean " + what.measure;
  if (what.percentile == 100)
    return "max " + what.measure;
  return "p" + number(what.percentile, " ") + what.measure;
}

const char* to_string(criterion::relation is) {
  switch (is) {
    case criterion::relation::less:
      return "<";
    case criterion::relation::at_most:
      return "<=";
    case criterion::relation::greater:
      return ">";
    case criterion::relation::at_least:
      return ">=";
  }
  return "";
}

} // namespace

verdict judge(const criterion& what, const tally& counted,
              model::duration elapsed) {
  verdict result{what, measure(what, counted, elapsed), false, {}};
  auto unit = quantity_of(what);
  std::string found = "nothing to measure";
  if (result.measured) {
    result.met = holds(*result.measured, what.is, what.bound);
    found = in_words(*result.measured, unit);
  }
  result.words = name_of(what) + ": " + found + ", wanted " + to_string(what.is)
                 + " " + in_words(what.bound, unit);
  return result;
}

std::vector<verdict> judge(std::span<const criterion> all, const tally& counted,
                           model::duration elapsed) {
  std::vector<verdict> result;
  for (auto& one : all)
    result.push_back(judge(one, counted, elapsed));
  return result;
}

} // namespace strowger::traffic
