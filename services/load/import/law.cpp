#include "services/load/import/law.hpp"

#include "services/config/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <random>

namespace strowger::services::load::sipp {

namespace {

using kind = law::kind;

/// SIPp's names, and those of the parameters.
struct distribution {
  kind what;
  std::string_view name;
  std::string_view a;
  std::string_view b = {};
};

constexpr distribution distributions[] = {
  {kind::fixed, "fixed", "value"},
  {kind::uniform, "uniform", "min", "max"},
  {kind::normal, "normal", "mean", "stdev"},
  {kind::exponential, "exponential", "mean"},
  {kind::lognormal, "lognormal", "mean", "stdev"},
  {kind::weibull, "weibull", "lambda", "k"},
  {kind::pareto, "pareto", "k", "x_m"},
  {kind::gamma, "gamma", "k", "theta"},
  {kind::negbin, "negbin", "n", "p"},
};

// What scenario files accept, see quantity.cpp and scenario_parser_laws.cpp.
constexpr double max_ms = 10'000. * 3'600'000;
constexpr double sigma_max = 10;
constexpr double shape_max = 1000;

/// So many draws stand for a law that scenarios do not have: their mean is
/// within 2 % of that of a law whose deviation is as large as its mean.
constexpr int sample_size = 5000;

bool read_number(const element& x, std::string_view name, double& out) {
  auto text = x.find(name);
  if (!text)
    return false;
  auto end = text->data() + text->size();
  auto [stop, failure] = std::from_chars(text->data(), end, out);
  return failure == std::errc{} && stop == end && std::isfinite(out);
}

/// Before SIPp had the attribute `distribution`, the name was one itself.
std::string_view name_of(const element& x) {
  if (auto named = x.find("distribution"))
    return *named;
  for (auto& known : distributions)
    if (known.what != kind::fixed && known.what != kind::uniform
        && known.what != kind::negbin && x.find(known.name))
      return known.name;
  return x.find("min") || x.find("max") ? "uniform" : "";
}

std::string fault_of(const law& x) {
  switch (x.what) {
    case kind::fixed:
      return x.a >= 0 ? "" : "it is less than 0 ms";
    case kind::uniform:
      return x.a >= 0 && x.b >= x.a && x.b <= max_ms
               ? ""
               : "its ends are not in order, or beyond 10000 h";
    case kind::normal:
      return x.b >= 0 ? "" : "its deviation is less than 0";
    case kind::lognormal:
      return x.b >= 0 && x.b <= sigma_max && x.a <= std::log(max_ms)
               ? ""
               : "its deviation is not from 0 to 10, or its mean too large";
    case kind::exponential:
      return x.a > 0 ? "" : "its mean is not above 0 ms";
    case kind::weibull:
    case kind::pareto:
      return x.a > 0 && x.b > 0 ? "" : "its parameters are not above 0";
    case kind::gamma:
      return x.a > 0 && x.b > 0 && x.a <= shape_max
               ? ""
               : "its shape is not above 0 and at most 1000";
    case kind::negbin:
      return x.a >= 1 && x.b > 0 && x.b <= 1 ? ""
                                             : "n is below 1, or p no chance";
  }
  return "";
}

bool is_fixed(const law& x) {
  return x.what == kind::fixed || (x.what == kind::uniform && x.a == x.b)
         || (x.what == kind::lognormal && x.b == 0)
         || (x.what == kind::normal && x.b == 0);
}

/// A mean of 0 is none; SIPp rounds to whole milliseconds anyway.
double above_zero(double ms) {
  return std::max(ms, 0.001);
}

/// The sum as one of the laws of scenarios, if it is one: a random law, and
/// what is fixed before or after it.
std::string exact(const law& x, double fixed_ms) {
  if (x.what == kind::uniform)
    return fmt::format("{{uniform: [{}, {}]}}", duration_text(x.a + fixed_ms),
                       duration_text(x.b + fixed_ms));
  if (fixed_ms > 0)
    return "";
  if (x.what == kind::exponential)
    return fmt::format("{{exponential: {}}}", duration_text(above_zero(x.a)));
  if (x.what == kind::lognormal)
    return fmt::format("{{lognormal: {{median: {}, sigma: {:.6f}}}}}",
                       duration_text(above_zero(std::exp(x.a))),
                       std::max(x.b, 1e-6));
  if (x.what == kind::gamma)
    return fmt::format("{{gamma: {{mean: {}, shape: {:.6f}}}}}",
                       duration_text(above_zero(x.a * x.b)),
                       std::max(x.a, 1e-6));
  return "";
}

written_law sampled(const std::vector<law>& sum, double fixed_ms) {
  auto from = traffic::fork(1, "import");
  written_law result;
  for (int i = 0; i < sample_size; ++i) {
    auto ms = fixed_ms;
    for (auto& x : sum)
      ms += draw_ms(x, from);
    result.values_s.push_back(std::min(ms, max_ms) / 1000);
  }
  result.note = fmt::format("its law is not one of a scenario's: {} values "
                            "drawn from it stand for it",
                            sample_size);
  return result;
}

} // namespace

std::variant<law, std::string> read_law(const element& x) {
  law result;
  auto name = name_of(x);
  if (name.empty()) {
    result.unsaid = !x.find("milliseconds");
    if (!result.unsaid && !read_number(x, "milliseconds", result.a))
      return "milliseconds is no number";
  } else {
    auto known = std::ranges::find(distributions, name, &distribution::name);
    if (known == std::end(distributions))
      return "scenarios have no law " + config::quoted(name);
    result.what = known->what;
    if (!read_number(x, known->a, result.a))
      return std::string(known->a) + " is no number";
    if (!known->b.empty() && !read_number(x, known->b, result.b))
      return std::string(known->b) + " is no number";
  }
  if (auto fault = fault_of(result); !fault.empty())
    return fault;
  // A mean of Pareto's may be infinite, though few draws are long.
  if (mean_ms(result) > max_ms && result.what != kind::pareto)
    return "it lasts longer than 10000 h";
  return result;
}

double draw_ms(const law& x, traffic::random_source& from) {
  auto value = 0.;
  switch (x.what) {
    case kind::fixed:
      return x.a;
    case kind::uniform:
      value = std::uniform_real_distribution<double>{x.a, x.b}(from);
      break;
    case kind::normal:
      value = std::normal_distribution<double>{x.a, x.b}(from);
      break;
    case kind::exponential:
      value = std::exponential_distribution<double>{1 / x.a}(from);
      break;
    case kind::lognormal:
      value = std::lognormal_distribution<double>{x.a, x.b}(from);
      break;
    case kind::weibull:
      value = std::weibull_distribution<double>{x.b, x.a}(from);
      break;
    case kind::pareto: {
      auto chance = std::uniform_real_distribution<double>{}(from);
      value = x.b / std::pow(1 - chance, 1 / x.a);
      break;
    }
    case kind::gamma:
      value = std::gamma_distribution<double>{x.a, x.b}(from);
      break;
    case kind::negbin: {
      // A Poisson number whose mean is gamma: n need not be whole then.
      auto mean = std::gamma_distribution<double>{x.a, (1 - x.b) / x.b}(from);
      value = mean > 0 ? static_cast<double>(
                std::poisson_distribution<std::int64_t>{mean}(from))
                       : 0;
      break;
    }
  }
  return std::max(value, 0.);
}

double mean_ms(const law& x) {
  switch (x.what) {
    case kind::fixed:
    case kind::normal:
    case kind::exponential:
      return std::max(x.a, 0.);
    case kind::uniform:
      return (x.a + x.b) / 2;
    case kind::lognormal:
      return std::exp(x.a + x.b * x.b / 2);
    case kind::weibull:
      return x.a * std::tgamma(1 + 1 / x.b);
    case kind::pareto:
      return x.a > 1 ? x.a * x.b / (x.a - 1)
                     : std::numeric_limits<double>::infinity();
    case kind::gamma:
      return x.a * x.b;
    case kind::negbin:
      return x.a * (1 - x.b) / x.b;
  }
  return 0;
}

written_law write_law(const std::vector<law>& sum) {
  auto fixed_ms = 0.;
  std::vector<law> random;
  for (auto& x : sum)
    if (is_fixed(x))
      fixed_ms += mean_ms(x);
    else
      random.push_back(x);
  if (random.empty())
    return {duration_text(std::min(fixed_ms, max_ms)), {}, {}};
  if (random.size() == 1)
    if (auto text = exact(random.front(), fixed_ms); !text.empty())
      return {text, {}, {}};
  return sampled(random, fixed_ms);
}

std::string duration_text(double ms) {
  if (ms >= 1000 && std::fmod(ms, 1000) == 0)
    return fmt::format("{:.0f} s", ms / 1000);
  auto text = fmt::format("{:.3f}", ms);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.'))
    text.pop_back();
  return text + " ms";
}

} // namespace strowger::services::load::sipp
