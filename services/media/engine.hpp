#pragma once

#include "actors/media.hpp"
#include "services/media/rtp_end.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace strowger::services::media {

/// Gives users RTP. One thread sends and hears for all of them: each is served
/// every 20 ms, a tenth of them every 2 ms, so that what goes out is even. Its
/// other functions belong to the reactor's thread.
class engine final : public media_room {
public:
  /// `host`: the IP address that users have.
  engine(const traffic::media_plan& plan, std::string host);
  ~engine() override;
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// Starts the thread; returns what keeps it from that, or nothing.
  std::optional<std::string> start();

  // -- media_room -------------------------------------------------------------

  std::unique_ptr<traffic::media_end> open(media_account account) override;
  traffic::media_tally take(media_account account) override;
  bool settled() const override {
    return closed_.load() == closes_;
  }

  // -- the run ----------------------------------------------------------------

  /// Seconds are counted from now on: each is over a little before another one
  /// has passed, so that whoever takes them then takes exactly one.
  void begin_seconds() {
    begins_ = true;
  }
  /// What was heard in the seconds that are over, since the last time.
  media_second take_second();
  /// CPU time that the thread has taken, in seconds.
  double cpu_s() const;

private:
  class user;
  friend class user;
  /// What the reactor's thread wants of this one.
  struct order {
    enum class verb : std::uint8_t { open, redirect, dial, disagree, close };
    verb what;
    std::shared_ptr<rtp_end> who;
    traffic::audio_flow flow;
    std::string digits;
  };
  static constexpr std::size_t phases = 10;

  void ask(order x);
  std::optional<std::pair<udp_port, std::uint16_t>> open_port();
  void work();
  void obey(order& x);
  void close(const std::shared_ptr<rtp_end>& who);
  void beat(std::uint64_t number, bool late);
  void add_second();

  voice voice_;
  std::string host_;
  std::deque<std::uint16_t> free_ports_;
  std::mt19937 seeds_;
  std::uint64_t closes_ = 0;
  std::atomic<std::uint64_t> closed_ = 0;
  std::atomic<bool> over_ = false;
  std::atomic<bool> begins_ = false;
  int timer_ = -1;
  std::thread thread_;

  std::mutex mutex_; // guards what follows
  std::vector<order> orders_;
  std::vector<std::uint16_t> given_back_;
  std::unordered_map<media_account, traffic::media_tally> accounts_;
  media_second second_;

  // Of the thread alone.
  std::array<std::vector<std::shared_ptr<rtp_end>>, phases> ends_;
  std::size_t next_phase_ = 0;
  sources sources_;
};

} // namespace strowger::services::media
