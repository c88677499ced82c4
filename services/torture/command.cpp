#include "services/torture/command.hpp"

#include "services/serve/signal_watch.hpp"
#include "services/torture/message.hpp"
#include "services/torture/report.hpp"
#include "services/version.hpp"

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <random>

namespace strowger::services::torture {

namespace {

// More would need more numbers than a run has for them.
constexpr std::size_t most_mutations = 10'000;

struct arguments {
  std::string device;
  std::string listen;
  std::string json;
  std::string only;
  std::uint64_t seed = 1;
  std::size_t mutations = 200;
  double timeout_s = 0.5;
  double revive_within_s = 30;
  bool exact = false;
  bool list = false;
  bool verbose = false;
};

/// Where the words go.
struct outputs {
  std::ostream& out;
  std::ostream& err;
};

std::chrono::milliseconds milliseconds_of(double s) {
  return std::chrono::milliseconds{static_cast<long>(s * 1000)};
}

selection selection_of(const arguments& args, const target& device) {
  selection result;
  result.around.device = device.at();
  result.around.user = device.user;
  result.around.transport = device.transport();
  result.seed = args.seed;
  result.mutations = args.mutations;
  result.only = args.only;
  result.exact = args.exact;
  return result;
}

/// Not of the seed: a device that remembers an earlier run must not take this
/// one for a repetition.
std::string name_of_run() {
  return fmt::format("{:08x}", std::random_device{}());
}

std::set<unsigned> ports_of(const std::vector<torture_case>& cases) {
  std::set<unsigned> result;
  for (auto& x : cases)
    if (x.source.starts_with("RFC"))
      result.insert(sent_by_port(x.pieces.front()));
  return result;
}

bool write_file(const std::string& path, const std::string& text, outputs to) {
  std::ofstream file{path};
  file << text << std::flush;
  if (!file)
    to.err << "strowger: cannot write " << path << "\n";
  return file.good();
}

report report_of(const arguments& args, const target& device,
                 const std::string& listen) {
  report result;
  result.target = device.to_string();
  result.transport = device.transport();
  result.listen = listen;
  result.seed = args.seed;
  result.mutations = args.mutations;
  result.exact = args.exact;
  result.version = version_text;
  result.started = fmt::format("{:%FT%TZ}",
                               fmt::gmtime(std::chrono::system_clock::to_time_t(
                                 std::chrono::system_clock::now())));
  return result;
}

int torture(const arguments& args, const target& device, outputs to) {
  signal_watch signals;
  auto wanted = selection_of(args, device);
  wanted.run = name_of_run();
  auto opened = open_wire(device, args.listen, ports_of(cases_of(wanted)));
  if (auto* error = std::get_if<std::string>(&opened)) {
    to.err << "strowger: " << *error << "\n";
    return 1;
  }
  auto& wires = *std::get<std::unique_ptr<wire>>(opened);
  wanted.around.own = wires.own();
  auto cases = cases_of(wanted);
  player host{
    wires,
    wanted.around,
    wanted.run,
    {milliseconds_of(args.timeout_s), milliseconds_of(args.revive_within_s)}};
  if (auto problem = host.knock(); !problem.empty()) {
    to.err << "strowger: " << device.to_string() << " " << problem << "\n";
    return 3;
  }
  auto done = report_of(args, device, wires.own());
  to.out << fmt::format("torture {} ({}), {} cases, seed {}, heard at {}\n",
                        done.target, done.transport, cases.size(), args.seed,
                        wires.own());
  signals.start([&](int) { host.stop(); });
  done.cases = host.play(std::move(cases), [&](const case_result& x) {
    if (args.verbose || x.found.is != verdict::as_expected)
      print_case(x, to.out);
  });
  signals.stop();
  print_summary(done, to.out);
  if (!args.json.empty() && !write_file(args.json, to_json(done), to))
    return 1;
  return done.exit_code();
}

int list(const arguments& args, const target& device, outputs to) {
  auto wanted = selection_of(args, device);
  wanted.run = name_of_run();
  wanted.around.own = "127.0.0.1:50000";
  print_list(cases_of(wanted), to.out);
  return 0;
}

int run(const arguments& args, outputs to) {
  auto read = parse_target(args.device);
  if (auto* error = std::get_if<std::string>(&read)) {
    to.err << "strowger: " << args.device << ": " << *error << "\n";
    return 1;
  }
  auto& device = std::get<target>(read);
  auto wanted = selection_of(args, device);
  wanted.around.own = "127.0.0.1:50000";
  if (cases_of(wanted).empty()) {
    to.err << "strowger: no case is named " << args.only << "\n";
    return 1;
  }
  return args.list ? list(args, device, to) : torture(args, device, to);
}

void add_options(CLI::App& app, arguments& args) {
  app
    .add_option("DEVICE", args.device,
                "sip:[user@]host[:port][;transport=udp|tcp], which is yours; "
                "mutations call the user (default: torture)")
    ->required();
  app.add_option("--seed", args.seed, "Of the mutations (default: 1)");
  app.add_option("--mutations", args.mutations, "How many (default: 200)")
    ->check(CLI::Range(std::size_t{0}, most_mutations));
  app.add_option("--only", args.only,
                 "Cases whose name fits, such as mutation-17 or 'ipv6-*'");
  app
    .add_option("--timeout", args.timeout_s,
                "For an answer, in seconds (default: 0.5)")
    ->check(CLI::Range(0.01, 60.0));
  app
    .add_option("--revive-within", args.revive_within_s,
                "A device that died is waited for, in seconds (default: 30)")
    ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--listen", args.listen,
                 "host[:port] of this machine, where answers are heard");
  app.add_option("--json", args.json, "Write the report there as JSON");
  app.add_flag("--exact", args.exact,
               "RFC messages byte by byte, also branch, Call-ID and transport");
  app.add_flag("--list", args.list, "Only say what would be sent");
  app.add_flag("--verbose", args.verbose, "Also show what is as expected");
}

} // namespace

void add_command(CLI::App& app, int& exit_code, std::ostream& out,
                 std::ostream& err) {
  auto args = std::make_shared<arguments>();
  outputs to{out, err};
  auto* torture = app.add_subcommand(
    "torture",
    "Send the messages of RFC 4475 and RFC 5118, and mutations, to your own "
    "SIP device. Exit codes: 0 all as expected, 1 could not begin, 2 something "
    "failed, 3 the device cannot be reached");
  add_options(*torture, *args);
  torture->callback([=, &exit_code] { exit_code = run(*args, to); });
}

} // namespace strowger::services::torture
