#include "services/ctl/verbs.hpp"

#include "services/ctl/fields.hpp"

#include <CLI/CLI.hpp>
#include <google/protobuf/descriptor.h>
#include <strowger/v1/agent_service.grpc.pb.h>
#include <strowger/v1/call_service.grpc.pb.h>
#include <strowger/v1/user_data_service.grpc.pb.h>

#include <array>
#include <cassert>
#include <memory>
#include <random>
#include <sstream>
#include <utility>

namespace strowger::services::ctl {

namespace {

namespace api = strowger::v1;
using calls = api::CallService::Stub;
using data = api::UserDataService::Stub;
using agents = api::AgentService::Stub;

constexpr std::string_view two_calls = "dn held_call_id current_call_id";

constexpr std::array table = {
  verb{"make-call", "dn destination user_data? --business_call",
       "Calls DEST from DN, and prints the call",
       method_of<&calls::MakeCall>()},
  verb{"answer", "dn call_id", "Makes the ringing phone of DN answer",
       method_of<&calls::AnswerCall>()},
  verb{"release", "dn call_id", "Takes DN out of the call",
       method_of<&calls::ReleaseCall>()},
  verb{"clear", "dn call_id", "Ends the call for everybody",
       method_of<&calls::ClearCall>()},
  verb{"hold", "dn call_id", "Puts the call on hold",
       method_of<&calls::HoldCall>()},
  verb{"retrieve", "dn call_id", "Takes the call back from hold",
       method_of<&calls::RetrieveCall>()},
  verb{"redirect", "dn call_id destination",
       "Sends a call that rings at DN to DEST",
       method_of<&calls::RedirectCall>()},
  verb{"initiate-transfer",
       "dn call_id destination user_data? --consult_user_data",
       "Holds the call, consults DEST, and prints the consult call",
       method_of<&calls::InitiateTransfer>()},
  verb{"complete-transfer", two_calls,
       "Joins the held and the consult call, and leaves both",
       method_of<&calls::CompleteTransfer>()},
  verb{"mute-transfer", "dn call_id destination user_data? --consult_user_data",
       "Transfers without waiting for an answer",
       method_of<&calls::MuteTransfer>()},
  verb{"single-step-transfer", "dn call_id destination user_data?",
       "Moves the other party of DN to DEST",
       method_of<&calls::SingleStepTransfer>()},
  verb{"alternate", two_calls, "Holds CURRENT and takes HELD back",
       method_of<&calls::AlternateCall>()},
  verb{"reconnect", two_calls, "Releases CURRENT and takes HELD back",
       method_of<&calls::ReconnectCall>()},
  verb{"merge", two_calls, "Joins two calls of DN as a transfer",
       method_of<&calls::MergeCalls>()},
  verb{"dtmf", "dn call_id digits", "Sends digits for DN",
       method_of<&calls::SendDtmf>()},
  verb{"attach", "dn call_id user_data", "Adds user data to the call",
       method_of<&data::AttachUserData>()},
  verb{"update-data", "dn call_id user_data", "Replaces all user data",
       method_of<&data::UpdateUserData>()},
  verb{"delete-data", "dn call_id key", "Removes one pair of user data",
       method_of<&data::DeleteUserData>()},
  verb{"delete-all-data", "dn call_id", "Removes all user data",
       method_of<&data::DeleteAllUserData>()},
  verb{"login",
       "dn agent_id --password --queue --work_mode "
       "--wrap_up_s --on_call",
       "Logs an agent in at DN", method_of<&agents::LoginAgent>()},
  verb{"logout", "dn --on_call", "Logs the agent of DN out",
       method_of<&agents::LogoutAgent>()},
  verb{"ready", "dn --work_mode", "The agent of DN takes calls",
       method_of<&agents::SetAgentReady>()},
  verb{"not-ready", "dn --work_mode --reason --wrap_up_s",
       "The agent of DN takes no calls",
       method_of<&agents::SetAgentNotReady>()},
  verb{"reserve", "dn duration_ms --priority",
       "Keeps the ready agent of DN for a call that comes",
       method_of<&agents::ReserveAgent>()},
  verb{"cancel-reserve", "dn", "Ends the reservation of the agent of DN",
       method_of<&agents::CancelReserveAgent>()},
  verb{"dnd-on", "dn", "DN does not want to be disturbed",
       method_of<&agents::SetDnd>()},
  verb{"dnd-off", "dn", "DN may be disturbed again",
       method_of<&agents::CancelDnd>()},
  verb{"forward", "dn mode destination", "Calls of DN go to DEST",
       method_of<&agents::SetForward>()},
  verb{"cancel-forward", "dn", "Calls of DN stay there",
       method_of<&agents::CancelForward>()},
};

// -- arguments ----------------------------------------------------------------

struct argument {
  std::string field;
  bool is_option = false;
  bool is_required = true;
};

std::vector<argument> arguments_of(const verb& x) {
  std::vector<argument> result;
  std::istringstream words{std::string{x.arguments}};
  for (std::string word; words >> word;) {
    argument next;
    next.is_option = word.starts_with("--");
    next.is_required = !next.is_option && !word.ends_with('?');
    next.field = word.substr(next.is_option ? 2 : 0);
    if (next.field.ends_with('?'))
      next.field.pop_back();
    result.push_back(std::move(next));
  }
  result.push_back({"request_id", true, false});
  return result;
}

const pb::FieldDescriptor& field_of(const pb::Message& request,
                                    const std::string& name) {
  auto field = request.GetDescriptor()->FindFieldByName(name);
  assert(field);
  return *field;
}

/// How the usage names a field, and what it explains.
std::pair<std::string, std::string> label_of(const pb::FieldDescriptor& field) {
  static const std::map<std::string, std::pair<std::string, std::string>> known
    = {
      {"dn", {"DN", "The DN that asks"}},
      {"call_id", {"CALL", "The call: 16 hex digits"}},
      {"held_call_id", {"HELD", "The call on hold"}},
      {"current_call_id", {"CURRENT", "The other call"}},
      {"destination", {"DEST", "A DN, or a number that a trunk takes"}},
      {"user_data", {"DATA", "KEY=VALUE …"}},
      {"digits", {"DIGITS", "0 to 9, A to D, * and #"}},
      {"key", {"KEY", "The key of the pair"}},
      {"agent_id", {"AGENT", "AgentID"}},
      {"duration_ms", {"MS", "How long, in milliseconds"}},
      {"mode", {"MODE", ""}},
      {"password", {"", "The agent's password"}},
      {"queue", {"", "The queue to log in to"}},
      {"reason", {"", "Reason code"}},
      {"wrap_up_s", {"", "After-call work, in seconds; -1 = no limit"}},
      {"on_call", {"", "yes|no: also with a call at DN"}},
      {"priority", {"", "The larger wins; 0 to 1000"}},
      {"request_id", {"", "Makes sending it again safe; random by default"}},
      {"work_mode", {"", ""}},
      {"consult_user_data", {"", ""}},
      {"business_call", {"", ""}},
    };
  auto found = known.find(field.name());
  assert(found != known.end());
  auto result = found->second;
  if (field.enum_type())
    for (auto& word : enum_words(*field.enum_type()))
      result.second += (result.second.empty() ? "" : "|") + word;
  return result;
}

std::string option_name(std::string field) {
  for (auto& c : field)
    c = c == '_' ? '-' : c;
  return "--" + field;
}

void add_argument(CLI::App& app, const argument& x,
                  const pb::FieldDescriptor& field,
                  std::vector<std::string>& words) {
  auto [label, help] = label_of(field);
  auto option = app.add_option(x.is_option ? option_name(x.field) : label,
                               words, help);
  option->required(x.is_required);
  if (!field.message_type())
    option->expected(1)->allow_extra_args(false);
  option->check([&field](const std::string& word) {
    return check_value(field, word).value_or("");
  });
}

} // namespace

std::string random_id() {
  std::random_device source;
  std::ostringstream result;
  result << "ctl-" << std::hex << source() << source();
  return result.str();
}

std::span<const verb> verbs() {
  return table;
}

std::unique_ptr<pb::Message> make_request(const verb& what,
                                          const field_words& words) {
  auto result = what.how.make_request();
  for (auto& [name, values] : words)
    set_field(*result, field_of(*result, name), values);
  auto given = words.find("request_id");
  if (given == words.end() || given->second.empty())
    set_field(*result, field_of(*result, "request_id"), {random_id()});
  return result;
}

void add_verbs(CLI::App& app,
               std::function<void(const verb&, const field_words&)> run) {
  for (auto& what : verbs()) {
    auto sub = app.add_subcommand(std::string{what.name},
                                  std::string{what.help});
    sub->group("Requests");
    sub->fallthrough();
    auto words = std::make_shared<field_words>();
    // Descriptors live as long as the program.
    auto request = what.how.make_request();
    for (auto& x : arguments_of(what))
      add_argument(*sub, x, field_of(*request, x.field), (*words)[x.field]);
    sub->callback([&what, words, run] { run(what, *words); });
  }
}

int run_verb(const verb& what, const field_words& words, const settings& how,
             std::ostream& out, std::ostream& err) {
  std::string error;
  auto server = connection::make(how, error);
  if (!server) {
    err << "ctl: " << error << '\n';
    return 1;
  }
  auto request = make_request(what, words);
  auto response = what.how.make_response();
  auto status = what.how.send(*server, *request, *response);
  if (!status.ok()) {
    err << error_line(status) << '\n';
    return 1;
  }
  if (how.json)
    out << json_of(*response) << '\n';
  else if (auto call = response->GetDescriptor()->FindFieldByName("call_id"))
    out << field_text(*response, *call) << '\n';
  return 0;
}

} // namespace strowger::services::ctl
