#pragma once

#include <stdexcept>
#include <string>

namespace strowger::sim {

/// A property that did not hold.
struct broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Ends the run of a world unless `holds`; `what` says what was promised.
inline void demand(bool holds, const char* what) {
  if (!holds)
    throw broken{what};
}

} // namespace strowger::sim
