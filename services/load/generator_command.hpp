#pragma once

#include "services/ctl/connection.hpp"

#include <iosfwd>

namespace CLI {
class App;
} // namespace CLI

namespace strowger::services::load {

/// Options that say how to get in at the control plane of a generator.
void add_access_options(CLI::App& app, ctl::settings& how);

/// Adds `generator`, `rate`, `watch` and `stop` to `strowger load`.
void add_generator_commands(CLI::App& load, int& exit_code, std::ostream& out,
                            std::ostream& err);

} // namespace strowger::services::load
