#include "services/load/scenario_parser.hpp"

#include "services/config/wording.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace strowger::services::load {

namespace {

using namespace std::literals;
using config::parse_listen_address;
using config::quoted;
using config::yaml_kind;

constexpr std::string_view top_keys[] = {
  "load", "target",      "listen", "transport", "domain", "media",      "tls",
  "seed", "populations", "run",    "pass",      "search", "impairments"};
constexpr std::string_view run_keys[] = {"warm-up", "steady", "drain", "calls"};
constexpr std::string_view search_keys[] = {"from", "to", "precision"};
constexpr std::string_view transports[] = {"udp", "tcp", "tls"};

/// More would not fit a process that has two million descriptors and a few GB.
constexpr size_t max_users = 1'000'000;
constexpr size_t max_called_numbers = 1'000'000;

} // namespace

scenario_parser::scenario_parser(const config::yaml_tree& tree,
                                 std::string file, file_source files)
  : document_reader(tree, std::move(file)), files_(std::move(files)),
    users_left_(max_users), numbers_left_(max_called_numbers) {
  // nop
}

scenario_result scenario_parser::read() {
  read_document(tree_.root());
  scenario_result result;
  if (errors_.empty())
    result.value = std::move(value_);
  result.errors = take_errors();
  return result;
}

// -- the whole ----------------------------------------------------------------

void scenario_parser::read_document(const node& root) {
  if (root.kind == yaml_kind::null) {
    fail(root, "the scenario is empty");
    return;
  }
  auto fields = read_fields(root, "the scenario", top_keys,
                            {"load", "target", "listen", "populations"});
  if (auto x = fields["load"])
    read_text("load", *x, value_.name);
  read_host_port("target", fields["target"], 1, value_.target);
  read_host_port("listen", fields["listen"], 0, value_.listen);
  if (auto x = fields["transport"])
    read_word("transport", *x, transports, value_.transport);
  if (auto x = fields["domain"]) {
    read_text("domain", *x, value_.domain);
    if (!value_.domain.empty() && !parse_listen_address(value_.domain + ":0"))
      fail(*x, "domain: " + quoted(value_.domain) + " is not a host name");
  }
  if (auto x = fields["seed"])
    value_.seed = read_whole("seed", *x, 0,
                             std::numeric_limits<uint64_t>::max())
                    .value_or(1);
  if (auto x = fields["populations"]) {
    read_list(*x, "populations", "populations",
              [this](auto& item) { read_population(item); });
    if (x->kind == yaml_kind::sequence && tree_.children(*x).empty())
      fail(*x, "populations is empty: somebody must call, answer or register");
  }
  if (auto x = fields["media"])
    read_media(*x);
  if (auto x = fields["run"])
    read_run(*x);
  if (auto x = fields["pass"])
    read_criteria(*x);
  if (auto x = fields["search"])
    read_search(*x);
  if (auto x = fields["impairments"])
    read_impairments(*x);
  check_transport(fields);
}

void scenario_parser::read_run(const node& map) {
  auto fields = read_fields(map, "run", run_keys);
  auto& x = value_.run;
  read_time("warm-up", fields["warm-up"], x.warm_up);
  read_time("steady", fields["steady"], x.steady);
  read_time("drain", fields["drain"], x.drain);
  if (x.steady.count() == 0)
    fail(*fields["steady"], "steady: must be more than 0 ms, or nothing would "
                            "be measured");
  if (auto calls = fields["calls"])
    x.calls = read_whole("calls", *calls, 1,
                         std::numeric_limits<int64_t>::max());
}

void scenario_parser::read_criteria(const node& sequence) {
  read_list(sequence, "pass", "criteria", [this](const node& item) {
    auto text = scalar("pass", item);
    if (!text)
      return;
    auto parsed = traffic::parse_criterion(*text);
    if (auto fault = std::get_if<std::string>(&parsed))
      fail(item, "pass: " + *fault);
    else
      value_.criteria.push_back(std::get<traffic::criterion>(parsed));
  });
}

void scenario_parser::read_search(const node& map) {
  auto fields = read_fields(map, "search", search_keys);
  auto before = errors_.size();
  traffic::search_plan x;
  read_positive("search from", fields["from"], rate_per_s, x.from_per_s);
  read_positive("search to", fields["to"], rate_per_s, x.to_per_s);
  read_positive("search precision", fields["precision"], share, x.precision);
  if (errors_.size() > before)
    return;
  if (x.from_per_s >= x.to_per_s)
    fail(map, "search: from must be less than to (unless said, from is 10/s "
              "and to 10000/s)");
  else
    check_search(map);
  value_.search = x;
}

/// A search sets the rate, so there has to be one.
void scenario_parser::check_search(const node& where) {
  auto callers = 0;
  for (auto& x : value_.populations) {
    if (!x.calls)
      continue;
    ++callers;
    auto& law = x.calls->arrivals.what;
    if (!std::holds_alternative<std::monostate>(law) // reported already
        && !std::holds_alternative<traffic::arrival_law::constant>(law)
        && !std::holds_alternative<traffic::arrival_law::poisson>(law))
      fail(where, "search: arrivals of " + x.name
                    + " must be constant or poisson, whose rate it can vary");
  }
  if (callers == 0 && errors_.empty())
    fail(where, "search: there is no population with calls");
}

// -- shapes -------------------------------------------------------------------

scenario_parser::field_map
scenario_parser::read_fields(const node& map, std::string_view what,
                             std::span<const std::string_view> keys,
                             std::initializer_list<std::string_view> needed) {
  field_map result;
  auto before = errors_.size();
  read_map(map, what, keys, [&](const std::string& key, const node& value) {
    result.set(*std::ranges::find(keys, key), value);
  });
  // A key with a typing error is not there for that reason.
  if (errors_.size() == before)
    for (auto key : needed)
      if (!result[key])
        fail(map, std::string(what) + " has no " + std::string(key));
  return result;
}

std::string_view scenario_parser::read_choice(
  const node& map, std::string_view what,
  std::span<const std::string_view> choices,
  std::span<const std::string_view> known, field_map& fields) {
  auto before = errors_.size();
  fields = read_fields(map, what, known);
  std::string_view result;
  size_t count = 0;
  for (auto key : choices)
    if (fields[key]) {
      result = key;
      ++count;
    }
  if (count == 1)
    return result;
  if (count > 1 || errors_.size() == before)
    fail(map, std::string(what)
                + (count == 0 ? " has none of " : " can have only one of ")
                + config::one_of(choices));
  return {};
}

std::optional<double> scenario_parser::read_quantity(
  std::string_view what, const node& value, const quantity_kind& kind) {
  auto text = scalar(what, value);
  if (!text)
    return std::nullopt;
  std::string error;
  auto result = parse_quantity(*text, kind, error);
  if (!result)
    fail(value, std::string(what) + ": " + error);
  return result;
}

std::optional<double> scenario_parser::read_positive(
  std::string_view what, const node& value, const quantity_kind& kind) {
  auto result = read_quantity(what, value, kind);
  if (!result || *result > 0)
    return result;
  fail(value, std::string(what) + ": must be more than 0");
  return std::nullopt;
}

void scenario_parser::read_quantity(std::string_view what, const node* value,
                                    const quantity_kind& kind, double& out) {
  if (value)
    out = read_quantity(what, *value, kind).value_or(out);
}

void scenario_parser::read_positive(std::string_view what, const node* value,
                                    const quantity_kind& kind, double& out) {
  if (value)
    out = read_positive(what, *value, kind).value_or(out);
}

void scenario_parser::read_time(std::string_view what, const node* value,
                                std::chrono::milliseconds& out) {
  if (auto x = value ? read_quantity(what, *value, duration_s) : std::nullopt)
    out = std::chrono::milliseconds{std::llround(*x * 1000)};
}

void scenario_parser::read_plain(std::string_view what, const node* value,
                                 double max, double& out) {
  auto text = value ? scalar(what, *value) : nullptr;
  if (!text)
    return;
  double result = 0;
  auto end = text->data() + text->size();
  auto [stop, failure] = std::from_chars(text->data(), end, result,
                                         std::chars_format::fixed);
  if (failure == std::errc{} && stop == end && result > 0 && result <= max)
    out = result;
  else
    fail(*value, std::string(what) + ": " + quoted(*text)
                   + " is not a number above 0, at most "
                   + std::to_string(std::lround(max)) + " (without a unit)");
}

void scenario_parser::read_flag(std::string_view what, const node* value,
                                bool& out) {
  static constexpr std::string_view words[] = {"true", "false"};
  std::string word;
  if (value)
    read_word(what, *value, words, word);
  if (!word.empty())
    out = word == "true";
}

void scenario_parser::read_host_port(std::string_view what, const node* value,
                                     int port_min, std::string& out) {
  auto text = value ? scalar(what, *value) : nullptr;
  if (!text)
    return;
  auto address = parse_listen_address(*text);
  if (!address)
    fail(*value, std::string(what) + ": " + quoted(*text)
                   + " is not an address (host:port, such as 192.0.2.1:5060)");
  else if (address->port < port_min)
    fail(*value, std::string(what) + ": nobody can be reached at port 0");
  else
    out = *text;
}

} // namespace strowger::services::load
