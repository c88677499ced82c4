#include "actors/traffic/media_tally.hpp"

#include <doctest/doctest.h>

using namespace strowger::traffic;

namespace {

rtp_stream stream(unsigned packets, unsigned lose_each) {
  rtp_stream x;
  for (unsigned i = 0; i < packets; ++i)
    if (i % lose_each != lose_each - 2)
      x.packet(
        {static_cast<std::uint16_t>(i), i * 160, std::int64_t{i} * 20'000});
  x.finish();
  return x;
}

} // namespace

TEST_CASE("streams are summed up, and merging sums are sums of all") {
  media_tally a;
  a.heard(stream(1000, 50), 0);
  CHECK(a.packets_expected == 1000);
  CHECK(a.packets_lost == 20);
  CHECK(a.loss_runs == 20);
  media_tally b;
  b.heard(stream(500, 1000), 0);
  b.longest_loss_packets = 7;
  b.one_way_calls = 2;
  a.merge(b);
  CHECK(a.streams == 2);
  CHECK(a.packets_expected == 1500);
  CHECK(a.packets_lost == 20);
  CHECK(a.longest_loss_packets == 7);
  CHECK(a.one_way_calls == 2);
  CHECK(a.jitter.count() == 2);
  CHECK(a.mos_percentile(100) > 4.35);
  CHECK(a.mos_percentile(50) < 4.3); // the one with 2 % of loss
  CHECK(a.mos_percentile(50) < a.mean_mos());
}

TEST_CASE("less than half a second of a stream has no score") {
  media_tally x;
  x.heard(stream(24, 100), 0);
  CHECK(x.streams == 1);
  CHECK(x.mos_percentile(50) == 0);
}

TEST_CASE("delay is heard") {
  media_tally near;
  near.heard(stream(100, 1000), 0);
  media_tally far;
  far.heard(stream(100, 1000), 300);
  CHECK(far.mean_mos() < near.mean_mos() - 0.5);
}

TEST_CASE("digits are compared in their order") {
  struct row {
    const char* sent;
    const char* heard;
    std::uint64_t right, wrong, missed;
  };
  for (auto& x : {row{"1234", "1234", 4, 0, 0}, row{"1234", "134", 3, 0, 1},
                  row{"1234", "12934", 4, 1, 0}, row{"1234", "1294", 3, 1, 1},
                  row{"", "5", 0, 1, 0}, row{"5", "", 0, 0, 1},
                  row{"112", "12", 2, 0, 1}}) {
    CAPTURE(x.sent);
    CAPTURE(x.heard);
    auto found = compare_digits(x.sent, x.heard);
    CHECK(found.right == x.right);
    CHECK(found.wrong == x.wrong);
    CHECK(found.missed == x.missed);
  }
}
