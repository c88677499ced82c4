#pragma once

#include "services/load/result.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace strowger::services::load {

/// Shows a run while it goes on, in at most 79 columns. On a terminal it draws
/// the same few lines again and again, otherwise one line a second.
class live_view {
public:
  /// `planned_s`: how long the run will take; 0: nobody knows.
  live_view(std::ostream& out, bool terminal, double planned_s);

  /// To be called once a second; shows the sample that is new.
  void show(const result& so_far);

private:
  std::vector<std::string> lines_of(const result& x) const;
  std::string line_of(const result& x) const;
  std::string bar(double at_s) const;

  std::ostream& out_;
  bool terminal_;
  double planned_s_;
  bool drawn_ = false;
  std::size_t samples_ = 0; // that are in the totals
  sample totals_;
  double rate_per_s_ = 0; // of the last second
};

} // namespace strowger::services::load
