#pragma once

#include "actors/model/demand.hpp"
#include "actors/model/route_desk.hpp"
#include "services/control/plane.hpp"

#include <strowger/v1/routing_service.pb.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace strowger::services::control {

/// Writes a line to the audit log for every instruction of one strategy, when
/// it is known what came of it. Only for switches that have an audit log. From
/// any thread.
class routing_audit {
public:
  /// Null if there is no audit log. `peer` is where the strategy is.
  static std::shared_ptr<routing_audit> make(std::shared_ptr<plane> host,
                                             client who, std::string peer);

  /// What is still open is written: UNKNOWN, as nobody hears of it any more.
  ~routing_audit();
  routing_audit(const routing_audit&) = delete;
  routing_audit& operator=(const routing_audit&) = delete;

  /// The strategy has said so.
  void begin(const strowger::v1::RouteInstruction& x);
  void begin(const strowger::v1::RouteUserData& x);
  void begin(const strowger::v1::KeepWaiting& x);

  /// What came of it; fault::none: it was done.
  void end(const std::string& call, const std::string& request,
           model::fault outcome);
  /// The same, as the routing desk tells it; other notices are ignored.
  void end(const model::route_notice& x);

private:
  routing_audit(std::shared_ptr<plane> host, client who, std::string peer);
  void begin(request_about x);
  void write(const request_about& x, const grpc::Status& outcome) const;

  const std::shared_ptr<plane> host_;
  const client who_;
  const std::string peer_;
  std::mutex mutex_; // guards what is below
  // By call and request id; a strategy may use an id twice.
  std::multimap<std::pair<std::string, std::string>, request_about> open_;
};

} // namespace strowger::services::control
