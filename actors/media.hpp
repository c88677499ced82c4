#pragma once

#include "actors/traffic/media_end.hpp"
#include "actors/traffic/media_tally.hpp"

#include <cstdint>
#include <memory>

namespace strowger {

/// Under which number a crowd collects what its users have heard.
using media_account = std::uint32_t;

/// Where users get their mouths and ears. Belongs to the reactor's thread,
/// whatever does the work; it outlives the ends that it gives.
class media_room {
public:
  virtual ~media_room() = default;

  /// An end for one call. What it has seen is added to `account` soon after it
  /// was destroyed. Nothing if no local port is left.
  virtual std::unique_ptr<traffic::media_end> open(media_account account) = 0;

  /// What has been added since the last time.
  virtual traffic::media_tally take(media_account account) = 0;

  /// Has everything been added of the ends that were destroyed?
  virtual bool settled() const = 0;
};

} // namespace strowger
