#pragma once

#include "services/ctl/connection.hpp"

#include <functional>
#include <map>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace strowger::services::ctl {

/// A request of the control plane as a sub-command.
struct verb {
  std::string_view name;
  /// Fields of the request in the order of the command line; `field?` may be
  /// left out, `--field` is an option.
  std::string_view arguments;
  std::string_view help;
  method how;
};

/// All requests of CallService, UserDataService and AgentService.
std::span<const verb> verbs();

/// What was given for each field of a request.
using field_words = std::map<std::string, std::vector<std::string>>;

/// An id for a request that nobody has used before.
std::string random_id();

/// The request that these words make. An empty `request_id` is made up.
std::unique_ptr<google::protobuf::Message>
make_request(const verb& what, const field_words& words);

/// Adds the sub-commands of all verbs; `run` is called when one was given.
/// Words that do not fit are usage errors (CLI::ParseError).
void add_verbs(CLI::App& app,
               std::function<void(const verb&, const field_words&)> run);

/// Sends the request. Prints the call that it made, or the answer in JSON, on
/// `out`, errors on `err`. Returns the exit code.
int run_verb(const verb& what, const field_words& words, const settings& how,
             std::ostream& out, std::ostream& err);

} // namespace strowger::services::ctl
