#include "test/sim/broken.hpp"
#include "test/sim/world.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

using namespace strowger;
using sim::world;

namespace {

constexpr uint64_t first_seed = 1'000'000;
constexpr uint64_t steps_in_ci = 300'000;
constexpr size_t lines_shown = 40;

/// A number from the environment.
std::optional<uint64_t> setting(const char* name) {
  auto* text = std::getenv(name);
  return text ? std::optional{std::strtoull(text, nullptr, 10)} : std::nullopt;
}

/// Tells the story of a seed: its last lines, and what broke, if anything.
std::string retell(uint64_t seed) {
  std::vector<std::string> trace;
  std::string result = "holds";
  try {
    world{seed}.run([&](std::string&& x) { trace.push_back(std::move(x)); });
  } catch (const sim::broken& x) {
    result = x.what();
  }
  std::string text;
  auto from = trace.size() > lines_shown ? trace.size() - lines_shown : 0;
  for (auto i = from; i < trace.size(); ++i)
    text += trace[i] + "\n";
  return text + "broken: " + result
         + "\nreplay: STROWGER_SEED=" + std::to_string(seed);
}

// An assertion of the model ends the process; the seed must not die with it.
uint64_t seed_under_way = 0;

void tell_seed(int signal) {
  char text[64];
  std::snprintf(text, sizeof text, "\nreplay: STROWGER_SEED=%llu\n",
                static_cast<unsigned long long>(seed_under_way));
  std::fputs(text, stderr);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// What became of many calls.
struct tally {
  std::array<uint64_t, model::call_result_count> results{};
  uint64_t calls = 0;
  uint64_t steps = 0;
  std::optional<uint64_t> failed; // the seed
};

tally play(uint64_t seed, uint64_t steps) {
  tally t;
  for (auto signal : {SIGABRT, SIGSEGV})
    std::signal(signal, tell_seed);
  for (; t.steps < steps; ++seed) {
    seed_under_way = seed;
    world w{seed};
    try {
      w.run();
    } catch (const sim::broken&) {
      t.failed = seed;
      return t;
    }
    t.steps += w.steps();
    ++t.calls;
    ++t.results[static_cast<size_t>(w.record().result)];
  }
  return t;
}

} // namespace

TEST_CASE("whatever peers and wires do, a call keeps to SIP and ends clean") {
  if (auto seed = setting("STROWGER_SEED")) {
    auto print = [](std::string&& x) { std::puts(x.c_str()); };
    CHECK_NOTHROW(world{*seed}.run(print));
    return;
  }
  auto steps = setting("STROWGER_STEPS").value_or(steps_in_ci);
  auto t = play(setting("STROWGER_FIRST_SEED").value_or(first_seed), steps);
  INFO("calls " << t.calls << ", steps " << t.steps);
  if (t.failed)
    FAIL(retell(*t.failed));
  // The stories have to be worth telling: every end happens.
  for (size_t i = 0; i < t.results.size(); ++i) {
    if (static_cast<model::call_result>(i) == model::call_result::redirected)
      continue; // takes a client, see test/actors/referral_test
    CAPTURE(to_string(static_cast<model::call_result>(i)));
    CHECK(t.results[i] > 0);
  }
}
