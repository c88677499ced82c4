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

/// Who is logged in at the DN, if anybody is; returns how many.
size_t add_agent(const model::ledger_dn* dn, const state_image& image,
                 google::protobuf::RepeatedPtrField<api::Agent>& to) {
  if (!dn || !dn->agent)
    return 0;
  to_api(*dn->agent, dn->number, image.clock, *to.Add());
  return 1;
}

/// Where the page after this member begins; nothing if it is none.
std::optional<size_t> member_after(const std::vector<std::string>& agents,
                                   const std::string& token) {
  if (token.empty())
    return 0;
  auto i = std::ranges::find(agents, token);
  if (i == agents.end())
    return std::nullopt;
  return static_cast<size_t>(i - agents.begin()) + 1;
}

/// A page of a list in the order of the configuration; `add` adds an entry.
template <class T, class Request, class Response, class Add>
grpc::Status page_of(const model::named_list<T>& list, const Request& request,
                     Response& response, Add add) {
  auto all = list.all();
  return fill_page(
    request, response,
    page_source{.list = all,
                .begin = index_after(list, all, request.page_token()),
                .passes = [](const T&) { return true; },
                .add =
                  [&](const T& x) {
                    add(x);
                    return 1u;
                  },
                .token = [](const T& x) { return x.name; }});
}

} // namespace

query_service::reactor_type
query_service::ListAgents(context* call, const api::ListAgentsRequest* request,
                          api::ListAgentsResponse* response) {
  return ask(call, "QueryService/ListAgents", *request,
             [request, response](const image_ptr& image) {
               std::unordered_set<std::string_view> wanted;
               auto& name = request->group();
               if (!name.empty()) {
                 auto* group = image->config->staff().groups().find(name);
                 if (!group)
                   return no_group(name);
                 wanted.insert(group->agents.begin(), group->agents.end());
               }
               return fill_page(
                 *request, *response,
                 page_source{.list = image->ledger().dns,
                             .begin = index_after(
                               image->ledger().dns, request->page_token(),
                               [](auto& x) -> auto& { return x->number; }),
                             .passes =
                               [&](auto& x) {
                                 return x->agent
                                        && (name.empty()
                                            || wanted.contains(x->agent->id));
                               },
                             .add =
                               [&](auto& x) {
                                 return add_agent(x.get(), *image,
                                                  *response->mutable_agents());
                               },
                             .token = [](auto& x) { return x->number; }});
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
  return ask(
    call, "QueryService/ListAgentGroupMembers", *request,
    [request, response](const image_ptr& image) {
      auto* group = image->config->staff().groups().find(request->group());
      if (!group)
        return no_group(request->group());
      auto at = desks_of(*image);
      return fill_page(
        *request, *response,
        page_source{.list = group->agents,
                    .begin = member_after(group->agents, request->page_token()),
                    .passes = [](auto&) { return true; },
                    .add =
                      [&](auto& agent) {
                        auto& list = *response->mutable_agents();
                        if (add_agent(desk_of(at, agent), *image, list) == 0)
                          list.Add()->set_agent_id(agent);
                        return 1u;
                      },
                    .token = [](auto& agent) { return agent; }});
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
