#include "services/control/query_pages.hpp"

#include <unordered_map>
#include <unordered_set>

namespace strowger::services::control {

namespace {

/// Where agents are logged in, by agent.
using desks = std::unordered_map<std::string_view, const model::ledger_dn*>;

desks desks_of(const state_image& image) {
  desks result;
  for (auto& dn : image.ledger().dns)
    if (dn->agent)
      result.emplace(dn->agent->id, dn.get());
  return result;
}

const model::ledger_dn* desk_of(const desks& all, const std::string& agent) {
  auto i = all.find(agent);
  return i == all.end() ? nullptr : i->second;
}

grpc::Status no_group(const std::string& name) {
  return make_status(model::fault::invalid_argument,
                     "group: there is no agent group " + name, {"group", name});
}

/// Who is logged in at the DN, if anybody is.
void add_agent(const model::ledger_dn* dn, const state_image& image,
               google::protobuf::RepeatedPtrField<api::Agent>& to) {
  if (dn && dn->agent)
    to_api(*dn->agent, dn->number, image.clock, *to.Add());
}

/// A page of a list in the order of the configuration; `add` adds an entry.
template <class T, class Request, class Response, class Add>
grpc::Status page_of(const model::named_list<T>& list, const Request& request,
                     Response& response, Add add) {
  auto size = page_size(request);
  if (size == 0)
    return bad_size();
  auto begin = index_after(list, request.page_token());
  if (!begin)
    return bad_token();
  auto all = list.all();
  auto end = std::min(*begin + size, all.size());
  for (auto& x : all.subspan(*begin, end - *begin))
    add(x);
  if (end < all.size() && end > 0)
    response.set_next_page_token(all[end - 1].name);
  return grpc::Status::OK;
}

} // namespace

query_service::reactor_type
query_service::ListAgents(context* call, const api::ListAgentsRequest* request,
                          api::ListAgentsResponse* response) {
  return ask(call, "QueryService/ListAgents", *request,
             [request, response](const image_ptr& image) {
               auto size = page_size(*request);
               if (size == 0)
                 return bad_size();
               auto& dns = image->ledger().dns;
               std::unordered_set<std::string_view> wanted;
               if (auto& name = request->group(); !name.empty()) {
                 auto* group = image->config->staff().groups().find(name);
                 if (!group)
                   return no_group(name);
                 for (auto& agent : group->agents)
                   wanted.insert(agent);
               }
               auto i = index_after(
                 dns, request->page_token(),
                 [](auto& x) -> auto& { return x->number; });
               for (; i < dns.size(); ++i) {
                 if (!dns[i]->agent
                     || (!request->group().empty()
                         && !wanted.contains(dns[i]->agent->id)))
                   continue;
                 auto& list = *response->mutable_agents();
                 if (static_cast<size_t>(list.size()) == size) {
                   response->set_next_page_token(list.rbegin()->dn());
                   break;
                 }
                 add_agent(dns[i].get(), *image, list);
               }
               return grpc::Status::OK;
             });
}

query_service::reactor_type query_service::ListAgentGroups(
  context* call, const api::ListAgentGroupsRequest* request,
  api::ListAgentGroupsResponse* response) {
  return ask(call, "QueryService/ListAgentGroups", *request,
             [request, response](const image_ptr& image) {
               auto at = desks_of(*image);
               return page_of(image->config->staff().groups(), *request,
                              *response, [&](const model::agent_group& group) {
                                auto& out = *response->add_groups();
                                out.set_name(group.name);
                                out.set_agents(group.agents.size());
                                uint64_t logged_in = 0;
                                uint64_t ready = 0;
                                for (auto& agent : group.agents)
                                  if (auto* dn = desk_of(at, agent)) {
                                    ++logged_in;
                                    ready += dn->agent->ready;
                                  }
                                out.set_logged_in(logged_in);
                                out.set_ready(ready);
                              });
             });
}

query_service::reactor_type query_service::ListAgentGroupMembers(
  context* call, const api::ListAgentGroupMembersRequest* request,
  api::ListAgentGroupMembersResponse* response) {
  return ask(call, "QueryService/ListAgentGroupMembers", *request,
             [request, response](const image_ptr& image) {
               auto size = page_size(*request);
               if (size == 0)
                 return bad_size();
               auto* group = image->config->staff().groups().find(
                 request->group());
               if (!group)
                 return no_group(request->group());
               auto& agents = group->agents;
               auto i = agents.begin();
               if (auto& token = request->page_token(); !token.empty()) {
                 i = std::ranges::find(agents, token);
                 if (i == agents.end())
                   return bad_token();
                 ++i;
               }
               auto at = desks_of(*image);
               auto& list = *response->mutable_agents();
               for (; i != agents.end(); ++i) {
                 if (static_cast<size_t>(list.size()) == size) {
                   response->set_next_page_token(list.rbegin()->agent_id());
                   break;
                 }
                 if (auto* dn = desk_of(at, *i))
                   add_agent(dn, *image, list);
                 else
                   list.Add()->set_agent_id(*i);
               }
               return grpc::Status::OK;
             });
}

query_service::reactor_type
query_service::ListPlaces(context* call, const api::ListPlacesRequest* request,
                          api::ListPlacesResponse* response) {
  return ask(call, "QueryService/ListPlaces", *request,
             [request, response](const image_ptr& image) {
               return page_of(image->config->staff().places(), *request,
                              *response, [&](const model::place& place) {
                                auto& out = *response->add_places();
                                out.set_name(place.name);
                                for (auto& dn : place.dns) {
                                  out.add_dns(dn);
                                  add_agent(image->ledger().find(dn), *image,
                                            *out.mutable_agents());
                                }
                              });
             });
}

} // namespace strowger::services::control
