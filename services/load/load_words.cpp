#include "services/load/load_words.hpp"

#include "services/control/status.hpp"
#include "services/load/report_words.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

namespace strowger::services::load {

namespace {

template <class Counts, class Map>
void copy_counts(const Counts& from, Map& to) {
  for (auto [number, count] : from)
    to[number] = count;
}

bool read_counts(const google::protobuf::Map<std::uint32_t, std::uint64_t>& x,
                 std::map<std::uint16_t, std::uint64_t>& to) {
  for (auto& [number, count] : x) {
    if (number > UINT16_MAX)
      return false;
    to[static_cast<std::uint16_t>(number)] = count;
  }
  return true;
}

/// The place of a name in an enumeration with words; nothing: there is none.
template <class Enum>
std::optional<std::size_t> place_of(const std::string& name,
                                    std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (field_name(to_string(static_cast<Enum>(i))) == name)
      return i;
  return std::nullopt;
}

void to_api(const traffic::tally::standing& x, api::LoadStanding& to) {
  to.set_attempts(x.attempts);
  to.set_succeeded(x.succeeded);
  to.set_in_progress(x.in_progress);
  copy_counts(x.failed_by_status, *to.mutable_failed_by_status());
}

bool read_standing(const api::LoadStanding& x, traffic::tally::standing& to) {
  to.attempts = x.attempts();
  to.succeeded = x.succeeded();
  to.in_progress = x.in_progress();
  return read_counts(x.failed_by_status(), to.failed_by_status);
}

void to_api(const traffic::media_tally& x, api::LoadMedia& to) {
  for (auto& field : media_counts)
    (*to.mutable_counts())[std::string{field.name}] = x.*field.member;
  load::to_api(x.jitter, *to.mutable_jitter());
  copy_counts(x.streams_by_mos_hundredths,
              *to.mutable_streams_by_mos_hundredths());
}

bool read_media(const api::LoadMedia& x, traffic::media_tally& to) {
  for (auto& field : media_counts)
    if (auto found = x.counts().find(std::string{field.name});
        found != x.counts().end())
      to.*field.member = found->second;
  auto jitter = from_api(x.jitter());
  if (!jitter)
    return false;
  to.jitter = std::move(*jitter);
  return read_counts(x.streams_by_mos_hundredths(),
                     to.streams_by_mos_hundredths);
}

bool read_latencies(const api::LoadTally& x, traffic::tally& to) {
  for (auto& [name, times] : x.latencies()) {
    auto place = place_of<traffic::latency>(name, traffic::latency_count);
    auto histogram = from_api(times);
    if (!place || !histogram)
      return false;
    to.latencies[*place] = std::move(*histogram);
  }
  return true;
}

bool read_steps(const api::LoadTally& x, traffic::tally& to) {
  for (auto& [name, count] : x.steps()) {
    std::size_t place = 0;
    while (place < step_names.size() && step_names[place] != name)
      ++place;
    if (place == step_names.size())
      return false;
    to.steps[place] = {count.done(), count.failed()};
  }
  return true;
}

} // namespace

// -- parts of a tally ---------------------------------------------------------

void to_api(const traffic::histogram& x, api::LoadHistogram& to) {
  auto image = x.to_image();
  to.set_min_us(image.min_us);
  to.set_max_us(image.max_us);
  to.set_sum_us(image.sum_us);
  for (auto [bucket, count] : image.counts) {
    to.add_buckets(bucket);
    to.add_counts(count);
  }
}

std::optional<traffic::histogram> from_api(const api::LoadHistogram& x) {
  if (x.buckets_size() != x.counts_size())
    return std::nullopt;
  traffic::histogram::image image{x.min_us(), x.max_us(), x.sum_us(), {}};
  for (int i = 0; i < x.buckets_size(); ++i)
    image.counts.emplace_back(x.buckets(i), x.counts(i));
  return traffic::histogram::from_image(image);
}

void to_api(const traffic::tally& x, api::LoadTally& to) {
  using traffic::to_string;
  to.set_attempts(x.attempts);
  for (std::size_t i = 0; i < x.outcomes.size(); ++i)
    if (x.outcomes[i] > 0)
      (*to.mutable_outcomes())[field_name(
        to_string(static_cast<traffic::outcome>(i)))]
        = x.outcomes[i];
  to.set_in_progress(x.in_progress);
  to.set_ended_cleanly(x.ended_cleanly);
  to.set_cut_off(x.cut_off);
  to.set_up(x.up);
  copy_counts(x.by_status, *to.mutable_by_status());
  to_api(x.registrations, *to.mutable_registrations());
  to_api(x.subscriptions, *to.mutable_subscriptions());
  to.set_notifications(x.notifications);
  if (x.media.any())
    to_api(x.media, *to.mutable_media());
  for (std::size_t i = 0; i < x.steps.size(); ++i) {
    auto& step = x.steps[i];
    if (step.done + step.failed == 0)
      continue;
    auto& made = (*to.mutable_steps())[std::string{step_names[i]}];
    made.set_done(step.done);
    made.set_failed(step.failed);
  }
  to.set_retransmitted(x.retransmitted);
  to.set_peer_retransmitted(x.peer_retransmitted);
  for (std::size_t i = 0; i < x.latencies.size(); ++i)
    if (!x.latencies[i].empty())
      to_api(x.latencies[i], (*to.mutable_latencies())[field_name(
                               to_string(static_cast<traffic::latency>(i)))]);
}

std::optional<traffic::tally> from_api(const api::LoadTally& x) {
  traffic::tally result;
  result.attempts = x.attempts();
  for (auto& [name, count] : x.outcomes()) {
    auto place = place_of<traffic::outcome>(name, traffic::outcome_count);
    if (!place)
      return std::nullopt;
    result.outcomes[*place] = count;
  }
  result.in_progress = x.in_progress();
  result.ended_cleanly = x.ended_cleanly();
  result.cut_off = x.cut_off();
  result.up = x.up();
  result.retransmitted = x.retransmitted();
  result.peer_retransmitted = x.peer_retransmitted();
  result.notifications = x.notifications();
  if (!read_counts(x.by_status(), result.by_status)
      || !read_standing(x.registrations(), result.registrations)
      || !read_standing(x.subscriptions(), result.subscriptions)
      || (x.has_media() && !read_media(x.media(), result.media))
      || !read_steps(x, result) || !read_latencies(x, result))
    return std::nullopt;
  return result;
}

// -- the generator itself -----------------------------------------------------

void to_api(const traffic::self_watch& x, api::LoadWatch& to) {
  auto image = x.to_image();
  to_api(x.lateness(), *to.mutable_lateness());
  to.set_skipped_starts(image.skipped);
  to.set_socket_drops(image.dropped);
  to.set_seconds(image.seconds);
  to.set_busy_seconds(image.busy_seconds);
  to.set_cpu_share_sum(image.cpu_share_sum);
  to.set_cpu_share_max(image.cpu_share_max);
}

std::optional<traffic::self_watch> from_api(const api::LoadWatch& x) {
  auto lateness = from_api(x.lateness());
  if (!lateness)
    return std::nullopt;
  return traffic::self_watch::from_image(
    {lateness->to_image(), x.skipped_starts(), x.socket_drops(), x.seconds(),
     x.busy_seconds(), x.cpu_share_sum(), x.cpu_share_max()});
}

void to_api(const traffic::impairment_tally& from, api::LoadResult& to) {
  for (auto& [kind, counts] : from) {
    auto& x = *to.add_impairments();
    x.set_direction(std::string{
      traffic::direction_names[static_cast<std::size_t>(kind.first)]});
    x.set_message(to_string(kind.second));
    for (auto& field : impairment_fields)
      (*x.mutable_counts())[std::string{field.name}] = counts.*field.member;
  }
}

std::optional<traffic::impairment_tally>
impairments_in(const api::LoadResult& from) {
  traffic::impairment_tally result;
  for (auto& x : from.impairments()) {
    auto kind = traffic::parse_impaired(x.direction(), x.message());
    if (!kind)
      return std::nullopt;
    auto& counts = result[*kind];
    for (auto& field : impairment_fields)
      if (auto found = x.counts().find(std::string{field.name});
          found != x.counts().end())
        counts.*field.member = found->second;
  }
  return result;
}

// -- seconds and the whole ----------------------------------------------------

void to_api(const result& x, const live_counts& all, api::LoadResult& to) {
  to.set_steady_from_s(x.times.steady_from_s);
  to.set_steady_to_s(x.times.steady_to_s);
  to.set_end_s(x.times.end_s);
  to_api(x.callers, *to.mutable_callers());
  to_api(x.callees, *to.mutable_callees());
  to_api(all.callers, *to.mutable_all_callers());
  to_api(all.callees, *to.mutable_all_callees());
  to_api(x.watch, *to.mutable_watch());
  for (auto& text : x.invalid)
    to.add_invalid(text);
  for (auto& text : x.broken_laws)
    to.add_broken_laws(text);
  to.set_left_over(x.left_over);
  to_api(x.impairments, to);
}

std::optional<counted_part> from_api(const api::LoadResult& x) {
  auto callers = from_api(x.callers());
  auto callees = from_api(x.callees());
  auto all_callers = from_api(x.all_callers());
  auto all_callees = from_api(x.all_callees());
  auto watch = from_api(x.watch());
  auto impairments = impairments_in(x);
  if (!callers || !callees || !all_callers || !all_callees || !watch
      || !impairments)
    return std::nullopt;
  counted_part result;
  result.times = {x.steady_from_s(), x.steady_to_s(), x.end_s()};
  result.steady.callers = std::move(*callers);
  result.steady.callees = std::move(*callees);
  result.all.callers = std::move(*all_callers);
  result.all.callees = std::move(*all_callees);
  result.all.lateness = watch->lateness();
  result.all.skipped_starts = watch->skipped_starts();
  result.watch = std::move(*watch);
  result.invalid = {x.invalid().begin(), x.invalid().end()};
  result.broken_laws = {x.broken_laws().begin(), x.broken_laws().end()};
  result.left_over = x.left_over();
  result.impairments = std::move(*impairments);
  return result;
}

void to_api(const sample& x, const run::distributions& of, double rate_per_s,
            api::LoadSample& to) {
  to.set_at_s(x.at_s);
  to.set_attempts(x.attempts);
  to.set_answered(x.answered);
  to.set_failed(x.failed);
  to.set_abandoned(x.abandoned);
  to.set_in_flight(x.in_flight);
  to_api(of.answers, *to.mutable_answers());
  to_api(of.lateness, *to.mutable_lateness());
  to.set_cpu_share(x.cpu_share);
  to.set_retransmitted(x.retransmitted);
  to.set_peer_retransmitted(x.peer_retransmitted);
  to.set_rate_per_s(rate_per_s);
  auto& rtp = *to.mutable_rtp();
  rtp.set_sent(x.rtp_sent);
  rtp.set_received(x.rtp_received);
  rtp.set_lost(x.rtp_lost);
  rtp.set_jitter_p95_s(x.rtp_jitter_p95_s);
  rtp.set_mos_mean(x.rtp_mos_mean);
  rtp.set_mos_min(x.rtp_mos_min);
  rtp.set_cpu_share(x.rtp_cpu_share);
}

std::optional<counted_second> from_api(const api::LoadSample& x) {
  auto answers = from_api(x.answers());
  auto lateness = from_api(x.lateness());
  if (!answers || !lateness || !std::isfinite(x.at_s()) || x.at_s() < 0)
    return std::nullopt;
  counted_second result;
  auto& to = result.sample;
  to.at_s = x.at_s();
  to.attempts = x.attempts();
  to.answered = x.answered();
  to.failed = x.failed();
  to.abandoned = x.abandoned();
  to.in_flight = x.in_flight();
  to.cpu_share = x.cpu_share();
  to.retransmitted = x.retransmitted();
  to.peer_retransmitted = x.peer_retransmitted();
  auto& rtp = x.rtp();
  to.rtp_sent = rtp.sent();
  to.rtp_received = rtp.received();
  to.rtp_lost = rtp.lost();
  to.rtp_jitter_p95_s = rtp.jitter_p95_s();
  to.rtp_mos_mean = rtp.mos_mean();
  to.rtp_mos_min = rtp.mos_min();
  to.rtp_cpu_share = rtp.cpu_share();
  result.distributions = {std::move(*answers), std::move(*lateness)};
  result.rate_per_s = x.rate_per_s();
  return result;
}

std::string in_words(const grpc::Status& x) {
  auto reason = control::reason_of(x);
  auto result = reason.empty() ? std::string{control::to_string(x.error_code())}
                               : reason;
  result += ": " + x.error_message();
  for (auto& [field, text] : control::violations_of(x))
    result += "; " + text;
  return result;
}

api::LoadPhase to_api(run::phase x) {
  switch (x) {
    case run::phase::knocking:
      return api::LOAD_PHASE_KNOCKING;
    case run::phase::registering:
      return api::LOAD_PHASE_REGISTERING;
    case run::phase::registered:
      return api::LOAD_PHASE_REGISTERED;
    case run::phase::warm_up:
      return api::LOAD_PHASE_WARM_UP;
    case run::phase::steady:
      return api::LOAD_PHASE_STEADY;
    case run::phase::drain:
      return api::LOAD_PHASE_DRAIN;
    case run::phase::clearing:
      return api::LOAD_PHASE_CLEARING;
    case run::phase::over:
      return api::LOAD_PHASE_OVER;
  }
  return api::LOAD_PHASE_UNSPECIFIED;
}

} // namespace strowger::services::load
