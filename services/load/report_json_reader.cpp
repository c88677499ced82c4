#include "services/load/report_json.hpp"
#include "services/load/report_words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

namespace strowger::services::load {

namespace {

using json = nlohmann::ordered_json;

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number result = 0;
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, result);
  if (error != std::errc{} || rest != end)
    return std::nullopt;
  return result;
}

/// A value and where it stands. The first thing that is wrong is kept in
/// `error`; after it, all values read as nothing.
class field {
public:
  field(const json* value, std::string path, std::string& error)
    : value_{value}, path_{std::move(path)}, error_{error} {
    // nop
  }

  bool wrong(std::string_view expected) const {
    if (error_.empty())
      error_ = std::string(path_.empty() ? "the report" : path_)
                 .append(": expected ")
                 .append(expected);
    return false;
  }

  bool present(std::string_view key) const {
    return value_ && value_->is_object() && value_->contains(key);
  }

  field operator[](std::string_view key) const {
    auto path = path_;
    path.append(path_.empty() ? "" : ".").append(key);
    if (value_ && !value_->is_object())
      wrong("an object");
    if (!present(key))
      return missing(std::move(path));
    return {&*value_->find(key), std::move(path), error_};
  }

  void read(std::uint64_t& to) const {
    if (fits(value_ && value_->is_number_unsigned(),
             "a whole number, 0 or more"))
      to = value_->get<std::uint64_t>();
  }
  void read(double& to) const {
    if (fits(value_ && value_->is_number(), "a number"))
      to = value_->get<double>();
  }
  void read(std::string& to) const {
    if (fits(value_ && value_->is_string(), "text"))
      to = value_->get<std::string>();
  }
  void read(bool& to) const {
    if (fits(value_ && value_->is_boolean(), "true or false"))
      to = value_->get<bool>();
  }
  void read(std::optional<double>& to) const {
    if (value_ && value_->is_null())
      return;
    read(to.emplace());
  }
  template <class T>
  void read(std::vector<T>& to) const {
    for (auto& x : elements())
      x.read(to.emplace_back());
  }
  void read(std::map<std::uint16_t, std::uint64_t>& to) const;
  void read(traffic::histogram& to) const;

  std::vector<field> elements() const;

private:
  bool fits(bool right, std::string_view expected) const {
    return right || (value_ && wrong(expected));
  }
  field missing(std::string path) const {
    field result{nullptr, std::move(path), error_};
    if (value_)
      result.wrong("to be there");
    return result;
  }

  const json* value_; // null: it was wrong to look for it
  std::string path_;
  std::string& error_;
};

std::vector<field> field::elements() const {
  std::vector<field> result;
  if (!fits(value_ && value_->is_array(), "an array"))
    return result;
  for (auto& x : *value_)
    result.emplace_back(&x, path_ + "[" + std::to_string(result.size()) + "]",
                        error_);
  return result;
}

void field::read(std::map<std::uint16_t, std::uint64_t>& to) const {
  if (!fits(value_ && value_->is_object(), "an object"))
    return;
  for (auto& [key, ignored] : value_->items()) {
    auto number = number_in<std::uint16_t>(key);
    if (!number)
      return void((*this)[key].wrong("a number as its name"));
    (*this)[key].read(to[*number]);
  }
}

void field::read(traffic::histogram& to) const {
  traffic::histogram seen;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> wanted;
  for (auto& pair : (*this)["buckets"].elements()) {
    std::vector<std::uint64_t> both;
    pair.read(both);
    if (both.size() != 2)
      return void(pair.wrong("the lower end of a bucket and its count"));
    wanted.emplace_back(both[0], both[1]);
    seen.record(both[0], both[1]);
  }
  // A value that is no lower end would come back as another one.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> found;
  for (auto& bucket : seen.buckets())
    found.emplace_back(bucket.lower_us, bucket.count);
  auto image = seen.to_image();
  (*this)["min_us"].read(image.min_us);
  (*this)["max_us"].read(image.max_us);
  (*this)["sum_us"].read(image.sum_us);
  auto whole = traffic::histogram::from_image(image);
  if (found != wanted || !whole)
    return void(fits(false, "buckets in order, between min_us and max_us"));
  to = std::move(*whole);
}

// -- parts --------------------------------------------------------------------

void read(const field& from, traffic::tally::standing& to) {
  from["attempts"].read(to.attempts);
  from["succeeded"].read(to.succeeded);
  from["in_progress"].read(to.in_progress);
  from["failed_by_status"].read(to.failed_by_status);
}

void read(const field& from, traffic::media_tally& to) {
  for (auto& what : media_counts)
    from[what.name].read(to.*what.member);
  from["jitter"].read(to.jitter);
  from["streams_by_mos_hundredths"].read(to.streams_by_mos_hundredths);
}

void read_counts(const field& from, traffic::tally& to) {
  from["attempts"].read(to.attempts);
  for (std::size_t i = 0; i < traffic::outcome_count; ++i)
    from["outcomes"][field_name(to_string(static_cast<traffic::outcome>(i)))]
      .read(to.outcomes[i]);
  from["by_status"].read(to.by_status);
  from["in_progress"].read(to.in_progress);
  from["ended_cleanly"].read(to.ended_cleanly);
  from["cut_off"].read(to.cut_off);
  from["up"].read(to.up);
  read(from["registrations"], to.registrations);
  read(from["subscriptions"], to.subscriptions);
  from["notifications"].read(to.notifications);
  for (std::size_t i = 0; i < step_names.size(); ++i) {
    auto step = from["steps"][step_names[i]];
    step["done"].read(to.steps[i].done);
    step["failed"].read(to.steps[i].failed);
  }
}

void read(const field& from, traffic::tally& to) {
  read_counts(from, to);
  from["retransmitted"].read(to.retransmitted);
  from["peer_retransmitted"].read(to.peer_retransmitted);
  for (std::size_t i = 0; i < traffic::latency_count; ++i)
    from["latencies"][field_name(to_string(static_cast<traffic::latency>(i)))]
      .read(to.latencies[i]);
  if (from.present("media"))
    read(from["media"], to.media);
}

void read(const field& from, std::vector<sample>& to) {
  to.resize(from["at_s"].elements().size());
  auto column = [&](auto& what) {
    auto values = from[what.name].elements();
    if (values.size() != to.size())
      return void(from[what.name].wrong("as many values as at_s has"));
    for (std::size_t i = 0; i < to.size(); ++i)
      values[i].read(to[i].*what.member);
  };
  for (auto& what : sample_numbers)
    column(what);
  for (auto& what : sample_counts)
    column(what);
}

void read(const field& from, traffic::self_watch& to) {
  traffic::self_watch::image seen;
  traffic::histogram lateness;
  from["skipped_starts"].read(seen.skipped);
  from["socket_drops"].read(seen.dropped);
  from["seconds"].read(seen.seconds);
  from["busy_seconds"].read(seen.busy_seconds);
  from["cpu_share_sum"].read(seen.cpu_share_sum);
  from["cpu_share_max"].read(seen.cpu_share_max);
  from["lateness"].read(lateness);
  seen.lateness = lateness.to_image();
  to = *traffic::self_watch::from_image(seen);
}

void read(const field& from, std::vector<traffic::verdict>& to) {
  for (auto& one : from.elements()) {
    std::string text;
    one["text"].read(text);
    auto what = traffic::parse_criterion(text);
    if (auto problem = std::get_if<std::string>(&what))
      return void(one["text"].wrong("a criterion: " + *problem));
    auto& verdict = to.emplace_back();
    verdict.what = std::get<traffic::criterion>(std::move(what));
    one["measured"].read(verdict.measured);
    one["met"].read(verdict.met);
    one["words"].read(verdict.words);
  }
}

void read(const field& from, std::vector<generator_part>& to) {
  for (auto& one : from.elements()) {
    auto& x = to.emplace_back();
    one["address"].read(x.address);
    one["role"].read(x.role);
    one["attempts"].read(x.attempts);
    one["answered"].read(x.answered);
    one["failed"].read(x.failed);
    one["came_in"].read(x.came_in);
    one["lateness_p99_us"].read(x.lateness_p99_us);
    one["cpu_share_mean"].read(x.cpu_share_mean);
    one["cpu_share_max"].read(x.cpu_share_max);
    one["invalid"].read(x.invalid);
  }
}

void read(const field& from, traffic::impairment_tally& to) {
  for (auto& one : from.elements()) {
    std::string way, message;
    one["direction"].read(way);
    one["message"].read(message);
    auto kind = traffic::parse_impaired(way, message);
    if (!kind && std::ranges::count(traffic::direction_names, way) == 0)
      return void(one["direction"].wrong("sent or received"));
    if (!kind)
      return void(one["message"].wrong("a kind of message"));
    auto& counts = to[*kind];
    for (auto& what : impairment_fields)
      one[what.name].read(counts.*what.member);
  }
}

void read(const field& from, result& to) {
  from["scenario"].read(to.scenario);
  from["file"].read(to.file);
  from["target"].read(to.target);
  std::string seed;
  from["seed"].read(seed);
  if (auto number = number_in<std::uint64_t>(seed))
    to.seed = *number;
  else
    from["seed"].wrong("a number in quotes");
  from["started"].read(to.started);
  from["version"].read(to.version);
  from["times"]["steady_from_s"].read(to.times.steady_from_s);
  from["times"]["steady_to_s"].read(to.times.steady_to_s);
  from["times"]["end_s"].read(to.times.end_s);
  from["verdict"]["invalid"].read(to.invalid);
  from["verdict"]["broken_laws"].read(to.broken_laws);
  read(from["verdict"]["criteria"], to.verdicts);
  from["left_over"].read(to.left_over);
  from["cpu_per_call_us"].read(to.cpu_per_call_us);
  read(from["callers"], to.callers);
  read(from["callees"], to.callees);
  read_counts(from["whole_run"]["callers"], to.all_callers);
  read_counts(from["whole_run"]["callees"], to.all_callees);
  read(from["generator"], to.watch);
  if (from.present("generators"))
    read(from["generators"], to.generators);
  if (from.present("impairments"))
    read(from["impairments"], to.impairments);
  read(from["samples"], to.samples);
}

} // namespace

std::variant<result, std::string> read_json(std::string_view text) {
  auto all = json::parse(text, nullptr, false);
  std::string error;
  if (all.is_discarded())
    return "this is no JSON";
  field root{&all, "", error};
  std::string format;
  root["format"].read(format);
  if (error.empty() && format != report_format)
    root["format"].wrong("\"" + std::string(report_format) + "\"");
  result found;
  if (error.empty())
    read(root, found);
  if (!error.empty())
    return error;
  return found;
}

} // namespace strowger::services::load
