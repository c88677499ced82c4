#include "services/check_command.hpp"
#include "services/ctl/ctl.hpp"
#include "services/load/command.hpp"
#include "services/options_command.hpp"
#include "services/serve/serve.hpp"
#include "services/torture/command.hpp"
#include "services/version.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <map>
#include <string>

// Read by jemalloc as the process starts: freed pages go back after 2 s. See
// services/serve/memory.hpp for why, and for who does the work.
extern "C" const char* malloc_conf;
const char* malloc_conf = "dirty_decay_ms:2000,muzzy_decay_ms:2000";

namespace {

using namespace strowger::services;

struct arguments {
  std::string file;
  std::string log_level;
  std::string filter;
  options_format format = options_format::text;
};

void add_commands(CLI::App& app, arguments& args, int& exit_code) {
  auto* serve = app.add_subcommand("serve", "Run the switch");
  serve->add_option("FILE", args.file, "Configuration")->required();
  serve
    ->add_option("--log-level", args.log_level,
                 "Overrides the level of the configuration")
    ->check(
      CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}));
  serve->callback([&] {
    exit_code = serve_command({args.file, args.log_level}, std::cout,
                              std::cerr);
  });

  auto* check = app.add_subcommand("check", "Check a configuration");
  check->add_option("FILE", args.file, "Configuration")->required();
  check->callback(
    [&] { exit_code = check_command(args.file, std::cout, std::cerr); });

  auto* options = app.add_subcommand("options", "Print the options");
  options->add_option("FILTER", args.filter, "Part of a name or level");
  std::map<std::string, options_format> formats = {
    {"text", options_format::text},
    {"markdown", options_format::markdown},
    {"json", options_format::json},
  };
  options->add_option("--format", args.format, "text, markdown or json")
    ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case));
  options->callback(
    [&] { exit_code = options_command(args.filter, args.format, std::cout); });

  auto* version = app.add_subcommand("version", "Print the version");
  version->callback([] { std::cout << "strowger " << version_text << "\n"; });

  load::add_command(app, exit_code, std::cout, std::cerr);
  torture::add_command(app, exit_code, std::cout, std::cerr);
  ctl::add_commands(app, exit_code, std::cout, std::cerr);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Strowger, an open telephony switch", "strowger"};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string{version_text});
  arguments args;
  int exit_code = 0;
  add_commands(app, args, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return exit_code;
}
