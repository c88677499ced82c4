#include "services/ctl/config_verbs.hpp"

#include "services/control/status.hpp"
#include "services/ctl/fields.hpp"
#include "services/ctl/lists.hpp"
#include "services/ctl/table.hpp"
#include "services/ctl/verbs.hpp"
#include "services/serve/signal_watch.hpp"

#include <CLI/CLI.hpp>
#include <strowger/v1/configuration_service.grpc.pb.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>

namespace strowger::services::ctl {

namespace {

using service = api::ConfigurationService;

/// What was given on the command line.
struct arguments {
  std::vector<std::string> words;
  std::string file;
  std::string object;
  std::string word;
  std::string request_id;
  uint64_t expected_revision = 0;
  bool check = false;
};

/// Prints why there is no connection.
std::unique_ptr<connection> connect(const settings& how, std::ostream& err) {
  std::string error;
  auto result = connection::make(how, error);
  if (!result)
    err << "ctl: " << error << '\n';
  return result;
}

int refused(const grpc::Status& x, std::ostream& err) {
  err << error_line(x) << '\n';
  auto all = control::violations_of(x);
  for (size_t i = 1; i < all.size(); ++i)
    err << "ctl: " << printable(all[i].second) << '\n';
  return 1;
}

// -- changes ------------------------------------------------------------------

using changes = std::vector<api::ConfigurationChange>;

int check(const changes& all, const settings& how, std::ostream& out,
          std::ostream& err) {
  auto server = connect(how, err);
  if (!server)
    return 1;
  api::ValidateChangesRequest request;
  request.mutable_changes()->Assign(all.begin(), all.end());
  api::ValidateChangesResponse response;
  grpc::ClientContext call;
  prepare(*server, call);
  auto status = service::Stub{server->channel()}.ValidateChanges(&call, request,
                                                                 &response);
  if (!status.ok())
    return refused(status, err);
  if (how.json)
    out << json_of(response) << '\n';
  for (auto& x : response.faults()) {
    auto object = enum_word(
      *api::ObjectKind_descriptor()->FindValueByNumber(x.kind()));
    auto text = (x.name().empty() ? object : object + "/" + x.name())
                + (x.key().empty() ? "" : " " + x.key()) + ": " + x.message();
    if (x.has_change())
      text = "change " + std::to_string(x.change() + 1) + ", " + text;
    err << "ctl: " << printable(text) << '\n';
  }
  return response.faults().empty() ? 0 : 1;
}

int apply(const changes& all, const arguments& args, const settings& how,
          std::ostream& out, std::ostream& err) {
  auto server = connect(how, err);
  if (!server)
    return 1;
  api::ApplyChangesRequest request;
  request.set_request_id(args.request_id.empty() ? random_id()
                                                 : args.request_id);
  request.set_expected_revision(args.expected_revision);
  request.mutable_changes()->Assign(all.begin(), all.end());
  api::ApplyChangesResponse response;
  grpc::ClientContext call;
  prepare(*server, call);
  auto status = service::Stub{server->channel()}.ApplyChanges(&call, request,
                                                              &response);
  if (!status.ok())
    return refused(status, err);
  if (how.json)
    out << json_of(response) << '\n';
  else
    out << response.revision() << '\n';
  return 0;
}

int run_change(const std::string& verb, const arguments& args,
               const settings& how, std::ostream& out, std::ostream& err) {
  auto words = args.words;
  words.insert(words.begin(), verb);
  std::string error;
  auto x = make_change(words, error);
  if (!x)
    throw CLI::ValidationError(error);
  return args.check ? check({*x}, how, out, err)
                    : apply({*x}, args, how, out, err);
}

int run_file(bool only_check, const arguments& args, const settings& how,
             std::ostream& out, std::ostream& err) {
  std::ifstream file;
  if (args.file != "-")
    file.open(args.file);
  auto& in = args.file == "-" ? std::cin : file;
  std::string error = "cannot read it";
  auto all = in ? read_changes(in, error) : std::nullopt;
  if (!all) {
    err << "ctl: " << args.file << ": " << error << '\n';
    return 1;
  }
  return only_check ? check(*all, how, out, err)
                    : apply(*all, args, how, out, err);
}

// -- reading ------------------------------------------------------------------

std::string object_text(const api::ConfigurationObject& x) {
  auto result = enum_word(
    *api::ObjectKind_descriptor()->FindValueByNumber(x.kind()));
  return x.name().empty() ? result : result + "/" + x.name();
}

std::string origin_text(const api::SettingOrigin& x) {
  if (x.source() == api::SETTING_SOURCE_FILE)
    return "file";
  return "revision " + std::to_string(x.revision()) + ", " + x.client();
}

std::string state_text(api::SettingState x, const std::string& reason) {
  if (x == api::SETTING_STATE_IN_FORCE)
    return {};
  auto word = enum_word(*api::SettingState_descriptor()->FindValueByNumber(x));
  return reason.empty() ? word : word + ": " + reason;
}

void add_rows(const api::ConfigurationObject& x, table& to) {
  auto object = object_text(x);
  if (x.settings().empty() || x.state() != api::SETTING_STATE_IN_FORCE)
    to.rows.push_back({object, "", "", origin_text(x.origin()),
                       state_text(x.state(), x.reason())});
  for (auto& y : x.settings()) {
    std::string values;
    for (auto& value : y.setting().values())
      values += (values.empty() ? "" : ", ") + value;
    to.rows.push_back(
      {object, y.setting().key(), y.secret() ? "(secret)" : values,
       origin_text(y.origin()), state_text(y.state(), y.reason())});
  }
}

/// KIND or KIND/NAME
void read_filter(const std::string& word, api::GetConfigurationRequest& to) {
  if (word.empty())
    return;
  auto slash = word.find('/');
  auto value = find_word(*api::ObjectKind_descriptor(), word.substr(0, slash));
  if (!value)
    throw CLI::ValidationError("not an object: " + word);
  to.set_kind(static_cast<api::ObjectKind>(value->number()));
  if (slash != std::string::npos)
    to.set_name(word.substr(slash + 1));
}

int run_get(const arguments& args, const settings& how, std::ostream& out,
            std::ostream& err) {
  api::GetConfigurationRequest request;
  read_filter(args.object, request);
  request.set_page_size(1000);
  auto server = connect(how, err);
  if (!server)
    return 1;
  service::Stub stub{server->channel()};
  api::GetConfigurationResponse all;
  do {
    grpc::ClientContext call;
    prepare(*server, call);
    api::GetConfigurationResponse page;
    auto status = stub.GetConfiguration(&call, request, &page);
    if (!status.ok())
      return refused(status, err);
    request.set_page_token(page.next_page_token());
    page.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  if (how.json) {
    out << json_of(all) << '\n';
    return 0;
  }
  table rows{{"OBJECT", "KEY", "VALUE", "SOURCE", "STATE"}, {}};
  for (auto& x : all.objects())
    add_rows(x, rows);
  out << "revision " << all.revision() << "\n\n";
  print(rows, out);
  return 0;
}

int run_options(const arguments& args, const settings& how, std::ostream& out,
                std::ostream& err) {
  auto server = connect(how, err);
  if (!server)
    return 1;
  api::ListOptionsRequest request;
  request.set_filter(args.word);
  api::ListOptionsResponse response;
  grpc::ClientContext call;
  prepare(*server, call);
  auto status = service::Stub{server->channel()}.ListOptions(&call, request,
                                                             &response);
  if (!status.ok())
    return refused(status, err);
  if (how.json) {
    out << json_of(response) << '\n';
    return 0;
  }
  entries all;
  for (auto& x : response.options())
    all.push_back(std::make_unique<api::OptionInfo>(x));
  print(table_of(all, "name type default_value unit effect levels summary"),
        out);
  return 0;
}

// -- watching -----------------------------------------------------------------

// Long enough to burn nothing while the switch is away.
constexpr auto pause_between_calls = std::chrono::milliseconds{200};

/// Follows revisions over any number of connections.
class config_watcher {
public:
  explicit config_watcher(const connection& server) : server_(server) {
    // nop
  }

  /// Gives every revision to `take` until stop(), until `take` says false, or
  /// until the switch refuses. OK, or why it refused.
  grpc::Status
  run(const std::function<bool(const api::WatchConfigurationResponse&)>& take) {
    for (bool was_connected = false;;) {
      auto status = follow(take, was_connected);
      std::unique_lock guard{mutex_};
      auto may_come_back = was_connected
                           && (status.ok()
                               || status.error_code() == grpc::UNAVAILABLE);
      if (wake_.wait_for(guard, pause_between_calls,
                         [this] { return stopped_; }))
        return grpc::Status::OK;
      if (!may_come_back)
        return status;
    }
  }

  /// From any thread.
  void stop() {
    std::lock_guard guard{mutex_};
    stopped_ = true;
    wake_.notify_all();
    if (call_)
      call_->TryCancel();
  }

private:
  grpc::Status follow(
    const std::function<bool(const api::WatchConfigurationResponse&)>& take,
    bool& was_connected) {
    grpc::ClientContext call;
    server_.enter(call);
    {
      std::lock_guard guard{mutex_};
      if (stopped_)
        return grpc::Status::OK;
      call_ = &call;
    }
    service::Stub stub{server_.channel()};
    auto stream = stub.WatchConfiguration(&call, {});
    api::WatchConfigurationResponse next;
    while (stream->Read(&next)) {
      was_connected = true;
      if (!take(next))
        stop();
    }
    auto status = stream->Finish();
    std::lock_guard guard{mutex_};
    call_ = nullptr; // it goes with this function
    return status;
  }

  const connection& server_;
  std::mutex mutex_; // guards all below
  std::condition_variable wake_;
  bool stopped_ = false;
  grpc::ClientContext* call_ = nullptr; // under way
};

/// Until SIGINT or SIGTERM, or until `out` is closed.
int run_watch(const settings& how, std::ostream& out, std::ostream& err) {
  signal_watch signals; // before gRPC has threads
  auto server = connect(how, err);
  if (!server)
    return 1;
  config_watcher it{*server};
  signals.start([&it](int) { it.stop(); });
  auto status = it.run([&](const api::WatchConfigurationResponse& x) {
    out << (how.json ? json_of(x) : line_of(x)) << '\n' << std::flush;
    return out.good();
  });
  signals.stop();
  return status.ok() ? 0 : refused(status, err);
}

// -- the command line ---------------------------------------------------------

const std::array<config_verb, 10>& table_of_verbs() {
  static const auto change = api::ApplyChangesRequest::descriptor();
  static const std::array<config_verb, 10> all = {{
    {"get", "What is set, and by whom",
     api::GetConfigurationRequest::descriptor()},
    {"options", "All options, or those with WORD in their name or level",
     api::ListOptionsRequest::descriptor()},
    {"set", "Gives a key of an object a value", change},
    {"unset", "Takes a value away", change},
    {"put", "Makes or replaces an object", change},
    {"delete", "Takes an object away", change},
    {"revert", "Forgets what was changed: the file counts again", change},
    {"apply", "Applies a change set, one change a line, wholly or not at all",
     change},
    {"validate", "Says what is wrong with a change set",
     api::ValidateChangesRequest::descriptor()},
    {"watch", "Prints revisions as they come",
     api::WatchConfigurationRequest::descriptor()},
  }};
  return all;
}

void add_change_options(CLI::App& sub, arguments& args) {
  sub.add_option("--expected-revision", args.expected_revision,
                 "Refuse if the revision is another one");
  sub.add_option("--request-id", args.request_id,
                 "Makes sending it again safe; random by default");
}

void add_arguments(CLI::App& sub, const std::string& verb, arguments& args) {
  constexpr auto object = "switch, or KIND/NAME: dn/2001, agent-group/sales";
  if (verb == "get") {
    sub.add_option("OBJECT", args.object, "switch, KIND or KIND/NAME");
  } else if (verb == "options") {
    sub.add_option("WORD", args.word, "A part of a name or level");
  } else if (verb == "apply" || verb == "validate") {
    sub
      .add_option("FILE", args.file,
                  "Lines such as: set dn/2001 KEY VALUE; "
                  "- is standard input")
      ->required();
  } else if (verb != "watch") {
    auto help = std::string{object}
                + (verb == "set"      ? "; then KEY VALUE …"
                   : verb == "put"    ? "; then KEY=VALUE …"
                   : verb == "unset"  ? "; then KEY"
                   : verb == "revert" ? "; then maybe KEY"
                                      : "");
    sub.add_option("OBJECT", args.words, help)->required();
    sub.add_flag("--check", args.check, "Only say what would be wrong");
  }
  if (verb != "get" && verb != "options" && verb != "watch"
      && verb != "validate")
    add_change_options(sub, args);
}

int run(const std::string& verb, const arguments& args, const settings& how,
        std::ostream& out, std::ostream& err) {
  if (verb == "get")
    return run_get(args, how, out, err);
  if (verb == "options")
    return run_options(args, how, out, err);
  if (verb == "watch")
    return run_watch(how, out, err);
  if (verb == "apply" || verb == "validate")
    return run_file(verb == "validate", args, how, out, err);
  return run_change(verb, args, how, out, err);
}

} // namespace

std::span<const config_verb> config_verbs() {
  return table_of_verbs();
}

void add_config(CLI::App& ctl, const settings& how, int& exit_code,
                std::ostream& out, std::ostream& err) {
  auto config = ctl.add_subcommand("config", "Read and change the "
                                             "configuration");
  config->group("Configuration");
  config->require_subcommand(1);
  config->fallthrough();
  for (auto& verb : config_verbs()) {
    auto sub = config->add_subcommand(std::string{verb.name},
                                      std::string{verb.help});
    sub->fallthrough();
    auto args = std::make_shared<arguments>();
    add_arguments(*sub, std::string{verb.name}, *args);
    sub->callback([&, args, name = std::string{verb.name}] {
      exit_code = run(name, *args, how, out, err);
    });
  }
}

} // namespace strowger::services::ctl
