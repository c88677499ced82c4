#pragma once

#include "services/config/config.hpp"
#include "services/load/generator.hpp"

#include <memory>
#include <string>

namespace strowger::services::load {

/// A generator's control plane: LoadService, health and reflection.
class load_server {
public:
  struct opened;

  /// Listens as the settings say; the generator has to outlive it.
  static opened open(const config::control_settings& settings, generator& of);

  /// Ends all streams, and waits for requests under way.
  ~load_server();
  load_server(const load_server&) = delete;
  load_server& operator=(const load_server&) = delete;

  int port() const;

private:
  struct state;
  explicit load_server(std::unique_ptr<state> made);

  std::unique_ptr<state> state_;
};

struct load_server::opened {
  std::unique_ptr<load_server> server; // null on failure
  std::string error;                   // empty on success
};

} // namespace strowger::services::load
