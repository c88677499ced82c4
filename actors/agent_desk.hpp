#pragma once

#include "actors/alarm.hpp"
#include "actors/environment.hpp"
#include "actors/model/agents.hpp"

#include <caf/fwd.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strowger {

/// The shell around model::agents: shows it every event before the journal
/// numbers it, publishes the events of agents, keeps its deadline. While nobody
/// is logged in, the journal does not even know of it. What went on before the
/// first login it takes from the ledger, which is kept where somebody follows
/// the journal.
class agent_desk final : public event_observer {
public:
  agent_desk(caf::actor_system& system, environment& env)
    : system_(system), env_(env) {
    // nop
  }
  agent_desk(const agent_desk&) = delete;
  agent_desk& operator=(const agent_desk&) = delete;

  /// Its actor ends; nothing may be asked of it afterwards.
  void shut_down();

  // -- what happens -----------------------------------------------------------

  /// Executes a request; the verdict comes at once, before its events.
  void submit(const model::agent_demand& x, const model::verdict_taker& taker);

  /// What kind of work a call is that has had no event yet (request key
  /// BusinessCallType). While no agent is logged in that is nobody's affair.
  void classify(model::call_id call, model::business_call kind);

  /// The agent of a DN did not answer; before EventReleased of its party.
  void penalise(std::string_view dn, model::agent_penalty action);

  /// The phone is in a call that the switch does not see, or no more.
  void phone_busy(std::string_view dn, bool busy);

  /// A client that logged agents in has gone: `agent-logout-on-unreg`.
  void client_gone(std::string_view client);

  /// There is another configuration.
  void reconfigured();

  // -- queries ----------------------------------------------------------------

  /// The agent at the DN, and whether what the agent does keeps calls away.
  model::agent_presence agent_at(std::string_view dn) const;

  /// What happens to the agent of a DN who does not answer, by option.
  model::agent_penalty no_answer_action(std::string_view dn) const;

  /// The DN of the agent who is available for the longest time, in an agent
  /// group or place group of this name; nothing if nobody is.
  std::optional<std::string> longest_idle(
    std::string_view group, std::span<const std::string> exclude) const;

  const model::agents& agents() const {
    return agents_;
  }

private:
  using events = std::vector<model::journal_event>;

  model::observation& observe(model::journal_event& x) override;
  void catch_up();
  model::desk_context context() const;
  void recall(const model::ledger_call& x, const model::desk_context& ctx);
  void recall(const model::ledger_dn& x, const model::desk_context& ctx);
  void open();
  void settle();
  template <class Step>
  void run(Step step);

  caf::actor_system& system_;
  environment& env_;
  model::agents agents_;
  model::observation seen_; // of the event under way
  deadline_listener watcher_;
  alarm wake_;
  bool open_ = false; // the journal shows it events
};

} // namespace strowger
