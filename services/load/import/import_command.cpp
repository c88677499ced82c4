#include "services/load/import/import_command.hpp"

#include "services/config/config.hpp"
#include "services/config/wording.hpp"
#include "services/load/import/import.hpp"
#include "services/load/quantity.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

namespace strowger::services::load {

namespace {

namespace fs = std::filesystem;

struct arguments {
  std::string file;
  std::string csv;
  std::string output;
  std::string target = "127.0.0.1:5060";
  std::string listen = "127.0.0.1:5080";
  std::string rate = "10/s";
  std::optional<std::uint64_t> calls;
};

/// A minute, or as long as so many calls take.
double steady_s_of(const arguments& args) {
  std::string ignored;
  auto rate = parse_quantity(args.rate, rate_per_s, ignored).value_or(1);
  auto calls = static_cast<double>(args.calls.value_or(0));
  return std::min(std::max(60., std::ceil(calls / rate) + 1), duration_s.max);
}

/// Why an option cannot be taken; empty: it can.
std::string fault_of(const arguments& args) {
  auto target = config::parse_listen_address(args.target);
  if (!target || target->port == 0)
    return "--target: " + config::quoted(args.target)
           + " is not an address (host:port, such as 192.0.2.1:5060)";
  if (!config::parse_listen_address(args.listen))
    return "--listen: " + config::quoted(args.listen)
           + " is not an address (host:port, such as 192.0.2.1:5080)";
  std::string error;
  auto rate = parse_quantity(args.rate, rate_per_s, error);
  if (!rate)
    return "--rate: " + error;
  return *rate > 0 ? "" : "--rate: must be more than 0";
}

std::optional<sipp::source_file> read(const std::string& name,
                                      std::ostream& err) {
  std::string error;
  auto text = config::read_file(name, error);
  if (!text) {
    err << "strowger: " << name << ": " << error << "\n";
    return std::nullopt;
  }
  return sipp::source_file{name, std::move(*text)};
}

bool is_input(const fs::path& path, const arguments& args) {
  std::error_code ignored;
  return fs::equivalent(path, args.file, ignored)
         || (!args.csv.empty() && fs::equivalent(path, args.csv, ignored));
}

bool write(const fs::path& path, const std::string& text, const arguments& args,
           std::ostream& err) {
  if (is_input(path, args)) {
    err << "strowger: " << path.string() << " is read, so it is not written\n";
    return false;
  }
  std::ofstream file{path};
  file << text << std::flush;
  if (!file)
    err << "strowger: cannot write " << path.string() << "\n";
  return file.good();
}

/// The scenario goes where it is wanted, lists of numbers beside it.
int write_all(const sipp::written& x, const arguments& args, std::ostream& out,
              std::ostream& err) {
  if (args.output.empty()) {
    if (!x.csv.empty()) {
      err << "strowger: the scenario needs " << x.csv.front().first
          << " beside it; say by --output where they go\n";
      return 1;
    }
    out << x.yaml;
    return 0;
  }
  auto folder = fs::path{args.output}.parent_path();
  auto good = write(args.output, x.yaml, args, err);
  for (auto& [name, text] : x.csv)
    good = write(folder / name, text, args, err) && good;
  return good ? 0 : 1;
}

int import_file(const arguments& args, std::ostream& out, std::ostream& err) {
  if (auto fault = fault_of(args); !fault.empty()) {
    err << "strowger: " << fault << "\n";
    return 1;
  }
  auto scenario = read(args.file, err);
  if (!scenario)
    return 1;
  std::optional<sipp::source_file> values;
  if (!args.csv.empty() && !(values = read(args.csv, err)))
    return 1;
  sipp::surroundings around;
  around.target = args.target;
  around.listen = args.listen;
  around.rate = args.rate;
  around.calls = args.calls;
  around.steady_s = steady_s_of(args);
  if (!args.output.empty())
    around.stem = fs::path{args.output}.stem().string();
  auto found = sipp::import_scenario(*scenario, values, around);
  for (auto& x : found.notes)
    err << x << "\n";
  for (auto& x : found.errors)
    err << x << "\n";
  return found.scenario ? write_all(*found.scenario, args, out, err) : 1;
}

} // namespace

void add_import_command(CLI::App& load, int& exit_code, std::ostream& out,
                        std::ostream& err) {
  auto args = std::make_shared<arguments>();
  auto* x = load.add_subcommand(
    "import", "Turn a scenario of SIPp into one of strowger load; says what "
              "it did not understand");
  x->add_option("FILE", args->file, "Scenario of SIPp (XML)")->required();
  x->add_option("--csv", args->csv, "Its injection file (SIPp's -inf)");
  x->add_option("--target", args->target, "host:port of the device")
    ->capture_default_str();
  x->add_option("--listen", args->listen, "host:port of the users")
    ->capture_default_str();
  x->add_option("--rate", args->rate, "Calls a second (SIPp's -r)")
    ->capture_default_str();
  x->add_option("--calls", args->calls, "Stop after so many (SIPp's -m)")
    ->check(CLI::PositiveNumber);
  x->add_option("--output", args->output,
                "Where the scenario goes; otherwise to standard output");
  x->callback(
    [=, &exit_code, &out, &err] { exit_code = import_file(*args, out, err); });
}

} // namespace strowger::services::load
