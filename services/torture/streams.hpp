#pragma once

#include "services/torture/socket.hpp"
#include "services/torture/wire.hpp"

namespace strowger::services::torture {

/// TCP: every way is a connection of its own.
std::variant<std::unique_ptr<wire>, std::string>
open_streams(const socket_address& device, const socket_address& own);

} // namespace strowger::services::torture
