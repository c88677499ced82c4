#pragma once

#include <iosfwd>

namespace CLI {
class App;
} // namespace CLI

namespace strowger::services::load {

/// Adds `generator`, `rate`, `watch` and `stop` to `strowger load`.
void add_generator_commands(CLI::App& load, int& exit_code, std::ostream& out,
                            std::ostream& err);

} // namespace strowger::services::load
