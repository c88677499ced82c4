#pragma once

#include "actors/model/time.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>

/// DTMF in RTP: telephone-events of RFC 4733.
namespace strowger::traffic {

/// How long a digit takes to send: 100 ms, its end said three times, a pause.
inline constexpr std::chrono::milliseconds digit_time{200};

/// Gives the payloads that send digits, one for each 20 ms.
class event_sender {
public:
  struct packet {
    std::array<std::uint8_t, 4> payload{};
    bool begins = false; // marker bit; the digit is out
    unsigned step = 0;   // which 20 ms of the digit, from 0
    char digit = 0;
    std::uint32_t timestamp = 0; // when the digit began
  };

  /// Events 0 to 15: 0-9, *, #, A-D; others are left out.
  void dial(std::string_view digits);
  bool idle() const {
    return waiting_.empty();
  }
  /// The packet that is due in place of audio, whose timestamp would be `now`.
  std::optional<packet> next(std::uint32_t now);

private:
  std::deque<char> waiting_; // the first is under way
  unsigned at_ = 0;          // which 20 ms of it
  std::uint32_t began_ = 0;
};

/// Tells digits from the packets that carry them, also if some are lost.
class event_receiver {
public:
  /// The digit that begins with this packet; nothing if it is known already.
  std::optional<char> packet(std::uint32_t timestamp,
                             std::span<const std::uint8_t> payload);

private:
  std::optional<std::uint32_t> last_;
};

} // namespace strowger::traffic
