#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

namespace CLI {
class App;
}

namespace strowger::services::load {

/// Adds `strowger load` and its sub-commands.
void add_command(CLI::App& app, int& exit_code, std::ostream& out,
                 std::ostream& err);

} // namespace strowger::services::load
