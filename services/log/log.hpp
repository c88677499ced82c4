#pragma once

#include "services/config/config.hpp"
#include "services/log/line_writer.hpp"

#include <spdlog/logger.h>

#include <memory>
#include <string>

namespace strowger::services {

/// The log of a process: spdlog decides what is said, a line_writer writes it.
struct log_output {
  std::shared_ptr<spdlog::logger> logger; ///< null on failure
  std::shared_ptr<line_writer> writer;
  std::string error; ///< empty on success
};

/// Opens the log. Lines look like
/// `2026-11-21T01:02:03.456Z info call=0000a1b2c3d4e5f6 ended status=200` or,
/// as JSON, `{"time":"…","level":"info","message":"ended","status":"200",…}`:
/// a message is some words and then `key=value` pairs, `call` first.
log_output open_log(const config::log_settings& settings,
                    line_writer_limits limits = {});

} // namespace strowger::services
