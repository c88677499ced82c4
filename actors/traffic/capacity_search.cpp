#include "actors/traffic/capacity_search.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace strowger::traffic {

namespace {

std::string rate(double per_s) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6g calls/s", per_s);
  return text;
}

double mean(std::span<const double> x) {
  return std::accumulate(x.begin(), x.end(), 0.0)
         / static_cast<double>(x.size());
}

} // namespace

capacity_search::capacity_search(const search_plan& plan)
  : plan_{plan}, next_{plan.from_per_s} {
  assert(plan.from_per_s > 0 && plan.to_per_s >= plan.from_per_s);
  assert(plan.precision > 0);
}

std::optional<double> capacity_search::next_rate() const {
  if (!result_.stopped_by.empty())
    return std::nullopt;
  return next_;
}

void capacity_search::finished(double rate_per_s, bool passed,
                               std::string why) {
  assert(result_.stopped_by.empty() && rate_per_s == next_);
  result_.trials.push_back({rate_per_s, passed, passed ? std::string{} : why});
  if (!passed) {
    failed_ = rate_per_s;
    failed_why_ = why.empty() ? "it failed" : std::move(why);
    std::erase_if(passed_, [=](double x) { return x >= rate_per_s; });
  } else if (confirming_) {
    result_.rate_per_s = rate_per_s;
    return stop(limit());
  } else {
    passed_.push_back(rate_per_s);
  }
  confirming_ = false;
  choose();
}

/// What to try next.
void capacity_search::choose() {
  if (passed_.empty())
    return stop("even " + rate(*failed_)
                + ", the lowest rate wanted, failed: " + failed_why_);
  if (result_.trials.size() >= trials_at_most)
    return stop("no rate passed twice in "
                + std::to_string(result_.trials.size()) + " trials; "
                + limit());
  auto highest = passed_.back();
  if (!failed_ && highest < plan_.to_per_s) {
    next_ = std::min(2 * highest, plan_.to_per_s);
  } else if (failed_ && *failed_ - highest > plan_.precision * highest) {
    next_ = (highest + *failed_) / 2;
  } else {
    next_ = highest;
    confirming_ = true;
  }
}

void capacity_search::stop(std::string why) {
  result_.stopped_by = std::move(why);
}

/// What kept the rate from being higher.
std::string capacity_search::limit() const {
  if (!failed_)
    return "the highest rate wanted, " + rate(plan_.to_per_s) + ", passed";
  return rate(*failed_) + " failed: " + failed_why_;
}

bool drifts(std::span<const double> in_flight) {
  // With two samples in a third, one call that ends late would decide.
  if (in_flight.size() < 9)
    return false;
  auto third = in_flight.size() / 3;
  auto change = mean(in_flight.last(third)) - mean(in_flight.first(third));
  return std::abs(change) > 3.5 * std::sqrt(2 * std::max(1.0, mean(in_flight)));
}

} // namespace strowger::traffic
