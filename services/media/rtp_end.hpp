#pragma once

#include "actors/media.hpp"
#include "actors/traffic/audio_exchange.hpp"
#include "actors/traffic/dtmf_tone.hpp"
#include "actors/traffic/media_plan.hpp"
#include "actors/traffic/telephone_event.hpp"
#include "actors/traffic/tone.hpp"
#include "services/media/srtp_session.hpp"
#include "services/media/udp_port.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace strowger::services::media {

/// What one source of RTP in this process has sent, for those who hear it.
struct source_record {
  std::string digits;
  /// When the last packets went out, by sequence number, in microseconds of
  /// the clock of the day.
  std::array<std::pair<std::uint16_t, std::int64_t>, 128> sent_at_us{};

  /// Nothing if it is not known any more.
  std::optional<std::int64_t> sent(std::uint16_t sequence) const {
    auto& x = sent_at_us[sequence % sent_at_us.size()];
    if (x.first != sequence || x.second == 0)
      return std::nullopt;
    return x.second;
  }
};
/// By SSRC.
using sources
  = std::unordered_map<std::uint32_t, std::shared_ptr<source_record>>;

/// What all users say and listen for, made once.
struct voice {
  explicit voice(const traffic::media_plan& plan);

  /// The tone in the 20 ms of this number.
  std::span<const std::uint8_t> frame(std::uint32_t number) const;
  /// Such 20 ms of a digit, as sound.
  std::span<const std::uint8_t> digit(char which, unsigned step) const;

  traffic::media_plan plan;
  std::vector<std::uint8_t> tone;
  std::map<char, std::vector<std::uint8_t>> digits;
  std::array<std::uint8_t, traffic::frame_samples> silence{};
};

/// What was heard in a second, by all who listened.
struct media_second {
  std::uint64_t packets_sent = 0;
  std::uint64_t packets_received = 0;
  std::uint64_t packets_lost = 0;
  std::uint64_t streams = 0; // of which something came
  double mos_sum = 0;
  double mos_min = 5;
  traffic::histogram jitter; // of each stream, at its end

  void merge(const media_second& other);
};

/// The socket of one user, and all that comes and goes there. Belongs to the
/// thread of the engine once it was handed over.
class rtp_end {
public:
  /// `key`: our own for SRTP, empty for RTP. `port`: for whoever wants it back.
  rtp_end(udp_port socket, std::uint16_t port, media_account account,
          const std::string& key, std::uint32_t seed, const voice& says);

  std::uint16_t port() const {
    return port_;
  }
  media_account account() const {
    return account_;
  }

  void redirect(const traffic::audio_flow& to, sources& all);
  void dial(std::string_view digits) {
    events_.dial(digits);
  }
  /// The descriptions do not fit each other.
  void disagree() {
    tally_.mismatches = 1;
  }

  /// Each 20 ms: takes what has come, and sends what is due. `count`: how many
  /// there have been; `late`: it comes after the next one was due.
  void tick(std::uint32_t count, bool late, sources& all);

  /// Adds what happened since the last time.
  void add_second(media_second& to);

  /// The end: nothing is sent or heard any more.
  traffic::media_tally finish(sources& all);

private:
  struct heard;

  void become_source(sources& all);
  void take(std::span<std::uint8_t> packet, std::int64_t at_us,
            const sources& all);
  void hear(heard& from, std::span<const std::uint8_t> sound);
  heard* stream_of(std::uint32_t ssrc, bool is_event, const sources& all);
  void send(std::uint32_t count, bool late);
  void listen_to(heard& x);

  udp_port socket_;
  std::uint16_t port_;
  media_account account_;
  const voice& voice_;

  // -- what we send -----------------------------------------------------------
  traffic::audio_flow flow_;
  std::optional<address> to_;
  std::unique_ptr<srtp_session> out_;
  std::uint32_t seed_;
  std::uint32_t ssrc_ = 0;
  std::uint16_t sequence_ = 0;
  std::uint32_t timestamp_base_ = 0;
  bool spoke_ = false; // since when we were silent: marker bit
  std::shared_ptr<source_record> record_;
  traffic::event_sender events_;

  // -- what we hear -----------------------------------------------------------
  std::unique_ptr<srtp_session> in_;
  std::string peer_key_;
  std::vector<heard> streams_;
  std::uint64_t ticks_listened_ = 0;
  std::uint64_t sent_before_ = 0; // of add_second
  traffic::media_tally tally_;

public:
  ~rtp_end();
};

} // namespace strowger::services::media
