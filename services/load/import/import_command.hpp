#pragma once

#include <CLI/CLI.hpp>

#include <ostream>

namespace strowger::services::load {

/// Adds `strowger load import` to the sub-command `load`; `exit_code` is set
/// when it is parsed: 0, or 1 if no scenario could be made.
void add_import_command(CLI::App& load, int& exit_code, std::ostream& out,
                        std::ostream& err);

} // namespace strowger::services::load
