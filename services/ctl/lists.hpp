#pragma once

#include "services/ctl/connection.hpp"
#include "services/ctl/table.hpp"

#include <memory>
#include <ostream>
#include <span>
#include <string_view>
#include <vector>

namespace strowger::services::ctl {

/// A list of QueryService as a sub-command.
struct list {
  std::string_view name;
  std::string_view columns; ///< fields of an entry
  std::string_view help;
  method how;
};

/// `calls`, `dns`, `trunks`, `agents`, `agent-groups`, `places`,
/// `registrations`.
std::span<const list> lists();

using entries = std::vector<std::unique_ptr<google::protobuf::Message>>;

/// The entries with these columns, headed by the names of the fields.
table table_of(const entries& from, std::string_view columns);

/// Prints all pages as one table or JSON array on `out`, errors on `err`.
/// Returns the exit code.
int run_list(const list& what, const settings& how, std::ostream& out,
             std::ostream& err);

/// `snapshot`: DNs and calls at one moment, as EventService tells them.
int run_snapshot(const settings& how, std::ostream& out, std::ostream& err);

} // namespace strowger::services::ctl
