#pragma once

#include "actors/model/time.hpp"
#include "actors/traffic/scenario.hpp"
#include "actors/traffic/tally.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

namespace strowger::traffic {

/// When the users of a population register: at first spread over the time that
/// the scenario says, then before each registration expires.
class registrations {
public:
  /// A user whose REGISTER was refused or not answered tries again after this.
  static constexpr model::duration retry_after = std::chrono::seconds{30};

  registrations(const registration& how, std::size_t users,
                model::time_point start);

  /// The next user whose time has come; it is in flight until answered().
  std::optional<std::uint32_t> take_due(model::time_point now, tally& counts);
  /// The registration of the user in flight was to be sent then.
  model::time_point intended(std::uint32_t user) const {
    return intended_[user];
  }

  /// Status 0: nobody answered. `expires_s` is what was granted.
  void answered(std::uint32_t user, std::uint16_t status,
                std::uint32_t expires_s, model::time_point now, tally& counts);

  /// When take_due() will have somebody, or `never`.
  model::time_point next() const {
    return stopped_ || due_.empty() ? model::never : due_.top().at;
  }
  /// Nobody registers any more; answers may still come.
  void stop() {
    stopped_ = true;
  }
  /// Has everybody had an answer?
  bool all_answered() const {
    return unanswered_ == 0;
  }
  std::size_t in_flight() const {
    return in_flight_;
  }

private:
  struct turn {
    model::time_point at{};
    std::uint32_t user = 0;
    bool operator>(const turn& x) const {
      return at > x.at;
    }
  };

  std::priority_queue<turn, std::vector<turn>, std::greater<>> due_;
  std::vector<model::time_point> intended_; // of the REGISTER in flight
  std::vector<bool> answered_;
  std::size_t unanswered_;
  std::size_t in_flight_ = 0;
  bool stopped_ = false;
};

} // namespace strowger::traffic
