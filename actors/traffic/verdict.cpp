#include "actors/traffic/verdict.hpp"

#include "actors/traffic/rfc6076.hpp"

#include <cstdio>

namespace strowger::traffic {

namespace {

enum class quantity { time, share, rate, count };

quantity quantity_of(const criterion& what) {
  if (what.percentile != -1)
    return quantity::time;
  if (what.measure == "rate")
    return quantity::rate;
  if (what.measure == "calls")
    return quantity::count;
  return quantity::share;
}

// -- measuring ----------------------------------------------------------------

std::optional<double> time_s(const criterion& what, const tally& counted) {
  for (std::size_t i = 0; i < latency_count; ++i) {
    auto& seen = counted.latencies[i];
    if (to_string(static_cast<latency>(i)) != what.measure || seen.empty())
      continue;
    if (what.percentile == criterion::mean)
      return seen.mean_us() / 1e6;
    return static_cast<double>(seen.percentile_us(what.percentile)) / 1e6;
  }
  return std::nullopt;
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
      return attempts;
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
    case quantity::count: {
      char text[64];
      std::snprintf(text, sizeof text, "%.0f", value);
      return text;
    }
  }
  return {};
}

std::string name_of(const criterion& what) {
  if (quantity_of(what) != quantity::time)
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
