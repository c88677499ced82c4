#include "services/load/command.hpp"

#include "services/ctl/ctl.hpp"
#include "services/load/compare.hpp"
#include "services/load/controller.hpp"
#include "services/load/generator_command.hpp"
#include "services/load/import/import_command.hpp"
#include "services/load/live_view.hpp"
#include "services/load/quantity.hpp"
#include "services/load/report_html.hpp"
#include "services/load/report_json.hpp"
#include "services/load/report_text.hpp"
#include "services/load/run.hpp"
#include "services/load/scenario_reader.hpp"
#include "services/load/search.hpp"
#include "services/metrics/endpoint.hpp"
#include "services/serve/signal_watch.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>

namespace strowger::services::load {

namespace {

struct arguments {
  std::string file;
  std::string other; // of compare
  std::string target;
  std::string listen;
  std::string role = "both";
  std::string json;
  std::string html;
  std::string metrics;
  std::string generators;
  ctl::settings access; // to them
  std::optional<std::uint64_t> seed;
  std::string warm_up; // and how long the other parts of a run last
  std::string steady;
  std::string drain;
  bool no_probe = false;
  bool quiet = false;
};

/// Where the words go.
struct outputs {
  std::ostream& out;
  std::ostream& err;
};

// -- the scenario -------------------------------------------------------------

/// False if it is no duration, which is said.
bool set_duration(const char* option, const std::string& text,
                  std::chrono::milliseconds& to, outputs say) {
  if (text.empty())
    return true;
  std::string error;
  auto seconds = parse_quantity(text, duration_s, error);
  if (seconds)
    to = std::chrono::milliseconds{std::llround(*seconds * 1000)};
  else
    say.err << "strowger: " << option << ": " << error << "\n";
  return seconds.has_value();
}

std::optional<traffic::scenario> scenario_of(const arguments& args,
                                             outputs to) {
  auto read = read_scenario(args.file);
  for (auto& error : read.errors)
    to.err << config::to_string(error) << "\n";
  if (!read.value)
    return std::nullopt;
  auto script = std::move(*read.value);
  if (!args.target.empty())
    script.target = args.target;
  if (!args.listen.empty())
    script.listen = args.listen;
  if (args.seed)
    script.seed = *args.seed;
  if (!set_duration("--warm-up", args.warm_up, script.run.warm_up, to)
      || !set_duration("--steady", args.steady, script.run.steady, to)
      || !set_duration("--drain", args.drain, script.run.drain, to))
    return std::nullopt;
  // Of several generators each keeps its own.
  if (args.generators.empty() && !keep_role(script, *parse_role(args.role))) {
    to.err << "strowger: nobody in " << args.file << " is a " << args.role
           << "\n";
    return std::nullopt;
  }
  return script;
}

double planned_s(const traffic::scenario& script) {
  return std::chrono::duration<double>(script.run.warm_up + script.run.steady)
    .count();
}

// -- files --------------------------------------------------------------------

bool write_file(const std::string& path, const std::string& text, outputs to) {
  std::ofstream file{path};
  file << text << std::flush;
  if (!file)
    to.err << "strowger: cannot write " << path << "\n";
  return file.good();
}

/// 0, or 1 if a report could not be written.
int write_reports(const result& x, const arguments& args, outputs to) {
  bool good = true;
  if (!args.json.empty())
    good = write_file(args.json, to_json(x), to) && good;
  if (!args.html.empty()) {
    if (auto page = to_html(x)) {
      good = write_file(args.html, *page, to) && good;
    } else {
      to.err << "strowger: " << no_html << "\n";
      good = false;
    }
  }
  return good ? 0 : 1;
}

int report(result& x, const arguments& args, outputs to) {
  x.file = args.file;
  print_report(x, to.out, isatty(STDOUT_FILENO) == 1);
  if (auto failed = write_reports(x, args, to))
    return failed;
  return x.exit_code();
}

// -- Prometheus -------------------------------------------------------------

struct watched {
  std::shared_ptr<live_metrics> metrics;
  std::unique_ptr<endpoint> server;
};

/// Nothing if --metrics names an address that cannot be had.
std::optional<watched> watch_by(const std::string& address, outputs to) {
  watched result;
  if (address.empty())
    return result;
  result.metrics = std::make_shared<live_metrics>();
  auto opened = endpoint::open(address,
                               {result.metrics, [] { return true; },
                                [] { return std::vector<std::string>{}; }});
  if (!opened.server) {
    to.err << "strowger: " << opened.error << "\n";
    return std::nullopt;
  }
  result.server = std::move(opened.server);
  return result;
}

// -- playing ------------------------------------------------------------------

int play(const arguments& args, const traffic::scenario& script, outputs to) {
  signal_watch signals; // before any thread is made
  auto seen = watch_by(args.metrics, to);
  if (!seen)
    return 1;
  live_view view{to.out, isatty(STDOUT_FILENO) == 1, planned_s(script)};
  run host{script, [&](const result& x) {
             if (!args.quiet)
               view.show(x);
           }};
  host.publish_to(seen->metrics);
  if (args.no_probe)
    host.trust_target();
  if (auto error = host.open()) {
    to.err << "strowger: " << *error << "\n";
    return 1;
  }
  signals.start([&](int) { host.stop(); });
  auto found = host.play();
  signals.stop();
  if (found.samples.empty()) { // it did not begin
    to.err << "strowger: " << found.invalid.front() << "\n";
    return 1;
  }
  return report(found, args, to);
}

/// Of several generators: they say themselves where they are, and a search
/// would need them anew for every trial.
std::string fault_of(const arguments& args, const traffic::scenario& script) {
  if (!args.listen.empty())
    return "--listen: generators have it (strowger load generator --listen)";
  if (script.search)
    return args.file + ": a search is made by one generator, not by several";
  return {};
}

int play_on_generators(const arguments& args, const traffic::scenario& script,
                       outputs to) {
  auto names = parse_generators(args.generators, *parse_role(args.role));
  auto fault = fault_of(args, script);
  if (auto* error = std::get_if<std::string>(&names))
    fault = *error;
  auto files = bundle_scenario(args.file);
  if (!files && fault.empty())
    fault = "cannot read " + args.file + " again";
  if (!fault.empty()) {
    to.err << "strowger: " << fault << "\n";
    return 1;
  }
  signal_watch signals; // before any thread is made
  auto seen = watch_by(args.metrics, to);
  if (!seen)
    return 1;
  live_view view{to.out, isatty(STDOUT_FILENO) == 1, planned_s(script)};
  controller host{{script, *files, std::get<0>(names), args.access, args.target,
                   args.seed, !args.no_probe, seen->metrics},
                  [&](const result& x) {
                    if (!args.quiet)
                      view.show(x);
                  }};
  signals.start([&](int) { host.stop(); });
  auto found = host.play();
  signals.stop();
  if (auto* error = std::get_if<std::string>(&found)) {
    to.err << "strowger: " << *error << "\n";
    return 1;
  }
  return report(std::get<result>(found), args, to);
}

int look_for_capacity(const arguments& args, const traffic::scenario& script,
                      outputs to) {
  signal_watch signals;
  auto seen = watch_by(args.metrics, to);
  if (!seen)
    return 1;
  std::mutex mutex; // guards `now`: signals come on a thread of their own
  run* now = nullptr;
  std::unique_ptr<live_view> view;
  search_watch watch;
  watch.metrics = seen->metrics;
  watch.begins = [&](double rate, run& host) {
    to.out << fmt::format("trial at {:.1f}/s\n", rate);
    view = std::make_unique<live_view>(to.out, isatty(STDOUT_FILENO) == 1,
                                       planned_s(script));
    std::lock_guard lock{mutex};
    now = &host;
  };
  watch.ends = [&](double rate, bool passed, const std::string& why) {
    {
      std::lock_guard lock{mutex};
      now = nullptr;
    }
    to.out << fmt::format("{:.1f}/s {}{}\n", rate,
                          passed ? "passed" : "did not pass: ", why)
           << std::flush;
  };
  watch.second = [&](const result& x) {
    if (!args.quiet)
      view->show(x);
  };
  signals.start([&](int) {
    std::lock_guard lock{mutex};
    if (now != nullptr)
      now->stop();
  });
  auto found = search(script, watch, !args.no_probe);
  signals.stop();
  if (auto* error = std::get_if<std::string>(&found)) {
    to.err << "strowger: " << *error << "\n";
    return 1;
  }
  auto& x = std::get<search_result>(found);
  auto status = report(x.proof, args, to);
  if (x.findings.rate_per_s)
    to.out << fmt::format("capacity: {:.1f} calls/s", *x.findings.rate_per_s);
  else
    to.out << "capacity: none found";
  to.out << "; " << x.findings.stopped_by << "\n";
  if (x.generator_was_the_limit)
    to.out << "INVALID: the generator was the limit, not the device\n";
  if (status == 1)
    return 1;
  return x.generator_was_the_limit ? 3 : x.findings.rate_per_s ? 0 : 2;
}

int play_file(const arguments& args, outputs to) {
  auto script = scenario_of(args, to);
  if (!script)
    return 1;
  if (!args.generators.empty())
    return play_on_generators(args, *script, to);
  return script->search && args.role != "callee"
           ? look_for_capacity(args, *script, to)
           : play(args, *script, to);
}

// -- other verbs --------------------------------------------------------------

int check(const arguments& args, outputs to) {
  auto script = scenario_of(args, to);
  if (!script)
    return 1;
  std::size_t users = 0;
  for (auto& x : script->populations)
    users += x.users.size();
  to.out << fmt::format("{}: ok, {} populations, {} users\n", args.file,
                        script->populations.size(), users);
  return 0;
}

std::optional<result> read_result(const std::string& path, outputs to) {
  std::ifstream file{path};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file.good() && !file.eof()) {
    to.err << "strowger: cannot read " << path << "\n";
    return std::nullopt;
  }
  auto read = read_json(text);
  if (auto* error = std::get_if<std::string>(&read)) {
    to.err << path << ": " << *error << "\n";
    return std::nullopt;
  }
  return std::get<result>(std::move(read));
}

int compare_files(const arguments& args, outputs to) {
  auto a = read_result(args.file, to);
  auto b = read_result(args.other, to);
  if (!a || !b)
    return 1;
  compare(*a, *b, to.out);
  return 0;
}

/// A report of an earlier run, as a summary and as a page.
int show_file(const arguments& args, outputs to) {
  auto x = read_result(args.file, to);
  if (!x)
    return 1;
  print_report(*x, to.out, isatty(STDOUT_FILENO) == 1);
  return write_reports(*x, args, to);
}

void add_run_options(CLI::App& app, arguments& args) {
  app.add_option("FILE", args.file, "Scenario (YAML)")->required();
  app.add_option("--target", args.target,
                 "host:port, in place of the scenario's");
  app.add_option("--listen", args.listen,
                 "host:port, in place of the scenario's");
  app.add_option("--seed", args.seed, "In place of the scenario's");
  app.add_option("--warm-up", args.warm_up,
                 "How long, in place of the scenario's: \"10 s\"");
  app.add_option("--steady", args.steady,
                 "How long, in place of the scenario's; its profiles and "
                 "bursts play their beginning");
  app.add_option("--drain", args.drain,
                 "How long at most, in place of the scenario's");
  app.add_option("--role", args.role, "Which side to play")
    ->check(CLI::IsMember({"caller", "callee", "both"}));
}

} // namespace

void add_command(CLI::App& app, int& exit_code, std::ostream& out,
                 std::ostream& err) {
  auto args = std::make_shared<arguments>();
  outputs to{out, err};
  auto* load = app.add_subcommand(
    "load", "Load-test a SIP device. Exit codes: 0 passed, 1 could not run, 2 "
            "missed a criterion, 3 the generator was the limit");
  load->require_subcommand(1);

  auto* run = load->add_subcommand("run", "Play a scenario");
  add_run_options(*run, *args);
  run->add_option("--json", args->json, "Write the report there as JSON");
  run->add_option("--html", args->html, "Write the report there as a page");
  run->add_option("--metrics", args->metrics,
                  "host:port where Prometheus sees the run");
  run->add_flag("--no-probe", args->no_probe,
                "Begin though the target may not answer OPTIONS");
  run->add_flag("--quiet", args->quiet, "Only the summary at the end");
  run->add_option("--generators", args->generators,
                  "HOST:PORT[=ROLE],...: play it on these generators together");
  ctl::add_access_options(*run, args->access);
  run->callback([=, &exit_code] { exit_code = play_file(*args, to); });

  auto* verify = load->add_subcommand("check", "Check a scenario");
  add_run_options(*verify, *args);
  verify->callback([=, &exit_code] { exit_code = check(*args, to); });

  auto* beside = load->add_subcommand("compare", "Put two runs side by side");
  beside->add_option("A", args->file, "Report (JSON)")->required();
  beside->add_option("B", args->other, "Report (JSON)")->required();
  beside->callback([=, &exit_code] { exit_code = compare_files(*args, to); });

  auto* again = load->add_subcommand("show", "Print the report of a run anew");
  again->add_option("REPORT", args->file, "Report (JSON)")->required();
  again->add_option("--html", args->html, "Write it there as a page");
  again->callback([=, &exit_code] { exit_code = show_file(*args, to); });
  add_import_command(*load, exit_code, out, err);
  add_generator_commands(*load, exit_code, out, err);
}

} // namespace strowger::services::load
