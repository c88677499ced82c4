#pragma once

#include "services/load/result.hpp"

#include <iosfwd>

namespace strowger::services::load {

/// Puts two runs side by side: for each rate of calls and each percentile both
/// values, their difference with its 95 % confidence interval, and whether the
/// runs differ there or no difference is shown. Says first what makes the
/// comparison doubtful: invalid runs, other scenarios, other rates.
void compare(const result& a, const result& b, std::ostream& out);

} // namespace strowger::services::load
