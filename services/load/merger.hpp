#pragma once

#include "services/load/division.hpp"
#include "services/load/load_words.hpp"
#include "services/load/result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace strowger::services::load {

/// Adds up what generators tell to the run that one alone would have made:
/// counts are sums, percentiles those of all samples. Generators begin at the
/// same moment, so what each calls its third second is the same one.
class merger {
public:
  explicit merger(std::vector<generator_name> all);

  // -- what generators tell ---------------------------------------------------

  void take(std::size_t generator, counted_second x);
  /// All that it has counted by now; replaces what it told before.
  void take(std::size_t generator, counted_part x);
  /// Nothing more will come of it. `fault`: what makes the run invalid, if it
  /// is not the generator itself that says so; empty: nothing.
  void ended(std::size_t generator, const std::string& fault);

  // -- asking -----------------------------------------------------------------

  /// The seconds that all have told since the last call, added to the samples;
  /// how many there were.
  std::size_t merge_seconds();

  /// By now: the samples merged, and the counts.
  result so_far() const;
  /// Counts of all windows, and what is watched live.
  live_counts all() const;

private:
  /// What a generator has told of one second.
  struct second {
    load::sample sums; // cpu_share is that of the busiest
    std::map<std::size_t, std::uint64_t> in_flight; // by generator
    run::distributions distributions;
  };
  struct seat {
    generator_name name;
    counted_part counted;
    std::uint64_t heard = 0; // the last second it told of
    bool over = false;
    std::vector<std::string> faults;
  };

  bool is_complete(std::uint64_t second) const;
  void close(second& x);
  window_times times() const;
  void summarise(const seat& from, result& to) const;

  std::vector<seat> seats_;
  std::map<std::uint64_t, second> open_; // not yet in samples_
  std::uint64_t closed_ = 0;             // the last second in samples_
  std::vector<sample> samples_;
};

} // namespace strowger::services::load
