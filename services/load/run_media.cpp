#include "services/load/run.hpp"

#include <fmt/format.h>

#include <utility>

/// What a run sees of RTP.
namespace strowger::services::load {

namespace {

// So many of our own packets may be late before streams sound like us.
constexpr double late_share_max = 0.01;

} // namespace

void run::collect_media(sample& now) {
  auto second = media_->take_second();
  now.rtp_sent = second.packets_sent;
  now.rtp_received = second.packets_received;
  now.rtp_lost = second.packets_lost;
  now.rtp_jitter_p95_s = static_cast<double>(second.jitter.percentile_us(95))
                         * 1e-6;
  if (second.streams > 0) {
    now.rtp_mos_mean = second.mos_sum / static_cast<double>(second.streams);
    now.rtp_mos_min = second.mos_min;
  }
  all_.has_media = true;
  all_.rtp_sent += now.rtp_sent;
  all_.rtp_received += now.rtp_received;
  all_.rtp_lost += now.rtp_lost;
  all_.rtp_mos = now.rtp_mos_mean;
  auto cpu = media_->cpu_s();
  now.rtp_cpu_share = cpu - std::exchange(media_cpu_before_s_, cpu);
}

/// A generator that sends unevenly would hear itself, and blame the device.
void run::judge_media() {
  auto all = result_.callers.media;
  all.merge(result_.callees.media);
  if (all.packets_sent > 0) {
    auto share = static_cast<double>(all.packets_sent_late)
                 / static_cast<double>(all.packets_sent);
    if (share > late_share_max)
      result_.invalid.push_back(
        fmt::format("{:.1f} % of the RTP packets went out more than 20 ms late",
                    share * 100));
  }
  if (all.without_port > 0)
    result_.invalid.push_back(
      fmt::format("no local RTP port was left for {} calls (media: ports)",
                  all.without_port));
}

} // namespace strowger::services::load
