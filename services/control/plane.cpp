#include "services/control/plane.hpp"

#include "services/control/status.hpp"
#include "services/log/line_format.hpp"

#include <chrono>

namespace strowger::services::control {

namespace {

// User data of a call and a list of DNs fit; more is a mistake.
constexpr size_t request_bytes_max = 256 * 1024;

void append_member(text_buffer& out, std::string_view key,
                   std::string_view value) {
  append(out, ",\"");
  append(out, key);
  append(out, "\":");
  append_json(out, value);
}

} // namespace

void write_audit(plane& host, std::string_view peer, const method_info& method,
                 const client& who, const request_about& about,
                 const grpc::Status& outcome) {
  text_buffer out;
  append(out, "{\"time\":\"");
  time_format{}.append(out, std::chrono::system_clock::now());
  append(out, "\"");
  append_member(out, "client", who.name);
  append_member(out, "role", who.name.empty() ? "" : to_string(who.role));
  append_member(out, "peer", peer);
  append_member(out, "method", method.name);
  append_member(out, "request_id", about.request_id);
  append_member(out, "dn", about.dn);
  append_member(out, "call_id", about.call_id);
  if (!about.instruction.empty()) {
    append_member(out, "instruction", about.instruction);
    append_member(out, "destination", about.destination);
  }
  if (!about.changes.empty())
    append_member(out, "changes", about.changes);
  append_member(out, "code", to_string(outcome.error_code()));
  append_member(out, "reason", reason_of(outcome));
  append(out, "}\n");
  host.audit->append({out.data(), out.size()});
}

grpc::Status admit(const plane& host, const grpc::ServerContextBase& call,
                   const method_info& method, size_t bytes, client& who) {
  auto known = host.access->identify(call);
  if (!known)
    return make_status(grpc::UNAUTHENTICATED, strowger::v1::REASON_BAD_TOKEN,
                       "authorization: Bearer TOKEN is missing, or the token "
                       "is not known");
  who = *known;
  if (who.role < method.needs)
    return make_status(
      grpc::PERMISSION_DENIED, strowger::v1::REASON_ROLE_TOO_LOW,
      "this needs the role " + std::string{to_string(method.needs)} + "; "
        + who.name + " has " + std::string{to_string(who.role)},
      {"role", to_string(method.needs)});
  if (bytes > request_bytes_max)
    return make_status(model::fault::too_large,
                       "the request has more than 262,144 bytes");
  if (host.closing)
    return make_status(model::fault::overloaded, "the switch is being stopped");
  return grpc::Status::OK;
}

void conclude(plane& host, const grpc::ServerContextBase& call,
              const method_info& method, const client& who,
              const request_about& about, const grpc::Status& outcome) {
  host.tally->add(method.name, outcome.error_code());
  if (host.audit && method.needs > role::observe)
    write_audit(host, call.peer(), method, who, about, outcome);
}

} // namespace strowger::services::control
