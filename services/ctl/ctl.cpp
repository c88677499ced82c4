#include "services/ctl/ctl.hpp"

#include "services/ctl/completion.hpp"
#include "services/ctl/config_verbs.hpp"
#include "services/ctl/fields.hpp"
#include "services/ctl/lists.hpp"
#include "services/ctl/verbs.hpp"
#include "services/ctl/watch.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>

namespace strowger::services::ctl {

namespace {

/// What was given on the command line.
struct arguments {
  settings how;
  watch_filter filter;
  shell which = shell::bash;
};

/// Lines for people on a terminal, in colour unless NO_COLOR is set.
watch_format format_for(const settings& how) {
  if (how.json || !isatty(STDOUT_FILENO))
    return watch_format::json;
  auto off = std::getenv("NO_COLOR");
  return off && *off ? watch_format::plain : watch_format::coloured;
}

void add_settings(CLI::App& app, settings& how) {
  app.add_option("--server", how.server, "Where the control plane listens")
    ->envname("STROWGER_CONTROL")
    ->default_val("127.0.0.1:50051");
  add_access_options(app, how);
  app.add_flag("--json", how.json, "Print JSON");
}

void add_watch(CLI::App& app, arguments& args, int& exit_code,
               std::ostream& out, std::ostream& err) {
  auto watch = app.add_subcommand(
    "watch", "Prints events as they come: lines on a terminal, else JSON");
  watch->group("Events");
  watch->fallthrough();
  watch->add_option("--dn", args.filter.dns, "Only of this DN");
  auto& call = *api::Event::descriptor()->FindFieldByName("call_id");
  watch->add_option("--call", args.filter.call_ids, "Only of this call")
    ->check([&call](const std::string& word) {
      return check_value(call, word).value_or("");
    });
  watch->add_option("--kind", args.filter.kinds, "Only of this kind")
    ->check(CLI::IsMember(enum_words(*api::EventKind_descriptor())));
  watch->callback([&] {
    exit_code = run_watch(args.filter, format_for(args.how), args.how, out,
                          err);
  });
}

} // namespace

void add_access_options(CLI::App& app, settings& how) {
  auto token = app.add_option("--token", how.token, "Token, if it wants one")
                 ->envname("STROWGER_TOKEN");
  app.add_option("--token-file", how.token_file, "File with the token")
    ->excludes(token);
  app.add_option("--ca", how.ca, "TLS: authority of the server, PEM");
  auto cert = app.add_option("--cert", how.cert, "TLS: own certificate, PEM");
  auto key = app.add_option("--key", how.key, "TLS: key of it, PEM");
  cert->needs(key);
  key->needs(cert);
}

void add_commands(CLI::App& app, int& exit_code, std::ostream& out,
                  std::ostream& err) {
  // The callbacks live as long as the application, and the arguments with them.
  auto owner = std::make_shared<arguments>();
  auto& args = *owner;
  auto ctl = app.add_subcommand("ctl", "Control a running switch");
  ctl->require_subcommand(1);
  ctl->callback([owner] {});
  add_settings(*ctl, args.how);
  add_verbs(*ctl, [&](const verb& what, const field_words& words) {
    exit_code = run_verb(what, words, args.how, out, err);
  });
  for (auto& what : lists()) {
    auto sub = ctl->add_subcommand(std::string{what.name},
                                   std::string{what.help});
    sub->group("Lists");
    sub->fallthrough();
    sub->callback([&] { exit_code = run_list(what, args.how, out, err); });
  }
  auto snapshot = ctl->add_subcommand("snapshot", "All of it at one moment");
  snapshot->group("Lists");
  snapshot->fallthrough();
  snapshot->callback([&] { exit_code = run_snapshot(args.how, out, err); });
  add_watch(*ctl, args, exit_code, out, err);
  add_config(*ctl, args.how, exit_code, out, err);

  auto completion = app.add_subcommand("completion",
                                       "Print a script for a shell");
  std::map<std::string, shell> shells = {{"bash", shell::bash},
                                         {"zsh", shell::zsh}};
  completion->add_option("SHELL", args.which, "bash or zsh")
    ->required()
    ->transform(CLI::CheckedTransformer(shells));
  completion->callback([&] { out << completion_script(app, args.which); });
}

} // namespace strowger::services::ctl
