#pragma once

#include "services/load/result.hpp"

#include <iosfwd>
#include <string>

namespace strowger::services::load {

/// "PASSED", "FAILED", or "INVALID": the run says nothing.
std::string verdict_word(const result& x);

/// What an operator wants to know when a run is over: verdict and criteria,
/// calls, latencies, RFC 6076, steps, registrations, media, and how the
/// generator did. At most 80 columns. `colour`: ANSI sequences for the verdict.
void print_report(const result& x, std::ostream& out, bool colour);

} // namespace strowger::services::load
