#pragma once

#include "services/load/result.hpp"

#include <iosfwd>

namespace strowger::services::load {

/// The part of print_report() about RTP: what callers and callees heard.
void print_media(const result& x, std::ostream& out);

} // namespace strowger::services::load
