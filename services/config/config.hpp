#pragma once

#include "actors/model/directory.hpp"
#include "actors/model/group_queue.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::config {

/// Where and how to log; `file` empty = standard error.
struct log_settings {
  std::string level = "info";  ///< trace|debug|info|warning|error|off
  std::string format = "text"; ///< text|json
  std::string file;
};

/// Call detail records; `file` empty = none.
struct cdr_settings {
  std::string file;
};

/// The control plane (gRPC). In the file `control: host:port`, or a map of
/// these: listen, tokens, tls (certificate, key, client-ca), audit.
struct control_settings {
  std::string listen;      ///< `host:port`; empty = there is no control plane
  std::string tokens;      ///< file; empty = none are needed
  std::string certificate; ///< file (PEM); empty = no TLS
  std::string key;         ///< file (PEM)
  std::string client_ca;   ///< file (PEM); clients need a certificate of it
  std::string audit;       ///< file of JSON lines; empty = none
};

/// What is wrong with who may come in, or nothing: what anybody in the network
/// could use is a mistake, not a default.
std::string exposure_fault(const control_settings& x);

/// An address a service listens at; port 0 = any.
struct listen_address {
  std::string host;
  int port = 0;
};

/// Everything a configuration file says.
struct settings {
  std::shared_ptr<const model::directory> directory;
  std::string switch_name = "switch";
  control_settings control;
  std::string metrics = "127.0.0.1:9464"; ///< `host:port`; empty = off
  std::string data_folder = "./data";
  log_settings log;
  std::vector<model::group_strategy_settings> strategies;
  cdr_settings cdr; ///< by default `cdr.jsonl` in the data folder
};

/// One thing that is wrong with a file; line and column count from 1.
struct load_error {
  std::string file;
  int line = 1;
  int column = 1;
  std::string message;
};

/// `FILE:LINE:COL: error: MESSAGE`
std::string to_string(const load_error& error);

/// What a file says, or all that is wrong with it.
template <class T>
struct read_result {
  std::optional<T> value;
  std::vector<load_error> errors; ///< by line; empty if there is a value
};

using load_result = read_result<settings>;

/// The content of a file, or nothing; then `error` says why.
std::optional<std::string> read_file(const std::string& path,
                                     std::string& error);

/// The first line (from 1) that is not UTF-8, if any.
std::optional<int> line_without_utf8(std::string_view text);

/// Reads and checks a configuration file. Never throws.
load_result load(const std::string& path);

/// Same for a text; `name` stands for the file in errors.
load_result load_text(std::string_view text, const std::string& name);

/// Does the host name this machine only, so that nobody else can come in?
bool is_loopback(std::string_view host);

/// Splits `host:port` or `[v6]:port`; nothing if it is neither.
std::optional<listen_address> parse_listen_address(std::string_view text);

} // namespace strowger::services::config
