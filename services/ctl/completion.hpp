#pragma once

#include <string>

namespace CLI {
class App;
}

namespace strowger::services::ctl {

enum class shell { bash, zsh };

/// A completion script for a program, made from its tree of sub-commands: they
/// and all options, in zsh with what they mean.
std::string completion_script(const CLI::App& program, shell which);

} // namespace strowger::services::ctl
