#pragma once

#include <ostream>
#include <string>

namespace strowger::services {

struct serve_arguments {
  std::string file;
  std::string log_level; ///< instead of the configuration's; empty = that
};

/// `strowger serve FILE`: runs the switch until SIGTERM or SIGINT, which drain
/// it (`drain-timeout`); a second one ends it at once. SIGHUP reloads the
/// configuration and reopens the files of log and call records. Says on `out`
/// what it listens at, and on `err` what keeps it from starting. Returns the
/// exit code: 0, or 1 if it could not start.
int serve_command(const serve_arguments& args, std::ostream& out,
                  std::ostream& err);

} // namespace strowger::services
