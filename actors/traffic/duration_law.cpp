#include "actors/traffic/duration_law.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace strowger::traffic {

namespace {

// Some 30 years: a heavy tail must not overflow the time points it is added to.
constexpr double longest_s = 1e9;

// The distributions are made for each draw: one that is kept, such as the
// normal one, holds a value back and would tie one draw to the one before.
struct drawing {
  random_source& from;

  double operator()(std::monostate) const {
    return 0;
  }
  double operator()(const duration_law::fixed& x) const {
    return x.value_s;
  }
  double operator()(const duration_law::uniform& x) const {
    auto u = std::uniform_real_distribution<double>{0, 1}(from);
    return x.from_s + (x.to_s - x.from_s) * u;
  }
  double operator()(const duration_law::exponential& x) const {
    return x.mean_s * std::exponential_distribution<double>{1}(from);
  }
  double operator()(const duration_law::lognormal& x) const {
    return x.median_s
           * std::exp(x.sigma * std::normal_distribution<double>{}(from));
  }
  double operator()(const duration_law::gamma& x) const {
    assert(x.shape > 0);
    return x.mean_s / x.shape
           * std::gamma_distribution<double>{x.shape, 1}(from);
  }
  double operator()(const duration_law::empirical& x) const {
    if (x.values_s.empty())
      return 0;
    std::uniform_int_distribution<std::size_t> any{0, x.values_s.size() - 1};
    return x.values_s[any(from)];
  }
};

struct mean {
  double operator()(std::monostate) const {
    return 0;
  }
  double operator()(const duration_law::fixed& x) const {
    return x.value_s;
  }
  double operator()(const duration_law::uniform& x) const {
    return (x.from_s + x.to_s) / 2;
  }
  double operator()(const duration_law::exponential& x) const {
    return x.mean_s;
  }
  double operator()(const duration_law::lognormal& x) const {
    return x.median_s * std::exp(x.sigma * x.sigma / 2);
  }
  double operator()(const duration_law::gamma& x) const {
    return x.mean_s;
  }
  double operator()(const duration_law::empirical& x) const {
    if (x.values_s.empty())
      return 0;
    return std::accumulate(x.values_s.begin(), x.values_s.end(), 0.0)
           / static_cast<double>(x.values_s.size());
  }
};

} // namespace

model::duration duration_law::draw(random_source& from) const {
  auto value_s = std::clamp(std::visit(drawing{from}, kind_), 0.0, longest_s);
  return model::duration{std::llround(value_s * 1e9)};
}

double duration_law::mean_s() const {
  return std::max(0.0, std::visit(mean{}, kind_));
}

} // namespace strowger::traffic
