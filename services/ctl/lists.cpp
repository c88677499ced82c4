#include "services/ctl/lists.hpp"

#include "services/ctl/fields.hpp"

#include <google/protobuf/descriptor.h>
#include <strowger/v1/event_service.grpc.pb.h>
#include <strowger/v1/query_service.grpc.pb.h>

#include <array>
#include <cassert>
#include <cctype>
#include <sstream>
#include <string>
#include <utility>

namespace strowger::services::ctl {

namespace {

namespace api = strowger::v1;
using queries = api::QueryService::Stub;

// Enough for one round trip in most offices, and the most that is allowed.
constexpr int page_size = 1000;

constexpr std::string_view call_columns
  = "call_id call_type ani dnis parties created user_data";
constexpr std::string_view dn_columns
  = "number type service_state agent dnd forward_mode forward_to";

constexpr std::array all_lists = {
  list{"calls", call_columns, "Calls in progress, the oldest first",
       method_of<&queries::ListCalls>()},
  list{"dns", dn_columns, "DNs, in the order of the configuration",
       method_of<&queries::ListDns>()},
  list{"trunks",
       "number in_service calls calls_peak attempts refused rejected "
       "unreachable",
       "Trunks and their load", method_of<&queries::ListTrunks>()},
  list{"agents", "agent_id dn state work_mode reason since",
       "Agents who are logged in", method_of<&queries::ListAgents>()},
  list{"agent-groups", "name agents logged_in ready",
       "Agent groups, and who of them is there",
       method_of<&queries::ListAgentGroups>()},
  list{"places", "name dns agents", "Places, and who is logged in there",
       method_of<&queries::ListPlaces>()},
  list{"registrations", "dn contact received expires user_agent",
       "Contacts that have registered",
       method_of<&queries::ListRegistrations>()},
};

/// The one list that a page has.
const pb::FieldDescriptor& list_in(const pb::Message& page) {
  auto& type = *page.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i)
    if (type.field(i)->is_repeated())
      return *type.field(i);
  assert(!"a page without a list");
  return *type.field(0);
}

void take(const pb::Message& page, const pb::FieldDescriptor& field,
          entries& to) {
  auto& how = *page.GetReflection();
  for (int i = 0; i < how.FieldSize(page, &field); ++i) {
    auto& from = how.GetRepeatedMessage(page, &field, i);
    to.emplace_back(from.New())->CopyFrom(from);
  }
}

grpc::Status read_all(const list& what, const connection& server, entries& to) {
  auto request = what.how.make_request();
  auto& type = *request->GetDescriptor();
  auto& how = *request->GetReflection();
  how.SetInt32(request.get(), type.FindFieldByName("page_size"), page_size);
  for (;;) {
    auto page = what.how.make_response();
    auto status = what.how.send(server, *request, *page);
    if (!status.ok())
      return status;
    take(*page, list_in(*page), to);
    auto next = page->GetReflection()->GetString(
      *page, page->GetDescriptor()->FindFieldByName("next_page_token"));
    if (next.empty())
      return grpc::Status::OK;
    how.SetString(request.get(), type.FindFieldByName("page_token"), next);
  }
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> result;
  std::istringstream words{std::string{text}};
  for (std::string word; words >> word;)
    result.push_back(word);
  return result;
}

std::string heading(std::string name) {
  for (auto& c : name)
    c = c == '_'
          ? ' '
          : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

void print_json(const entries& all, std::ostream& out) {
  out << '[';
  for (auto& x : all)
    out << (&x == &all.front() ? "\n  " : ",\n  ") << json_of(*x);
  out << (all.empty() ? "]\n" : "\n]\n");
}

grpc::Status read_snapshot(const connection& server, api::Snapshot& to) {
  grpc::ClientContext call;
  prepare(server, call);
  api::EventService::Stub stub{server.channel()};
  auto stream = stub.Subscribe(&call, {});
  api::SubscribeResponse next;
  while (!to.last() && stream->Read(&next))
    if (next.has_snapshot())
      to.MergeFrom(next.snapshot());
  if (!to.last())
    return stream->Finish();
  call.TryCancel();
  stream->Finish();
  return grpc::Status::OK;
}

} // namespace

std::span<const list> lists() {
  return all_lists;
}

table table_of(const entries& from, std::string_view columns) {
  table result;
  auto names = words_in(columns);
  for (auto& name : names)
    result.headings.push_back(heading(name));
  for (auto& x : from) {
    auto& row = result.rows.emplace_back();
    for (auto& name : names)
      row.push_back(field_text(*x, *x->GetDescriptor()->FindFieldByName(name)));
  }
  return result;
}

int run_list(const list& what, const settings& how, std::ostream& out,
             std::ostream& err) {
  std::string error;
  auto server = connection::make(how, error);
  if (!server) {
    err << "ctl: " << error << '\n';
    return 1;
  }
  entries all;
  if (auto status = read_all(what, *server, all); !status.ok()) {
    err << error_line(status) << '\n';
    return 1;
  }
  if (how.json)
    print_json(all, out);
  else
    print(table_of(all, what.columns), out);
  return 0;
}

int run_snapshot(const settings& how, std::ostream& out, std::ostream& err) {
  std::string error;
  auto server = connection::make(how, error);
  if (!server) {
    err << "ctl: " << error << '\n';
    return 1;
  }
  api::Snapshot all;
  if (auto status = read_snapshot(*server, all); !status.ok()) {
    err << error_line(status) << '\n';
    return 1;
  }
  if (how.json) {
    out << json_of(all) << '\n';
    return 0;
  }
  entries dns;
  entries calls;
  for (auto& x : all.dns())
    dns.push_back(std::make_unique<api::Dn>(x));
  for (auto& x : all.calls())
    calls.push_back(std::make_unique<api::Call>(x));
  out << "journal " << printable(all.journal_id()) << ", event "
      << all.sequence() << "\n\n";
  print(table_of(dns, dn_columns), out);
  out << '\n';
  print(table_of(calls, call_columns), out);
  return 0;
}

} // namespace strowger::services::ctl
