#pragma once

#include "actors/model/demand.hpp"
#include "actors/model/directory.hpp"
#include "actors/model/journal.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

/// Which strategy decides about which waiting call. The desk follows the events
/// of the switch; what it has for its clients comes out as notices.
namespace strowger::model {

/// A client of the desk; never used twice. 0 is nobody.
using route_client = uint64_t;

// -- what a client is told ----------------------------------------------------

/// A call wants an instruction (EventRouteRequest).
struct route_request {
  time_point since{};    // on the routing point
  time_point timed{};    // since when `router-timeout` runs
  uint32_t attempts = 0; // how often it was offered before, to anybody
  std::string ani;
  std::string dnis;
  shared_user_data user_data; // null is empty
};

/// An instruction was carried out (EventRouteUsed).
struct route_used {
  std::string request;
  std::string destination; // empty: the caller was refused, as instructed
};

/// An instruction failed. The call still waits, unless the reason says that it
/// is gone.
struct route_failed {
  std::string request;
  fault why = fault::none;
  std::string text; // for people
};

/// The request needs no answer any more.
struct route_withdrawn {
  enum class reason : uint8_t {
    abandoned,        // the caller gave up
    default_routed,   // `router-timeout`: the default route was taken
    routed_elsewhere, // by another client
    released,         // ended otherwise: cleared, no default route
  };
  reason why = reason::abandoned;
};

struct route_notice {
  route_client to = 0;
  call_id call;
  std::string point;
  std::variant<route_request, route_used, route_failed, route_withdrawn> what;
};

// -- what a client asks -------------------------------------------------------

/// A client as it registers.
struct route_service {
  std::vector<std::string> points; // routing points and queues that it serves
  size_t requests_max = 1000;      // most requests that it has at a time
  bool spare = false; // gets what clients that are no spares do not take
};

/// Where a call goes (TRouteCall), as far as the desk has to know it.
struct route_instruction {
  call_id call;
  std::string point;
  std::string request; // the client's id
  bool ends = false;   // the caller is refused: no route will be used
};

// -- the desk -----------------------------------------------------------------

struct route_context {
  time_point now{};
  const directory& config;
};

/// Every waiting call is with one client at most. A call whose client goes, or
/// that came when there was none with room, goes to the next one that serves
/// its routing point (`route-request-policy`). Costs a table entry for each
/// waiting call when nobody serves.
class route_desk {
public:
  using notices = std::vector<route_notice>;

  /// Follows the journal.
  void take(const journal_event& x, const route_context& ctx, notices& out);

  /// A client comes; calls that wait for somebody are offered to it.
  route_client open(route_service x, const route_context& ctx, notices& out);

  /// A client goes. What it was asked goes to others.
  void close(route_client who, const route_context& ctx, notices& out);

  /// An instruction comes in. If accepted it is to be carried out, and is under
  /// way until judged() or an event says what came of it.
  verdict instruct(route_client who, route_instruction x);

  /// What the switch said to the instruction of that id. A call that it refused
  /// to route is offered again.
  void judged(route_client who, call_id call, std::string_view request,
              const verdict& x, const route_context& ctx, notices& out);

  /// May the client say that the call is to wait on? If so it is not offered
  /// again because the last instruction has failed.
  verdict keep_waiting(route_client who, call_id call, std::string_view point);

  /// The switch has said yes: `router-timeout` begins anew.
  void waits_anew(call_id call, time_point now);

  /// Offers again what is due.
  void tick(const route_context& ctx, notices& out);
  time_point next_deadline() const;

  // -- for whoever watches ----------------------------------------------------

  /// The routing point where a call waits, or null.
  const std::string* point_of(call_id call) const;
  /// Who is to decide about a call; 0: nobody.
  route_client holder_of(call_id call) const;
  /// How long the client of a call has had it without an instruction.
  std::optional<duration> unanswered_for(call_id call, time_point now) const;
  size_t clients() const {
    return clients_.size();
  }
  /// Calls that are with a client, and calls that wait for one.
  size_t open_requests() const {
    return held_;
  }
  size_t unclaimed_requests() const {
    return unclaimed_;
  }

private:
  struct under_way {
    route_client by = 0; // may be gone
    std::string request;
    bool ends = false;
  };
  struct wait {
    call_id call;
    uint64_t arrival = 0; // counts up
    std::string point;
    route_request offer;
    route_client holder = 0;
    std::optional<under_way> instruction;
    std::optional<time_point> offered; // and not yet answered
    time_point again = never;          // to be offered again
  };
  struct client {
    route_service service;
    std::set<std::pair<uint64_t, call_id>> open; // by arrival
  };
  struct served_point {
    std::vector<route_client> clients; // who came first stands first
    route_client last = 0;             // that got a call
    std::map<uint64_t, call_id> unclaimed;
  };
  struct id_hash {
    size_t operator()(call_id x) const {
      return static_cast<size_t>(x.value);
    }
  };

  wait* find(call_id call, std::string_view point);
  verdict objection(route_client who, call_id call,
                    std::string_view point) const;
  route_client choose(const served_point& at, bool spares, bool shared) const;
  void begin(const journal_event& x, const route_context& ctx, notices& out);
  void move(const journal_event& x, const route_context& ctx, notices& out);
  void follow(const journal_event& x, const route_context& ctx, notices& out);
  void assign(wait& x, const route_context& ctx, notices& out);
  void offer(wait& x, route_client to, const route_context& ctx, notices& out);
  void let_go(wait& x);
  void fill(route_client who, const route_context& ctx, notices& out);
  void fail(wait& x, fault why, std::string text, const route_context& ctx,
            notices& out);
  void tell_end(const wait& x, const std::string* destination,
                route_withdrawn::reason why, notices& out) const;
  void finish(wait& x, const std::string* destination,
              route_withdrawn::reason why, const route_context& ctx,
              notices& out);

  std::unordered_map<call_id, wait, id_hash> waits_;
  std::unordered_map<route_client, client> clients_;
  text_map<served_point> points_;
  std::set<std::pair<time_point, call_id>> again_;
  uint64_t arrivals_ = 0;
  route_client last_client_ = 0;
  size_t held_ = 0;      // are with a client
  size_t unclaimed_ = 0; // wait for one
};

} // namespace strowger::model
