#pragma once

#include "actors/traffic/random.hpp"
#include "services/load/import/document.hpp"

#include <string>
#include <variant>
#include <vector>

/// How long SIPp's pauses last, and what of it scenarios can say.
namespace strowger::services::load::sipp {

/// A distribution of SIPp, by its own parameters (times in milliseconds).
struct law {
  enum class kind : std::uint8_t {
    fixed,       // value
    uniform,     // min, max
    normal,      // mean, stdev
    exponential, // mean
    lognormal,   // mean, stdev of the logarithm
    weibull,     // lambda (scale), k (shape)
    pareto,      // k (shape), x_m (smallest)
    gamma,       // k (shape), theta (scale)
    negbin,      // n (successes), p (chance of one)
  };
  kind what = kind::fixed;
  double a = 0;
  double b = 0;
  bool unsaid = false; // as long as the option -d says: 0
};

/// The law of a `pause` or a `sample`, or why there is none.
std::variant<law, std::string> read_law(const element& x);

/// Never negative, as SIPp's pauses.
double draw_ms(const law& x, traffic::random_source& from);
double mean_ms(const law& x);

/// A duration as scenarios have it.
struct written_law {
  std::string yaml;             // "5 s", "{exponential: 3 s}"
  std::vector<double> values_s; // not empty: to be written as CSV instead
  std::string note;             // what is not as in SIPp, if anything
};

/// The sum of these, one after the other.
written_law write_law(const std::vector<law>& sum);

/// "1500 ms", "3 s".
std::string duration_text(double ms);

} // namespace strowger::services::load::sipp
