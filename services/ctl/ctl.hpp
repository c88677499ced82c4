#pragma once

#include "services/ctl/connection.hpp"

#include <ostream>

namespace CLI {
class App;
}

namespace strowger::services::ctl {

/// Options that say how to get in at a control plane: token, certificates.
void add_access_options(CLI::App& app, settings& how);

/// Adds `strowger ctl`, a client of the control plane, and `strowger
/// completion`, which prints a script for a shell. A command that has run sets
/// the exit code: 0, or 1 if the switch refused; usage errors are thrown as
/// CLI::ParseError.
void add_commands(CLI::App& app, int& exit_code, std::ostream& out,
                  std::ostream& err);

} // namespace strowger::services::ctl
