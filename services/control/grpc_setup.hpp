#pragma once

namespace grpc {
class ServerBuilder;
} // namespace grpc

namespace strowger::services::control {

/// Gives a server what all of ours have: health, reflection, a port of its own,
/// keepalive, and a limit to what one message may hold.
void configure(grpc::ServerBuilder& builder, int receive_bytes_max);

} // namespace strowger::services::control
