#pragma once

#include <grpcpp/server_context.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace strowger::services::control {

/// What a client may do; each role includes those before it.
enum class role : uint8_t { observe, control, configure };

std::string_view to_string(role x);

/// Who a client is, by its token or certificate.
struct client {
  std::string name;
  control::role role = role::observe;
};

/// Who may use the control plane: the bearer tokens of a file, one a line:
/// `TOKEN ROLE NAME`, where # begins a comment.
class access {
public:
  /// Reads the file. Returns what is wrong with it, or nothing; then nothing
  /// has changed. An empty path: there are no tokens. May be called again.
  std::optional<std::string> load(const std::string& path);

  /// Who calls? Nothing if it has shown no token that is known. Without tokens
  /// everybody may do everything, and is named by the certificate, if any.
  std::optional<client> identify(const grpc::ServerContextBase& call) const;

private:
  // By digest, so that looking a token up tells nothing by the time it takes.
  using tokens = std::map<std::string, client>;

  mutable std::mutex mutex_;             // guards the pointer
  std::shared_ptr<const tokens> tokens_; // null: there are none
};

} // namespace strowger::services::control
