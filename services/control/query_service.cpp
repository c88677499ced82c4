#include "services/control/query_service.hpp"

#include "services/control/query_pages.hpp"
#include "services/version.hpp"

#include <algorithm>

namespace strowger::services::control {

namespace {

grpc::Status no_dn(const std::string& number) {
  return make_status(model::fault::unknown_dn, "there is no DN " + number,
                     {"dn", number});
}

void fill(const model::ledger_call& from, const state_image& image,
          api::Call& to) {
  to_api(from, image.clock, to);
  for (auto& party : from.parties)
    to_api(party, image.clock, *to.add_parties());
}

/// Where the page after this call begins; nothing for a token that is none.
std::optional<size_t> calls_after(const state_image& image,
                                  const std::string& token) {
  if (token.empty())
    return 0;
  auto id = parse_call_id(token);
  if (!id)
    return std::nullopt;
  auto& calls = image.ledger().calls;
  auto i = std::ranges::upper_bound(calls, *id, {},
                                    [](auto& x) { return x->id; });
  return static_cast<size_t>(i - calls.begin());
}

/// The parties of a call, or the one of this DN; returns how many.
size_t add_parties(const model::ledger_call& from, const std::string& dn,
                   const state_image& image,
                   google::protobuf::RepeatedPtrField<api::PartyOfCall>& to) {
  size_t added = 0;
  for (auto& party : from.parties) {
    if (!dn.empty() && dn != party.dn)
      continue;
    auto& out = *to.Add();
    out.set_call_id(to_text(from.id));
    to_api(party, image.clock, *out.mutable_party());
    ++added;
  }
  return added;
}

void fill(const std::string& number, const trunk_counters& from,
          api::Trunk& to) {
  to.set_number(number);
  to.set_in_service(from.in_service.read() != 0);
  to.set_calls(from.current.read());
  to.set_calls_peak(from.current.peak());
  to.set_attempts(from.attempts.read());
  to.set_refused(from.refused.read());
  uint64_t rejected = 0;
  for (auto& x : from.rejections)
    rejected += x.read();
  to.set_rejected(rejected);
  to.set_unreachable(from.unreachable.read());
}

} // namespace

// -- switch and DNs -----------------------------------------------------------

query_service::reactor_type
query_service::GetSwitch(context* call, const api::GetSwitchRequest* request,
                         api::GetSwitchResponse* response) {
  auto self = rpc::open(host_, call, {"QueryService/GetSwitch", role::observe},
                        request->ByteSizeLong());
  if (self->refused())
    return self.get();
  self->query(
    [feed = host_->feed](exchange& x) {
      return std::pair{feed->image(), x.draining()};
    },
    [response, started = started_](auto found) {
      auto& [image, draining] = found;
      response->set_name(image->config->switch_name());
      response->set_version(std::string{version_text});
      to_api(started, *response->mutable_started());
      response->set_journal_id(image->journal_id);
      response->set_sequence(image->sequence);
      response->set_dns(image->config->dns().size());
      auto& ledger = image->ledger();
      response->set_calls(ledger.calls.size());
      response->set_agents(static_cast<uint64_t>(std::ranges::count_if(
        ledger.dns, [](auto& dn) { return dn->agent.has_value(); })));
      response->set_draining(draining);
      return grpc::Status::OK;
    });
  return self.get();
}

query_service::reactor_type
query_service::GetDn(context* call, const api::GetDnRequest* request,
                     api::GetDnResponse* response) {
  return ask(call, "QueryService/GetDn", *request,
             [request, response](const image_ptr& image) {
               auto* dn = image->config->find(request->number());
               if (!dn)
                 return no_dn(request->number());
               to_api(*dn, image->ledger().find(dn->number), image->clock,
                      *response->mutable_dn());
               return grpc::Status::OK;
             });
}

query_service::reactor_type
query_service::ListDns(context* call, const api::ListDnsRequest* request,
                       api::ListDnsResponse* response) {
  return ask(
    call, "QueryService/ListDns", *request,
    [request, response](const image_ptr& image) {
      auto dns = image->config->dns();
      auto& types = request->types();
      return fill_page(
        *request, *response,
        page_source{
          .list = dns,
          .begin = index_after(*image->config, dns, request->page_token()),
          .passes =
            [&](const model::dn& x) {
              return types.empty()
                     || std::ranges::find(types, to_api(x.type)) != types.end();
            },
          .add =
            [&](const model::dn& x) {
              to_api(x, image->ledger().find(x.number), image->clock,
                     *response->add_dns());
              return 1u;
            },
          .token = [](const model::dn& x) { return x.number; }});
    });
}

// -- calls --------------------------------------------------------------------

query_service::reactor_type
query_service::GetCall(context* call, const api::GetCallRequest* request,
                       api::GetCallResponse* response) {
  return ask(call, "QueryService/GetCall", *request,
             [request, response](const image_ptr& image) {
               auto id = parse_call_id(request->call_id());
               auto* x = id ? image->ledger().find(*id) : nullptr;
               if (!x)
                 return make_status(model::fault::unknown_call,
                                    "there is no call " + request->call_id(),
                                    {"call_id", request->call_id()});
               fill(*x, *image, *response->mutable_call());
               return grpc::Status::OK;
             });
}

query_service::reactor_type
query_service::ListCalls(context* call, const api::ListCallsRequest* request,
                         api::ListCallsResponse* response) {
  return ask(call, "QueryService/ListCalls", *request,
             [request, response](const image_ptr& image) {
               auto& dn = request->dn();
               if (!dn.empty() && !image->config->find(dn))
                 return no_dn(dn);
               return fill_page(
                 *request, *response,
                 page_source{
                   .list = image->ledger().calls,
                   .begin = calls_after(*image, request->page_token()),
                   .passes = [&](auto& x) { return dn.empty() || x->find(dn); },
                   .add =
                     [&](auto& x) {
                       fill(*x, *image, *response->add_calls());
                       return 1u;
                     },
                   .token = [](auto& x) { return to_text(x->id); }});
             });
}

query_service::reactor_type query_service::ListParties(
  context* call, const api::ListPartiesRequest* request,
  api::ListPartiesResponse* response) {
  return ask(
    call, "QueryService/ListParties", *request,
    [request, response](const image_ptr& image) {
      auto& only = request->call_id();
      return fill_page(
        *request, *response,
        page_source{
          .list = image->ledger().calls,
          .begin = calls_after(*image, request->page_token()),
          .passes =
            [&](auto& x) { return only.empty() || only == to_text(x->id); },
          .add =
            [&](auto& x) {
              return add_parties(*x, request->dn(), *image,
                                 *response->mutable_parties());
            },
          .token = [](auto& x) { return to_text(x->id); }});
    });
}

// -- trunks, registrations --------------------------------------------

query_service::reactor_type
query_service::ListTrunks(context* call, const api::ListTrunksRequest* request,
                          api::ListTrunksResponse* response) {
  auto self = rpc::open(host_, call, {"QueryService/ListTrunks", role::observe},
                        request->ByteSizeLong());
  if (self->refused())
    return self.get();
  self->query([](exchange& x) { return x.trunks().list(); },
              [request, response](const auto& trunks) {
                return fill_page(
                  *request, *response,
                  page_source{.list = trunks,
                              .begin = index_after(
                                trunks, request->page_token(),
                                [](auto& x) -> auto& { return x.first; }),
                              .passes = [](auto&) { return true; },
                              .add =
                                [&](auto& x) {
                                  fill(x.first, *x.second,
                                       *response->add_trunks());
                                  return 1u;
                                },
                              .token = [](auto& x) { return x.first; }});
              });
  return self.get();
}

namespace {

/// A page of registered DNs, as copied on the thread of the switch.
struct registered_page {
  std::vector<std::pair<std::string, std::vector<model::binding>>> dns;
  bool more = false;
  std::shared_ptr<const model::directory> config;
};

registered_page copy_page(exchange& x, const std::string& after,
                          const std::string& only, size_t size) {
  registered_page page;
  page.config = x.shared_config();
  auto& all = x.registrations();
  auto i = only.empty() ? all.upper_bound(after) : all.find(only);
  size_t taken = 0;
  for (; i != all.end(); ++i) {
    if (taken >= size) {
      page.more = true;
      break;
    }
    page.dns.emplace_back(i->first, *i->second);
    taken += i->second->size();
    if (!only.empty())
      break;
  }
  return page;
}

} // namespace

query_service::reactor_type query_service::ListRegistrations(
  context* call, const api::ListRegistrationsRequest* request,
  api::ListRegistrationsResponse* response) {
  auto self = rpc::open(host_, call,
                        {"QueryService/ListRegistrations", role::observe},
                        request->ByteSizeLong());
  if (self->refused())
    return self.get();
  auto size = page_size(*request);
  if (size == 0) {
    self->finish(bad_size());
    return self.get();
  }
  self->query(
    [size, after = request->page_token(), only = request->dn()](exchange& x) {
      return copy_page(x, after, only, size);
    },
    [clock = host_->clock, request, response](const registered_page& page) {
      if (!request->dn().empty() && !page.config->find(request->dn()))
        return no_dn(request->dn());
      for (auto& [dn, bindings] : page.dns)
        for (auto& x : bindings) {
          auto& out = *response->add_registrations();
          out.set_dn(dn);
          out.set_contact(to_utf8(x.contact_uri));
          out.set_received(to_utf8(x.received));
          to_api(clock.at(x.expires), *out.mutable_expires());
          out.set_user_agent(to_utf8(x.user_agent));
        }
      if (page.more)
        response->set_next_page_token(page.dns.back().first);
      return grpc::Status::OK;
    });
  return self.get();
}

} // namespace strowger::services::control
