#pragma once

#include "services/torture/socket.hpp"
#include "services/torture/wire.hpp"

namespace strowger::services::torture {

/// UDP: one port for what is ours, and one for each of `ports` that is free.
std::variant<std::unique_ptr<wire>, std::string>
open_datagrams(const socket_address& device, const socket_address& own,
               const std::set<unsigned>& ports);

} // namespace strowger::services::torture
