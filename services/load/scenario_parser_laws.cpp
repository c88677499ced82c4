#include "services/config/wording.hpp"
#include "services/load/scenario_parser.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

/// How long things take, and when calls start.
namespace strowger::services::load {

namespace {

using config::quoted;
using config::yaml_kind;
using traffic::arrival_law;
using traffic::duration_law;

constexpr std::string_view law_keys[] = {"exponential", "uniform", "lognormal",
                                         "gamma", "csv"};
constexpr std::string_view lognormal_keys[] = {"median", "sigma"};
constexpr std::string_view gamma_keys[] = {"mean", "shape"};
constexpr csv_column duration_columns[] = {{"seconds", false},
                                           {"duration", false}};

constexpr std::string_view arrival_choices[] = {
  "constant", "poisson", "ramp", "steps", "profile", "bursts", "users"};
constexpr std::string_view arrival_keys[] = {"constant", "poisson", "ramp",
                                             "steps",    "profile", "bursts",
                                             "users",    "random",  "interval"};
constexpr std::string_view ramp_keys[] = {"from", "to", "over", "random"};
constexpr std::string_view stair_keys[] = {"rate", "for"};
constexpr std::string_view mood_keys[] = {"rate", "stay"};
constexpr std::string_view pause_keys[] = {"pause"};
constexpr csv_column profile_columns[] = {{"calls", true}, {"time", false}};

/// Beyond these a law has no telephony in it, and draws that overflow.
constexpr double sigma_max = 10;
constexpr double shape_max = 1000;

/// More calls than in this interval is a rate that no machine reaches.
constexpr uint64_t calls_max = 1'000'000'000;

bool is_silent(const auto& parts) {
  return std::ranges::all_of(parts, [](auto& x) { return x.rate_per_s == 0; });
}

} // namespace

// -- durations ----------------------------------------------------------------

void scenario_parser::read_law(std::string_view what, const node* value,
                               duration_law& out) {
  if (value)
    read_law(what, *value, out);
}

void scenario_parser::read_law(std::string_view what, const node& value,
                               duration_law& out) {
  if (value.kind == yaml_kind::scalar) {
    if (auto x = read_quantity(what, value, duration_s))
      out = duration_law{duration_law::fixed{*x}};
  } else if (value.kind == yaml_kind::map) {
    field_map fields;
    auto key = read_choice(value, what, law_keys, law_keys, fields);
    if (!key.empty())
      out = duration_law{read_law_kind(
        std::string(what).append(" ").append(key), key, *fields[key])};
  } else {
    fail(value, std::string(what)
                  + " must be a duration such as \"180 s\", or a map with one "
                    "of "
                  + config::one_of(law_keys));
  }
}

duration_law::kind scenario_parser::read_law_kind(const std::string& what,
                                                  std::string_view key,
                                                  const node& value) {
  if (key == "exponential") {
    duration_law::exponential x;
    read_positive(what, &value, duration_s, x.mean_s);
    return x;
  }
  if (key == "uniform") {
    auto ends = value.kind == yaml_kind::sequence ? tree_.children(value)
                                                  : std::vector<const node*>{};
    duration_law::uniform x;
    if (ends.size() != 2) {
      fail(value, what + " must be a list of two durations");
      return x;
    }
    auto from = read_quantity(what, *ends[0], duration_s);
    auto to = read_quantity(what, *ends[1], duration_s);
    if (from && to && *from > *to)
      fail(value, what + ": the first duration must not be the longer one");
    return duration_law::uniform{from.value_or(0), to.value_or(0)};
  }
  if (key == "lognormal") {
    auto fields = read_fields(value, what, lognormal_keys, {"median", "sigma"});
    duration_law::lognormal x;
    read_positive(what + " median", fields["median"], duration_s, x.median_s);
    read_plain(what + " sigma", fields["sigma"], sigma_max, x.sigma);
    return x;
  }
  if (key == "gamma") {
    auto fields = read_fields(value, what, gamma_keys, {"mean", "shape"});
    duration_law::gamma x;
    read_positive(what + " mean", fields["mean"], duration_s, x.mean_s);
    read_plain(what + " shape", fields["shape"], shape_max, x.shape);
    return x;
  }
  return read_empirical(what, value);
}

duration_law::empirical scenario_parser::read_empirical(std::string_view what,
                                                        const node& value) {
  duration_law::empirical result;
  auto read_line = [&](csv_reader& row) {
    auto seconds = row.find(0);
    auto cell = seconds ? seconds : row.find(1);
    std::string error;
    auto x = parse_quantity(seconds ? cell->text + " s" : cell->text,
                            duration_s, error);
    if (x)
      result.values_s.push_back(*x);
    else
      row.fail(cell->column, std::string(what) + ": " + error);
  };
  auto check_header = [](const csv_reader& header) {
    return !header.find(0) == !header.find(1)
             ? "expected one of the columns seconds, duration"
             : "";
  };
  read_csv(value, duration_columns, read_line, check_header);
  return result;
}

// -- arrivals -----------------------------------------------------------------

void scenario_parser::read_arrivals(const node& map, traffic::calling& x) {
  field_map fields;
  auto key = read_choice(map, "arrivals", arrival_choices, arrival_keys,
                         fields);
  if (key.empty())
    return;
  auto& value = *fields[key];
  auto& law = x.arrivals.what;
  if (auto random = fields["random"]; random && key != "steps")
    fail(*random, "random goes with steps; constant is even, the others are "
                  "random, and a ramp has its own");
  if (auto interval = fields["interval"]; interval && key != "profile")
    fail(*interval, "interval goes with profile");
  if (key == "constant" || key == "poisson") {
    double rate = 0;
    read_positive(key, &value, rate_per_s, rate);
    if (key == "constant")
      law = arrival_law::constant{rate};
    else
      law = arrival_law::poisson{rate};
  } else if (key == "ramp") {
    law = read_ramp(value);
  } else if (key == "steps") {
    auto stairs = read_stairs(value);
    read_flag("random", fields["random"], stairs.random);
    law = std::move(stairs);
  } else if (key == "profile") {
    auto profile = read_profile(value);
    read_positive("interval", fields["interval"], duration_s,
                  profile.interval_s);
    law = std::move(profile);
  } else if (key == "bursts") {
    law = read_bursts(value);
  } else {
    auto users = read_fields(value, "users", pause_keys, {"pause"});
    read_law("pause", users["pause"], x.pause);
    law = arrival_law::users{};
  }
}

arrival_law::ramp scenario_parser::read_ramp(const node& map) {
  auto before = errors_.size();
  auto fields = read_fields(map, "ramp", ramp_keys, {"from", "to", "over"});
  arrival_law::ramp x;
  read_quantity("ramp from", fields["from"], rate_per_s, x.from_per_s);
  read_quantity("ramp to", fields["to"], rate_per_s, x.to_per_s);
  read_positive("ramp over", fields["over"], duration_s, x.over_s);
  read_flag("ramp random", fields["random"], x.random);
  if (errors_.size() == before && x.from_per_s == 0 && x.to_per_s == 0)
    fail(map, "ramp: from and to are both 0/s, so there would be no calls");
  return x;
}

arrival_law::steps scenario_parser::read_stairs(const node& sequence) {
  auto before = errors_.size();
  arrival_law::steps result;
  const node* endless = nullptr;
  read_list(sequence, "steps", "maps (rate, for)", [&](const node& item) {
    if (endless)
      fail(*endless, "the step has no for; only the last one stays");
    auto fields = read_fields(item, "the step", stair_keys, {"rate"});
    endless = fields["rate"] && !fields["for"] ? &item : nullptr;
    arrival_law::stair x;
    read_quantity("rate", fields["rate"], rate_per_s, x.rate_per_s);
    read_positive("for", fields["for"], duration_s, x.for_s);
    result.stairs.push_back(x);
  });
  if (errors_.size() == before && is_silent(result.stairs))
    fail(sequence, "steps: no rate is above 0/s, so there would be no calls");
  return result;
}

arrival_law::profile scenario_parser::read_profile(const node& value) {
  arrival_law::profile result;
  auto before = errors_.size();
  read_csv(value, profile_columns, [&](csv_reader& row) {
    auto cell = row.find(0);
    auto calls = config::parse_whole(cell->text);
    if (calls && *calls <= calls_max)
      result.calls.push_back(static_cast<double>(*calls));
    else
      row.fail(cell->column, "calls: " + quoted(cell->text)
                               + " is not a whole number from 0 to "
                               + std::to_string(calls_max));
  });
  auto sum = std::accumulate(result.calls.begin(), result.calls.end(), 0.);
  if (errors_.size() == before && sum == 0)
    fail(value, "profile: " + quoted(value.text) + " has no calls");
  return result;
}

arrival_law::bursts scenario_parser::read_bursts(const node& sequence) {
  auto before = errors_.size();
  arrival_law::bursts result;
  read_list(sequence, "bursts", "maps (rate, stay)", [&](const node& item) {
    auto fields = read_fields(item, "the burst", mood_keys, {"rate", "stay"});
    arrival_law::mood x;
    read_quantity("rate", fields["rate"], rate_per_s, x.rate_per_s);
    read_positive("stay", fields["stay"], duration_s, x.mean_stay_s);
    result.moods.push_back(x);
  });
  if (errors_.size() > before)
    return result;
  if (result.moods.size() < 2)
    fail(sequence, "bursts needs at least two rates to change between");
  else if (is_silent(result.moods))
    fail(sequence, "bursts: no rate is above 0/s, so there would be no calls");
  return result;
}

} // namespace strowger::services::load
