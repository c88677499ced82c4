#include "test/sim/offices.hpp"
#include "test/sim/world.hpp"

#include <utility>

/// The devices of the world: they grant, refuse and forward as they like.
namespace strowger::sim {

using namespace model;

/// What the users of DNs may want: any of it, or nothing.
std::shared_ptr<const diversion_terms> world::some_diversions() {
  if (random.chance(50))
    return nullptr;
  diversion_terms x;
  if (random.chance(50))
    x.on_busy = some_number(random);
  if (random.chance(30))
    x.on_no_answer = some_number(random);
  for (auto n = random.below(4); n > 0; --n)
    x.overflow.push_back(
      random.pick({"recall", "release", "100", "103", "9123", "500", "777"}));
  x.no_answer_timeout_s = random.pick<int64_t>({0, 1, 5, 15});
  x.business_only = random.chance(30);
  return std::make_shared<const diversion_terms>(std::move(x));
}

void world::answer_seize(const std::string& device, const seize& x) {
  if (x.purpose == purpose::reach && random.chance(8)) {
    forwarded y{x.seizure, some_number(random)};
    in_mailbox([this, y]() mutable {
      if (trace_)
        say("  > forwarded " + std::to_string(y.seizure) + " to "
            + y.destination);
      ledger_.refused(y.seizure);
      step([&](auto& ctx, auto& fx) {
        model::step(call_, std::move(y), ctx, fx);
      });
    });
    return;
  }
  auto grants = x.purpose == purpose::origin ? random.chance(97)
                                             : random.chance(85);
  if (!grants) {
    refused y;
    y.seizure = x.seizure;
    y.why = random.pick({refusal::not_registered, refusal::out_of_service,
                         refusal::at_capacity, refusal::do_not_disturb,
                         refusal::draining});
    in_mailbox([this, y] {
      ledger_.refused(y.seizure);
      step(
        [&](auto& ctx, auto& fx) { model::step(call_, refused{y}, ctx, fx); });
    });
    return;
  }
  seized y;
  y.seizure = x.seizure;
  if (x.purpose != purpose::origin) {
    auto count = random.chance(60) ? 1 : 1 + random.below(3);
    for (uint64_t i = 0; i < count; ++i)
      y.targets.emplace_back().uri = "sip:" + x.number + "@" + device + "-"
                                     + std::to_string(i);
    y.parallel = random.chance(50);
    y.diversions = some_diversions();
    y.agent_logged_in = random.chance(50);
  }
  in_mailbox([this, y]() mutable {
    if (trace_)
      say("  > seized " + std::to_string(y.seizure) + ", targets "
          + std::to_string(y.targets.size())
          + (y.parallel ? " in parallel" : ""));
    ledger_.granted(y.seizure);
    step(
      [&](auto& ctx, auto& fx) { model::step(call_, std::move(y), ctx, fx); });
  });
}

} // namespace strowger::sim
