#pragma once

#include "services/control/plane.hpp"

#include <strowger/v1/query_service.grpc.pb.h>

namespace strowger::services::control {

/// QueryService. The thread of the switch gives an image of its state, or the
/// page of it that was asked for; the rest happens on the courier's.
class query_service final : public api::QueryService::CallbackService {
public:
  explicit query_service(std::shared_ptr<plane> host, wall_time started)
    : host_(std::move(host)), started_(started) {
    // nop
  }

  using reactor_type = grpc::ServerUnaryReactor*;
  using context = grpc::CallbackServerContext;

  reactor_type GetSwitch(context* call, const api::GetSwitchRequest* request,
                         api::GetSwitchResponse* response) override;
  reactor_type GetDn(context* call, const api::GetDnRequest* request,
                     api::GetDnResponse* response) override;
  reactor_type ListDns(context* call, const api::ListDnsRequest* request,
                       api::ListDnsResponse* response) override;
  reactor_type GetCall(context* call, const api::GetCallRequest* request,
                       api::GetCallResponse* response) override;
  reactor_type ListCalls(context* call, const api::ListCallsRequest* request,
                         api::ListCallsResponse* response) override;
  reactor_type ListParties(context* call,
                           const api::ListPartiesRequest* request,
                           api::ListPartiesResponse* response) override;
  reactor_type ListAgents(context* call, const api::ListAgentsRequest* request,
                          api::ListAgentsResponse* response) override;
  reactor_type ListAgentGroups(context* call,
                               const api::ListAgentGroupsRequest* request,
                               api::ListAgentGroupsResponse* response) override;
  reactor_type ListAgentGroupMembers(
    context* call, const api::ListAgentGroupMembersRequest* request,
    api::ListAgentGroupMembersResponse* response) override;
  reactor_type ListPlaces(context* call, const api::ListPlacesRequest* request,
                          api::ListPlacesResponse* response) override;
  reactor_type ListTrunks(context* call, const api::ListTrunksRequest* request,
                          api::ListTrunksResponse* response) override;
  reactor_type
  ListRegistrations(context* call, const api::ListRegistrationsRequest* request,
                    api::ListRegistrationsResponse* response) override;

private:
  /// Opens the request and asks the switch for an image of its state.
  template <class Request, class Answer>
  reactor_type ask(context* call, std::string_view method,
                   const Request& request, Answer answer);

  std::shared_ptr<plane> host_;
  wall_time started_;
};

} // namespace strowger::services::control
