#pragma once

#include "services/load/result.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

/// The names that reports have for things, in one place for writer and reader.
namespace strowger::services::load {

/// Says which format a report has; another one gets another number.
inline constexpr std::string_view report_format = "strowger-load-report/1";

/// In the order of traffic::step_kind.
inline constexpr std::array<std::string_view, 8> step_names{
  "hold", "retrieve", "reinvite",       "update",
  "info", "dtmf",     "blind_transfer", "attended_transfer"};

template <class T>
struct named {
  std::string_view name;
  T member;
};

inline constexpr named<std::uint64_t sample::*> sample_counts[] = {
  {"attempts", &sample::attempts},
  {"answered", &sample::answered},
  {"failed", &sample::failed},
  {"abandoned", &sample::abandoned},
  {"in_flight", &sample::in_flight},
  {"retransmitted", &sample::retransmitted},
  {"peer_retransmitted", &sample::peer_retransmitted},
  {"rtp_sent", &sample::rtp_sent},
  {"rtp_received", &sample::rtp_received},
  {"rtp_lost", &sample::rtp_lost},
};

inline constexpr named<double sample::*> sample_numbers[] = {
  {"at_s", &sample::at_s},
  {"answer_p50_s", &sample::answer_p50_s},
  {"answer_p90_s", &sample::answer_p90_s},
  {"answer_p99_s", &sample::answer_p99_s},
  {"answer_max_s", &sample::answer_max_s},
  {"lateness_p99_s", &sample::lateness_p99_s},
  {"cpu_share", &sample::cpu_share},
  {"rtp_jitter_p95_s", &sample::rtp_jitter_p95_s},
  {"rtp_mos_mean", &sample::rtp_mos_mean},
  {"rtp_mos_min", &sample::rtp_mos_min},
  {"rtp_cpu_share", &sample::rtp_cpu_share},
};

inline constexpr named<std::uint64_t traffic::media_tally::*> media_counts[] = {
  {"calls", &traffic::media_tally::calls},
  {"one_way_calls", &traffic::media_tally::one_way_calls},
  {"silent_calls", &traffic::media_tally::silent_calls},
  {"streams", &traffic::media_tally::streams},
  {"packets_sent", &traffic::media_tally::packets_sent},
  {"packets_sent_late", &traffic::media_tally::packets_sent_late},
  {"packets_received", &traffic::media_tally::packets_received},
  {"packets_expected", &traffic::media_tally::packets_expected},
  {"packets_lost", &traffic::media_tally::packets_lost},
  {"packets_reordered", &traffic::media_tally::packets_reordered},
  {"packets_duplicated", &traffic::media_tally::packets_duplicated},
  {"packets_late", &traffic::media_tally::packets_late},
  {"packets_refused", &traffic::media_tally::packets_refused},
  {"loss_runs", &traffic::media_tally::loss_runs},
  {"longest_loss_packets", &traffic::media_tally::longest_loss_packets},
  {"tones_expected", &traffic::media_tally::tones_expected},
  {"tones_detected", &traffic::media_tally::tones_detected},
  {"digits_sent", &traffic::media_tally::digits_sent},
  {"digits_expected", &traffic::media_tally::digits_expected},
  {"digits_detected", &traffic::media_tally::digits_detected},
  {"digits_wrong", &traffic::media_tally::digits_wrong},
  {"mismatches", &traffic::media_tally::mismatches},
  {"without_port", &traffic::media_tally::without_port},
};

using impairment_count = std::uint64_t traffic::impairment_counts::*;
inline constexpr named<impairment_count> impairment_fields[] = {
  {"messages", &traffic::impairment_counts::messages},
  {"lost", &traffic::impairment_counts::lost},
  {"duplicated", &traffic::impairment_counts::duplicated},
  {"reordered", &traffic::impairment_counts::reordered},
  {"delayed", &traffic::impairment_counts::delayed},
};

struct cause {
  std::string words; // "503", "no response", …
  std::uint64_t count = 0;
};
/// What calls failed of, the most frequent first. Calls that we abandoned have
/// not failed, so their 487 is none.
std::vector<cause> causes_of_failure(const traffic::tally& x);

/// "503 x 20, no response x 3"; empty if there are none.
std::string in_words(const std::vector<cause>& causes);

/// "no answer" as the name of a field: "no_answer".
std::string field_name(std::string_view words);

} // namespace strowger::services::load
