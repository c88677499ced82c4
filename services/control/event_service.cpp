#include "services/control/event_service.hpp"

#include "services/control/status.hpp"

namespace strowger::services::control {

namespace {

constexpr method_info subscribe{"EventService/Subscribe", role::observe};

bool parse(const grpc::ByteBuffer& bytes, api::SubscribeRequest& to) {
  grpc::Slice whole;
  return bytes.DumpToSingleSlice(&whole).ok()
         && to.ParseFromArray(whole.begin(), static_cast<int>(whole.size()));
}

/// Reads a request; the status says what is wrong with it.
grpc::Status read(const grpc::ByteBuffer& bytes, event_filter& filter,
                  join_request& how) {
  api::SubscribeRequest request;
  if (!parse(bytes, request))
    return make_status(model::fault::invalid_argument,
                       "this is no SubscribeRequest");
  if (auto error = filter.read(request.filter()))
    return make_status(model::fault::invalid_argument, *error);
  if (!request.has_resume_after())
    return grpc::Status::OK;
  if (request.resume_after().journal_id().empty())
    return make_status(model::fault::invalid_argument,
                       "resume_after.journal_id: is empty");
  how.snapshot = false;
  how.journal_id = request.resume_after().journal_id();
  how.after = request.resume_after().sequence();
  return grpc::Status::OK;
}

/// A stream has ended that had begun. Who gave up the last of its streams has
/// gone, unless it is back by the time the switch hears of it.
void take_leave(const std::shared_ptr<plane>& host, const std::string& client,
                const grpc::Status& outcome) {
  host->present.leave(client);
  if (outcome.error_code() != grpc::CANCELLED || host->present.has(client))
    return;
  host->link->post([host, client](exchange& x) {
    if (!host->present.has(client))
      x.client_gone(client);
  });
}

} // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* event_service::Subscribe(
  grpc::CallbackServerContext* call, const grpc::ByteBuffer* request) {
  client who;
  event_filter filter;
  join_request how;
  auto verdict = admit(*host_, *call, subscribe, request->Length(), who);
  if (verdict.ok())
    verdict = read(*request, filter, how);
  auto admitted = verdict.ok();
  if (admitted)
    host_->present.enter(who.name);
  auto self = std::make_shared<subscription>(
    std::move(filter), host_->feed->limits().queue, host_->feed,
    [host = host_, call, who, admitted](const grpc::Status& outcome) {
      conclude(*host, *call, subscribe, who, {}, outcome);
      if (admitted)
        take_leave(host, who.name, outcome);
    });
  if (admitted)
    self->start(how);
  else
    self->refuse(verdict);
  return self.get();
}

} // namespace strowger::services::control
