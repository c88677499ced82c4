#include "services/control/routing_audit.hpp"

#include "services/control/routing_words.hpp"
#include "services/control/status.hpp"

namespace strowger::services::control {

namespace {

/// As the switch writes it, however the client did.
std::string plain(const std::string& call) {
  auto id = parse_call_id(call);
  return id ? to_text(*id) : call;
}

} // namespace

std::shared_ptr<routing_audit> routing_audit::make(std::shared_ptr<plane> host,
                                                   client who,
                                                   std::string peer) {
  if (!host->audit)
    return nullptr;
  return std::shared_ptr<routing_audit>{
    new routing_audit(std::move(host), std::move(who), std::move(peer))};
}

routing_audit::routing_audit(std::shared_ptr<plane> host, client who,
                             std::string peer)
  : host_(std::move(host)), who_(std::move(who)), peer_(std::move(peer)) {
  // nop
}

routing_audit::~routing_audit() {
  for (auto& [id, x] : open_)
    write(x, grpc::Status{grpc::UNKNOWN, {}});
}

void routing_audit::begin(const api::RouteInstruction& x) {
  request_about about;
  about.request_id = x.request_id();
  about.dn = x.routing_point();
  about.call_id = x.call_id();
  about.instruction = word_of(x.route_type());
  about.destination = x.destination();
  begin(std::move(about));
}

void routing_audit::begin(const api::RouteUserData& x) {
  request_about about;
  about.request_id = x.request_id();
  about.call_id = x.call_id();
  about.instruction = "ATTACH_USER_DATA";
  begin(std::move(about));
}

void routing_audit::begin(const api::KeepWaiting& x) {
  request_about about;
  about.request_id = x.request_id();
  about.dn = x.routing_point();
  about.call_id = x.call_id();
  about.instruction = "KEEP_WAITING";
  begin(std::move(about));
}

void routing_audit::begin(request_about x) {
  std::lock_guard guard{mutex_};
  auto id = std::pair{plain(x.call_id), x.request_id};
  open_.emplace(std::move(id), std::move(x));
}

void routing_audit::end(const std::string& call, const std::string& request,
                        model::fault outcome) {
  request_about x;
  {
    std::lock_guard guard{mutex_};
    auto i = open_.find({plain(call), request});
    if (i == open_.end())
      return;
    x = std::move(i->second);
    open_.erase(i);
  }
  write(x, make_status(outcome, {}));
}

void routing_audit::end(const model::route_notice& x) {
  if (auto* used = std::get_if<model::route_used>(&x.what))
    end(to_text(x.call), used->request, model::fault::none);
  else if (auto* failed = std::get_if<model::route_failed>(&x.what))
    end(to_text(x.call), failed->request, failed->why);
}

void routing_audit::write(const request_about& x,
                          const grpc::Status& outcome) const {
  write_audit(*host_, peer_, {"RoutingService/Serve", role::control}, who_, x,
              outcome);
}

} // namespace strowger::services::control
