#pragma once

#include <ostream>
#include <string>

namespace strowger::services {

/// `strowger check FILE`: says `FILE: ok, N DNs, M trunks` on `out`, or every
/// error of the file on `err`. Returns the exit code, 0 or 1.
int check_command(const std::string& path, std::ostream& out,
                  std::ostream& err);

} // namespace strowger::services
