#pragma once

#include "services/ctl/connection.hpp"

#include <google/protobuf/descriptor.h>
#include <strowger/v1/configuration_service.pb.h>

#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace strowger::services::ctl {

namespace api = strowger::v1;

/// A sub-command of `config`, and the request that it sends.
struct config_verb {
  std::string_view name;
  std::string_view help;
  const google::protobuf::Descriptor* request;
};

/// `get`, `options`, `set`, `unset`, `put`, `delete`, `revert`, `apply`,
/// `validate`, `watch`.
std::span<const config_verb> config_verbs();

/// A change in words: `set OBJECT KEY VALUE…`, `unset OBJECT KEY`, `put OBJECT
/// KEY=VALUE…`, `delete OBJECT`, `revert OBJECT [KEY]`, where an object is
/// `switch`, or KIND/NAME. Nothing if they are none; then `error` says why.
std::optional<api::ConfigurationChange>
make_change(const std::vector<std::string>& words, std::string& error);

/// A change set: one change a line, words with blanks in "quotes", # begins a
/// comment. Errors begin with the number of the line.
std::optional<std::vector<api::ConfigurationChange>>
read_changes(std::istream& from, std::string& error);

/// A revision for people, on one line.
std::string line_of(const api::WatchConfigurationResponse& x);

/// Adds `config` with its sub-commands, which set the exit code.
void add_config(CLI::App& ctl, const settings& how, int& exit_code,
                std::ostream& out, std::ostream& err);

} // namespace strowger::services::ctl
