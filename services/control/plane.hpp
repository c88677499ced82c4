#pragma once

#include "services/control/access.hpp"
#include "services/control/attendance.hpp"
#include "services/control/courier.hpp"
#include "services/control/feed.hpp"
#include "services/control/switch_link.hpp"
#include "services/control/tally.hpp"
#include "services/log/line_writer.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace strowger::services::control {

/// What every service of the control plane works with.
struct plane {
  std::shared_ptr<switch_link> link;
  std::shared_ptr<courier> carrier;
  std::shared_ptr<control::feed> feed;
  std::shared_ptr<control::access> access;
  std::shared_ptr<control::tally> tally;
  std::shared_ptr<line_writer> audit; // null: nothing is written
  wall_clock clock;
  std::atomic<bool> closing = false;
  attendance present = {};
};

/// A method as metrics and the audit log have it.
struct method_info {
  std::string_view name; // "CallService/MakeCall"
  role needs = role::observe;
};

/// What a request is about, for the audit log.
struct request_about {
  std::string request_id;
  std::string dn;
  std::string call_id;
  std::string instruction; // of a strategy: "ROUTE", "ATTACH_USER_DATA"…
  std::string destination; // of that
  std::string changes; ///< of the configuration, without values
};

/// May this request come in? Otherwise why not; `who` is filled in if known.
grpc::Status admit(const plane& host, const grpc::ServerContextBase& call,
                   const method_info& method, size_t bytes, client& who);

/// Writes a line to the audit log, which there must be. `peer`: who called from
/// where, as gRPC names it. From any thread.
void write_audit(plane& host, std::string_view peer, const method_info& method,
                 const client& who, const request_about& about,
                 const grpc::Status& outcome);

/// Counts a request that is over, and writes it to the audit log unless its
/// method only observes.
void conclude(plane& host, const grpc::ServerContextBase& call,
              const method_info& method, const client& who,
              const request_about& about, const grpc::Status& outcome);

} // namespace strowger::services::control
