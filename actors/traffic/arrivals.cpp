#include "actors/traffic/arrivals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace strowger::traffic {

namespace {

constexpr double forever = std::numeric_limits<double>::infinity();

// Some 30 years: what would come later does not come, and no time overflows.
constexpr double horizon_s = 1e9;

// Between two starts of a low rate there may be many moods.
constexpr std::size_t known_at_most = 1024;

double unit_gap(random_source& from) {
  return std::exponential_distribution<double>{1}(from);
}

} // namespace

// -- one stretch --------------------------------------------------------------

double arrivals::placed::rate_at(double when_s) const {
  return what.rate_per_s + what.slope * (when_s - begin_s);
}

double arrivals::placed::count_at(double when_s) const {
  auto x = when_s - begin_s;
  return count + x * (what.rate_per_s + what.slope * x / 2);
}

/// When the count reaches the target; nothing if not before the end.
std::optional<double> arrivals::placed::time_of(double target) const {
  if (what.rate_per_s <= 0 && what.slope <= 0)
    return std::nullopt;
  auto need = target - count;
  if (need <= 0)
    return begin_s;
  // The root of slope/2 x² + rate x = need in the form that is exact for a
  // slope of 0 and loses no digits for a small one.
  auto root = what.rate_per_s * what.rate_per_s + 2 * what.slope * need;
  if (root < 0)
    return std::nullopt;
  auto x = 2 * need / (what.rate_per_s + std::sqrt(root));
  if (x >= what.length_s)
    return std::nullopt;
  return begin_s + x;
}

// -- laws ---------------------------------------------------------------------

struct arrivals::planning {
  arrivals& self;

  void operator()(std::monostate) const {
    stay(0);
  }
  void operator()(const arrival_law::constant& x) const {
    stay(x.rate_per_s);
  }
  void operator()(const arrival_law::poisson& x) const {
    self.poisson_ = true;
    stay(x.rate_per_s);
  }
  void operator()(const arrival_law::ramp& x) const {
    self.poisson_ = x.random;
    if (x.over_s > 0)
      add(x.over_s, x.from_per_s, (x.to_per_s - x.from_per_s) / x.over_s);
    stay(x.to_per_s);
  }
  void operator()(const arrival_law::steps& x) const {
    self.poisson_ = x.random;
    for (auto& one : x.stairs)
      add(one.for_s, one.rate_per_s);
    stay(x.stairs.empty() ? 0 : x.stairs.back().rate_per_s);
  }
  void operator()(const arrival_law::profile& x) const {
    self.poisson_ = true;
    for (auto calls : x.calls)
      if (x.interval_s > 0)
        add(x.interval_s, calls / x.interval_s);
    turn();
  }
  void operator()(const arrival_law::bursts& x) const {
    self.poisson_ = true;
    self.bursts_ = true;
    for (auto& mood : x.moods)
      add(mood.mean_stay_s, mood.rate_per_s);
    turn();
  }
  void operator()(const arrival_law::users&) const {
    self.users_ = true;
    stay(0);
  }

private:
  void add(double length_s, double rate_per_s, double slope = 0) const {
    if (length_s > 0)
      self.plan_.push_back({length_s, std::max(0.0, rate_per_s), slope});
  }
  void stay(double rate_per_s) const {
    add(forever, rate_per_s);
  }
  /// Begins anew after the last stretch, unless nothing ever happens in the
  /// circle: then there would be no end of looking.
  void turn() const {
    double length_s = 0;
    double calls = 0;
    for (auto& one : self.plan_) {
      length_s += one.length_s;
      calls += one.length_s * one.rate_per_s;
    }
    self.circle_ = calls > 0;
    if (self.circle_) {
      self.mean_per_s_ = calls / length_s;
    } else {
      self.plan_.clear();
      stay(0);
    }
  }
};

arrivals::arrivals(const arrival_law& law, random_source random,
                   model::time_point start)
  : random_{random}, moods_{random_()}, start_{start} {
  std::visit(planning{*this}, law.what);
  known_.push_back({next_stretch(), 0, 0});
  if (law.part > 0)
    random_ = fork(random_(), "part " + std::to_string(law.part));
  target_ = poisson_ ? unit_gap(random_) : law.lead;
}

/// The stretch that index_ names, of bursts with a length drawn for it.
arrivals::stretch arrivals::next_stretch() {
  auto result = plan_[index_];
  if (bursts_ && circle_)
    result.length_s *= unit_gap(moods_);
  return result;
}

/// One stretch further; false if the last one lasts forever.
bool arrivals::advance() {
  auto& last = known_.back();
  if (last.what.length_s == forever)
    return false;
  auto begin_s = last.end_s();
  auto count = last.count_at(begin_s);
  index_ = circle_ ? (index_ + 1) % plan_.size() : index_ + 1;
  known_.push_back({next_stretch(), begin_s, count});
  if (known_.size() > known_at_most)
    known_.pop_front();
  return true;
}

// -- what it gives ------------------------------------------------------------

std::optional<model::time_point> arrivals::next() {
  // Whoever asks has reached the last start: what was before it is history.
  while (known_.size() > 1 && known_.front().end_s() <= given_s_)
    known_.pop_front();
  std::optional<double> when_s;
  for (auto one = known_.begin(); !when_s && one != known_.end(); ++one)
    when_s = one->time_of(target_);
  while (!when_s && known_.back().begin_s < horizon_s && advance())
    when_s = known_.back().time_of(target_);
  if (!when_s || *when_s > horizon_s)
    return std::nullopt;
  given_ = true;
  given_s_ = *when_s;
  given_target_ = target_;
  target_ += poisson_ ? unit_gap(random_) : 1;
  return start_ + model::duration{std::llround(given_s_ * 1e9)};
}

void arrivals::set_rate(double per_s, model::time_point now) {
  if (users_)
    return;
  auto now_s = std::max(since_start(now), known_.front().begin_s);
  while (known_.back().end_s() <= now_s)
    advance();
  while (known_.back().begin_s > now_s)
    known_.pop_back();
  // The count goes on where it is, so what was left of the gap to the next
  // call is left still. A Poisson process has no memory: it stays one. Starts
  // that are overdue keep their places before now.
  auto& here = known_.back();
  placed next{{forever, std::max(0.0, per_s), 0}, now_s, here.count_at(now_s)};
  here.what.length_s = now_s - here.begin_s;
  known_.push_back(next);
  if (given_ && given_s_ > now_s) {
    target_ = given_target_;
    given_s_ = now_s;
    given_ = false;
  }
  plan_ = {next.what};
  index_ = 0;
  circle_ = bursts_ = false;
}

double arrivals::rate_at(model::time_point when) const {
  auto when_s = since_start(when);
  if (when_s < 0)
    return 0;
  for (auto& one : known_)
    if (one.begin_s <= when_s && when_s < one.end_s())
      return one.rate_at(when_s);
  if (bursts_)
    return mean_per_s_;
  auto& first = known_.front();
  if (!circle_ && plan_.size() == 1)
    return when_s < first.begin_s ? 0 : plan_.front().rate_per_s;
  double length_s = 0;
  for (auto& one : plan_)
    length_s += one.length_s;
  placed one;
  if (circle_)
    when_s = std::fmod(when_s, length_s);
  for (auto& what : plan_) {
    one.what = what;
    if (when_s < one.end_s())
      break;
    one.begin_s = one.end_s();
  }
  return one.rate_at(when_s);
}

double arrivals::since_start(model::time_point when) const {
  return std::chrono::duration<double>(when - start_).count();
}

} // namespace strowger::traffic
