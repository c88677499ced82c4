#pragma once

#include <ostream>

namespace CLI {
class App;
}

namespace strowger::services::torture {

/// Adds `strowger torture`. Its exit codes: 0 all as expected, 1 could not
/// begin, 2 something failed
/// or was not sent, 3 the device cannot be reached.
void add_command(CLI::App& app, int& exit_code, std::ostream& out,
                 std::ostream& err);

} // namespace strowger::services::torture
