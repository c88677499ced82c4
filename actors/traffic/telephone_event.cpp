#include "actors/traffic/telephone_event.hpp"

#include <algorithm>

namespace strowger::traffic {

namespace {

constexpr std::string_view digits_by_event = "0123456789*#ABCD";

// In steps of 20 ms: 100 ms of digit, of which the last step says that it
// ends, two that say so again (RFC 4733 §2.5.1.4), and a pause.
constexpr unsigned steps_of_digit = 5;
constexpr unsigned steps_with_end = 7;
constexpr unsigned steps = 10;
static_assert(steps * 20 == digit_time.count());

constexpr unsigned ticks_per_step = 160;
constexpr std::uint8_t end_bit = 0x80;
constexpr std::uint8_t volume = 10; // -10 dBm0

} // namespace

void event_sender::dial(std::string_view digits) {
  for (auto digit : digits)
    if (digits_by_event.find(digit) != digits_by_event.npos)
      waiting_.push_back(digit);
}

std::optional<event_sender::packet> event_sender::next(std::uint32_t now) {
  if (waiting_.empty())
    return std::nullopt;
  auto step = ++at_;
  packet result;
  result.digit = waiting_.front();
  if (step == 1)
    began_ = now;
  if (step == steps) {
    waiting_.pop_front();
    at_ = 0;
  }
  if (step > steps_with_end)
    return std::nullopt;
  auto length = ticks_per_step * std::min(step, steps_of_digit);
  result.begins = step == 1;
  result.step = step - 1;
  result.timestamp = began_;
  result.payload[0] = static_cast<std::uint8_t>(
    digits_by_event.find(result.digit));
  result.payload[1] = volume;
  if (step >= steps_of_digit)
    result.payload[1] |= end_bit;
  result.payload[2] = static_cast<std::uint8_t>(length >> 8);
  result.payload[3] = static_cast<std::uint8_t>(length);
  return result;
}

std::optional<char> event_receiver::packet(
  std::uint32_t timestamp, std::span<const std::uint8_t> payload) {
  if (payload.size() < 4 || payload[0] >= digits_by_event.size())
    return std::nullopt;
  // An older one is late, or says again that it has ended.
  if (last_ && static_cast<std::int32_t>(timestamp - *last_) <= 0)
    return std::nullopt;
  last_ = timestamp;
  return digits_by_event[payload[0]];
}

} // namespace strowger::traffic
