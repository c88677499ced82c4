#include "actors/traffic/rtp_stream.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

using namespace strowger::traffic;

namespace {

/// Packets each 20 ms, by their true numbers; what arrives has 16 bits of them.
struct line {
  void arrive(std::uint64_t number) {
    at_us += 20'000;
    heard.packet({static_cast<std::uint16_t>(number),
                  static_cast<std::uint32_t>(number * 160), at_us});
  }

  rtp_stream heard;
  std::int64_t at_us = 1'000'000;
};

/// The same by brute force, from the whole list.
struct reference {
  explicit reference(const std::vector<std::uint64_t>& arrivals) {
    std::set<std::uint64_t> seen;
    std::uint64_t highest = 0;
    for (auto x : arrivals) {
      auto is_new = seen.insert(x).second;
      duplicates += !is_new;
      reordered += is_new && x < highest;
      highest = std::max(highest, x);
    }
    unique = seen.size();
    expected = *seen.rbegin() - *seen.begin() + 1;
    lost = expected - unique;
    for (auto x = seen.begin(); std::next(x) != seen.end(); ++x) {
      auto gap = *std::next(x) - *x - 1;
      runs += gap > 0;
      longest = std::max(longest, gap);
    }
  }

  std::uint64_t unique = 0, expected = 0, lost = 0, duplicates = 0,
                reordered = 0, runs = 0, longest = 0;
};

/// What a network makes of 2000 packets: it loses some, alone and in bursts,
/// repeats some, and holds some back, but none for longer than the window.
std::vector<std::uint64_t> network(std::mt19937_64& dice) {
  auto chance = [&dice](double p) {
    return std::uniform_real_distribution<double>{}(dice) < p;
  };
  auto loss = static_cast<double>(dice() % 20) / 100;
  auto disorder = static_cast<double>(dice() % 10) / 100;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> packets; // place, number
  auto first = dice() % 70'000;
  std::uint64_t burst = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    if (burst > 0 && burst-- > 0)
      continue;
    if (chance(loss)) {
      burst = chance(0.2) ? dice() % 60 : 0;
      continue;
    }
    auto held_back = chance(disorder) ? dice() % 50 : 0;
    packets.emplace_back(i + held_back, first + i);
    if (chance(0.02))
      packets.emplace_back(i + dice() % 50, first + i);
  }
  std::ranges::stable_sort(packets, {}, [](auto& x) { return x.first; });
  std::vector<std::uint64_t> result;
  for (auto& x : packets)
    result.push_back(x.second);
  return result;
}

} // namespace

TEST_CASE("what a network does to a stream is counted as by brute force") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 dice{seed};
    auto arrivals = network(dice);
    line x;
    for (auto number : arrivals) {
      x.arrive(number);
      REQUIRE(x.heard.expected() >= x.heard.unique() + x.heard.lost());
    }
    x.heard.finish();
    reference wanted{arrivals};
    CHECK(x.heard.expected() == wanted.expected);
    CHECK(x.heard.unique() == wanted.unique);
    CHECK(x.heard.lost() == wanted.lost);
    CHECK(x.heard.duplicates() == wanted.duplicates);
    CHECK(x.heard.reordered() == wanted.reordered);
    CHECK(x.heard.loss_runs() == wanted.runs);
    CHECK(x.heard.longest_loss() == wanted.longest);
    CHECK(x.heard.late() == 0);
    CHECK(x.heard.restarts() == 0);
  }
}

TEST_CASE("a packet that comes after 128 later ones is late, and lost") {
  line x;
  x.arrive(1);
  for (std::uint64_t i = 3; i <= 130; ++i)
    x.arrive(i);
  CHECK(x.heard.lost() == 1);
  x.arrive(2);
  x.heard.finish();
  CHECK(x.heard.late() == 1);
  CHECK(x.heard.lost() == 1);
  CHECK(x.heard.expected() == 130);
}

TEST_CASE("another numbering is no loss; one wild packet is no numbering") {
  line x;
  for (std::uint64_t i = 100; i < 200; ++i)
    x.arrive(i);
  x.arrive(40'000); // wild
  x.arrive(200);
  CHECK(x.heard.restarts() == 0);
  for (std::uint64_t i = 20'000; i < 20'050; ++i)
    x.arrive(i);
  x.heard.finish();
  CHECK(x.heard.restarts() == 1);
  CHECK(x.heard.lost() == 0);
  CHECK(x.heard.expected() == 151);
  CHECK(x.heard.unique() == 151);
}

TEST_CASE("jitter is that of RFC 3550: even streams have none, and packets "
          "that come 8 ms early and late in turn tend to 16 ms") {
  rtp_stream even;
  rtp_stream uneven;
  for (std::uint16_t i = 0; i < 2000; ++i) {
    auto at_us = std::int64_t{i} * 20'000;
    auto timestamp = std::uint32_t{i} * 160U - 100'000U; // wraps on its way
    even.packet({i, timestamp, at_us});
    uneven.packet({i, timestamp, at_us + (i % 2 == 0 ? 8000 : -8000)});
  }
  CHECK(even.jitter_us() == 0);
  CHECK(uneven.jitter_us() == doctest::Approx(16'000).epsilon(0.001));
  CHECK(uneven.mean_jitter_us() == doctest::Approx(16'000).epsilon(0.02));
  CHECK(even.longest_gap_us() == 20'000);
}

TEST_CASE("digits, which repeat their timestamp, are no jitter") {
  rtp_stream x;
  for (std::uint16_t i = 0; i < 100; ++i) {
    auto is_digit = i >= 40 && i < 50;
    auto timestamp = is_digit ? 40U * 160U : i * 160U;
    x.packet({i, timestamp, std::int64_t{i} * 20'000, !is_digit});
  }
  CHECK(x.jitter_us() == 0);
  CHECK(x.unique() == 100);
}

TEST_CASE("losses in a row make the burst ratio of G.107 grow") {
  line alone;
  line together;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    if (i % 50 != 7)
      alone.arrive(i);
    if (i % 200 >= 4 || i < 4)
      together.arrive(i);
  }
  alone.heard.finish();
  together.heard.finish();
  CHECK(alone.heard.loss_share() == doctest::Approx(0.02));
  CHECK(alone.heard.burst_ratio() == 1);
  CHECK(together.heard.longest_loss() == 4);
  CHECK(together.heard.burst_ratio() == doctest::Approx(4 * (1 - 0.016)));
}
