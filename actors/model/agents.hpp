#pragma once

#include "actors/model/agent_session.hpp"
#include "actors/model/directory.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace strowger::model {

/// What the desk is told with everything that happens.
struct desk_context {
  time_point now;
  const directory& config;
};

/// What the desk adds to an event that is about to be published. Reuse one:
/// observe() clears it.
struct observation {
  std::vector<journal_event> before;
  std::vector<journal_event> after;
  business_call business = business_call::unknown; // extension BusinessCall
  std::optional<int64_t> wrap_up_s; // extension WrapUpTime of established;
                                    // untimed_s for without end

  void clear();
};

/// The state of all agents of the switch, by DN and by agent. Pure: who owns it
/// passes in time and configuration and publishes the events it hands out.
///
/// To wire it in:
/// - before an event goes to the journal: observe() it, publish `before`, the
///   event, `after`. Events about agents need not be observed. Every call must
///   end with EventCallDeleted: until then the desk knows its kind;
/// - a request: perform(), answer the verdict, publish the events;
/// - after each of these arm one deadline at next_deadline(); when it comes,
///   step_deadline(), publish, arm anew. If both are due, deadlines come first;
/// - a new configuration: reconfigured(), publish;
/// - an unanswered call: publish penalise() before EventReleased (M13, M14);
/// - a client that disconnects: client_gone(), publish.
///
/// Rules that the reference leaves open are decided so:
/// - whoever asked for a break during a call gets it after the after-call work,
///   instead of becoming ready;
/// - a second login of agent or DN is refused;
/// - Ready is refused during legal guard, which ends by itself.
class agents {
public:
  // -- what happens: events to publish are appended to `out` ------------------

  using events = std::vector<journal_event>;

  /// Executes a request, or says why not; then nothing has changed.
  verdict perform(const agent_demand& x, const desk_context& ctx, events& out);

  /// Looks at an event before it is published.
  void observe(const journal_event& e, const desk_context& ctx,
               observation& out);

  /// Punishes the agent of a DN, if there is one, for not answering.
  void penalise(std::string_view dn, agent_penalty action,
                const desk_context& ctx, events& out);

  /// The phone is in a call that the switch does not see, or no more (M33).
  void phone_busy(std::string_view dn, bool busy, const desk_context& ctx,
                  events& out);

  /// A client has gone: `agent-logout-on-unreg` of the agents it logged in.
  void client_gone(std::string_view client, const desk_context& ctx,
                   events& out);

  /// The configuration has changed: agents of DNs that are gone log out.
  void reconfigured(const desk_context& ctx, events& out);

  /// Sets the kind of a call: request key BusinessCallType. `unknown` leaves it
  /// to the rules again.
  void classify(call_id call, business_call kind);

  /// When step_deadline() has something to do, or never.
  time_point next_deadline() const;

  /// Ends after-call work, legal guard and reservations, logs out idle agents.
  void step_deadline(const desk_context& ctx, events& out);

  // -- queries ----------------------------------------------------------------

  /// The agent of a DN; nothing if none is logged in there.
  std::optional<agent_status> at_dn(std::string_view dn) const;

  /// An agent by id; nothing if not logged in.
  std::optional<agent_status> find(std::string_view agent) const;

  /// All who are logged in, by time of login.
  std::vector<agent_status> all() const;

  /// The members of a group, also those who are logged out, in its order.
  std::vector<agent_status> members(const agent_group& group) const;

  size_t size() const {
    return by_agent_.size();
  }

  /// True if an agent is logged in at the DN.
  bool staffed(std::string_view dn) const {
    return session_of(dn) != nullptr;
  }

  /// True if a call can be routed to the DN: a ready agent, no call, not
  /// reserved, in service, no DND.
  bool available(std::string_view dn) const;

  /// The DN of the agent of a group who is available for the longest time; DNs
  /// of `exclude` are left out. Equals: who logged in first.
  std::optional<std::string> longest_idle(
    const agent_group& group, std::span<const std::string> exclude = {}) const;

  /// Same for the DNs of the places of a place group.
  std::optional<std::string>
  longest_idle(const place_group& group, const staff& all,
               std::span<const std::string> exclude = {}) const;

  /// What kind of work a call is to the party of a DN.
  business_call business_class_of(call_id call, std::string_view dn) const;

  /// Whose options count at a DN: its agent's, its own, the distributor's.
  option_scope scope_of(std::string_view dn, const directory& config,
                        std::string_view this_queue = {}) const;

  /// What `no-answer-action` of agent login or DN, else the application's
  /// `agent-no-answer-action`, says about the agent of a DN.
  agent_penalty no_answer_action(std::string_view dn,
                                 const directory& config) const;

  /// True if a new call to the DN gets 486: `reject-call-notready`,
  /// `reject-call-incall`.
  bool refuses_call(std::string_view dn, const directory& config) const;

private:
  using party = agent_party;
  using session = agent_session;
  using position = agent_position;
  using due_entry = std::tuple<time_point, uint64_t, session*>;

  // -- who is where (agents.cpp) ----------------------------------------------

  position& position_of(std::string_view dn);
  session* session_of(std::string_view dn) const;
  std::vector<session*> sessions() const;
  session* session_of_agent(std::string_view agent) const;
  bool is_available(const session& s) const;
  session* longest_idle_of(session* best, session* x,
                           std::span<const std::string> exclude) const;
  agent_status status_of(const session& x) const;

  // -- requests (agents_demands.cpp) ------------------------------------------

  verdict log_in(const agent_demand& x, const desk_context& ctx, events& out);
  verdict log_out(session& s, const agent_demand& x, const desk_context& ctx,
                  events& out);
  verdict make_ready(session& s, const agent_demand& x, const desk_context& ctx,
                     events& out);
  verdict make_not_ready(session& s, const agent_demand& x,
                         const desk_context& ctx, events& out);
  verdict ask_for_wrap_up(session& s, const agent_demand& x,
                          const desk_context& ctx, events& out);
  verdict reserve(session& s, const agent_demand& x, const desk_context& ctx,
                  events& out);

  // -- states (agents_states.cpp) ---------------------------------------------

  void report(event_type type, const session& s, const desk_context& ctx,
              std::string_view request, events& out) const;
  void enter(session& s, agent_posture next, const desk_context& ctx,
             std::string_view request, events& out);
  void start_wrap_up(session& s, int64_t wrap_up_s, agent_posture afterwards,
                     const desk_context& ctx, std::string_view request,
                     events& out);
  void start_guard(session& s, int64_t guard_s, agent_posture afterwards,
                   const desk_context& ctx, events& out);
  void end_rest(session& s, const desk_context& ctx, events& out);
  void pause_rest(session& s, const desk_context& ctx);
  void resume_rest(session& s, const desk_context& ctx);
  void end_reservation(session& s, const desk_context& ctx, events& out);
  void end_session(session& s, const desk_context& ctx,
                   std::string_view request, events& out);
  time_point auto_logout_at(const session& s, const directory& config) const;
  void rearm(session& s, const directory& config);

  // -- calls (agents_calls.cpp) -----------------------------------------------

  void on_dialing(const journal_event& e, const desk_context& ctx,
                  observation& out);
  void on_ringing(const journal_event& e, const desk_context& ctx,
                  observation& out);
  void on_established(const journal_event& e, const desk_context& ctx,
                      observation& out);
  void on_party_changed(const journal_event& e, const desk_context& ctx,
                        observation& out);
  void on_gone(const journal_event& e, const desk_context& ctx,
               observation& out);
  void on_business(session& s, const desk_context& ctx, observation& out);
  void after_call(session& s, const party& gone, business_call kind,
                  const desk_context& ctx, observation& out);
  void mark_distributed(const journal_event& e, const directory& config);
  bool is_business_by_type(const journal_event& e,
                           const directory& config) const;
  int64_t usual_wrap_up(const session& s, std::string_view queue,
                        const directory& config) const;
  business_call kind_of(const party& p) const;

  text_map<position> positions_;
  text_map<session*> by_agent_;
  std::set<due_entry> due_;
  std::unordered_map<uint64_t, business_call> kinds_; // of calls, by ConnID
  uint64_t logins_ = 0;                               // so far
};

} // namespace strowger::model
