#pragma once

#include <ostream>
#include <string>

namespace strowger::services {

enum class options_format { text, markdown, json };

/// `strowger options [FILTER]`: prints the option table, or the options whose
/// name or level contains the filter. Returns the exit code: 1 if nothing
/// matches.
int options_command(const std::string& filter, options_format format,
                    std::ostream& out);

} // namespace strowger::services
