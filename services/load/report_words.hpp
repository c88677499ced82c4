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
};

inline constexpr named<double sample::*> sample_numbers[] = {
  {"at_s", &sample::at_s},
  {"answer_p50_s", &sample::answer_p50_s},
  {"answer_p90_s", &sample::answer_p90_s},
  {"answer_p99_s", &sample::answer_p99_s},
  {"answer_max_s", &sample::answer_max_s},
  {"lateness_p99_s", &sample::lateness_p99_s},
  {"cpu_share", &sample::cpu_share},
};

inline constexpr named<std::uint64_t media_quality::*> media_counts[] = {
  {"streams", &media_quality::streams},
  {"silent_streams", &media_quality::silent_streams},
  {"packets_expected", &media_quality::packets_expected},
  {"packets_lost", &media_quality::packets_lost},
  {"packets_reordered", &media_quality::packets_reordered},
  {"packets_duplicated", &media_quality::packets_duplicated},
  {"longest_loss_packets", &media_quality::longest_loss_packets},
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
