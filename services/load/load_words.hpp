#pragma once

#include "services/load/result.hpp"
#include "services/load/run.hpp"

#include <grpcpp/support/status.h>
#include <strowger/v1/load.pb.h>

#include <optional>
#include <string>
#include <vector>

/// What generators count, as it travels. What comes in may be anything: where
/// it cannot be what a generator sends, there is nothing.
namespace strowger::services::load {

namespace api = strowger::v1;

/// The numbers of a run that others add to theirs.
struct counted_part {
  window_times times;
  live_counts steady; // callers and callees only
  live_counts all;    // whatever the window
  traffic::self_watch watch;
  std::vector<std::string> invalid;
  std::vector<std::string> broken_laws;
  std::uint64_t left_over = 0;
  traffic::impairment_tally impairments;
};

/// A second, and what its percentiles are taken from.
struct counted_second {
  load::sample sample;
  run::distributions distributions;
  double rate_per_s = 0;
};

void to_api(const traffic::histogram& x, api::LoadHistogram& to);
std::optional<traffic::histogram> from_api(const api::LoadHistogram& x);

void to_api(const traffic::tally& x, api::LoadTally& to);
std::optional<traffic::tally> from_api(const api::LoadTally& x);

void to_api(const traffic::self_watch& x, api::LoadWatch& to);
std::optional<traffic::self_watch> from_api(const api::LoadWatch& x);

/// `all` has the calls of all windows.
void to_api(const result& x, const live_counts& all, api::LoadResult& to);
std::optional<counted_part> from_api(const api::LoadResult& x);

void to_api(const sample& x, const run::distributions& of, double rate_per_s,
            api::LoadSample& to);
std::optional<counted_second> from_api(const api::LoadSample& x);

api::LoadPhase to_api(run::phase x);

/// `RUN_IN_PROGRESS: the generator plays another run`, with the mistakes of a
/// scenario behind it.
std::string in_words(const grpc::Status& x);

} // namespace strowger::services::load
