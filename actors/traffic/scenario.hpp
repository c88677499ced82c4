#pragma once

#include "actors/traffic/arrival_law.hpp"
#include "actors/traffic/criterion.hpp"
#include "actors/traffic/duration_law.hpp"
#include "actors/traffic/impairment.hpp"
#include "actors/traffic/media_plan.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a scenario file says, as plain data: users and what they do. The load
/// generator and the simulator read the same file.
namespace strowger::traffic {

// -- parts --------------------------------------------------------------------

/// How the users of a population register (RFC 3261 §10).
struct registration {
  std::chrono::seconds expires{3600};
  std::string password; // for those whose line in `users` has none
  /// Registrations are spread evenly over this time.
  std::chrono::milliseconds spread{1000};
};

/// How the users of a population subscribe to something (RFC 6665).
struct subscribing {
  std::string event;  // the package
  std::string accept; // type of its documents
  std::chrono::seconds expires{3600};
  /// The first SUBSCRIBEs are spread evenly over this time.
  std::chrono::milliseconds spread{1000};
  std::vector<std::string> numbers; // whom they watch, in turn; empty:
                                    // themselves
};

/// A user: what it calls itself, and how it proves it.
struct identity {
  std::string number;
  std::string password; // empty: that of the registration
};

/// An answer that a called user may give.
struct answer {
  std::uint16_t status = 200;
  double chance = 1; // relative to those of the other answers
};

enum class step_kind : std::uint8_t {
  hold,
  retrieve,
  reinvite,
  update,
  info,
  dtmf,
  blind_transfer,
  attended_transfer,
};

/// Something that a user does in the middle of a call.
struct step {
  step_kind what = step_kind::hold;
  duration_law after;   // from the answer, or from the step before
  std::string argument; // digits, number to transfer to
};

enum class party : std::uint8_t { caller, callee, either };

/// How a user calls.
struct calling {
  std::vector<std::string> numbers; // whom; drawn at random, all alike
  arrival_law arrivals;
  duration_law talk;     // answer to BYE
  duration_law pause;    // between the calls of one user (arrival_law::users)
  duration_law patience; // INVITE to CANCEL; unset: as long as it takes
  party hangs_up = party::caller;
  std::vector<step> steps;
  double redial_chance = 0; // after busy or no answer
  duration_law redial_after;
  unsigned redials_at_most = 3;
};

/// How a user answers.
struct answering {
  std::vector<answer> answers{{}};
  duration_law ring_after;   // INVITE to 180; unset: no 180
  duration_law answer_after; // INVITE to the final response
  bool early_media = false;  // 183 with a description in place of 180
  duration_law talk;         // if this side hangs up
  std::vector<step> steps;
};

/// Users that behave alike.
struct population {
  std::string name;
  std::vector<identity> users;
  std::optional<registration> registers;
  std::optional<subscribing> subscribes;
  std::optional<calling> calls;
  std::optional<answering> answers;
  bool media = true; // where the scenario has any
  unsigned part = 0; // of it, where several generators share it
};

/// What tells the chance of these users from that of others.
inline std::string label_of(const population& x) {
  return x.part > 0 ? x.name + " part " + std::to_string(x.part) : x.name;
}

// -- the whole ----------------------------------------------------------------

/// How long it lasts. Results count what starts in the steady window.
struct plan {
  std::chrono::milliseconds warm_up{0};
  std::chrono::milliseconds steady{60'000};
  std::chrono::milliseconds drain{40'000}; // at most, for calls to end
  std::optional<std::uint64_t> calls;      // stop starting after so many
};

/// RFC 7502: the highest rate without a failure.
struct search_plan {
  double from_per_s = 10;
  double to_per_s = 10'000;
  double precision = 0.02; // of the rate
};

/// What is shown and checked over TLS; files in PEM.
struct tls_files {
  std::string certificate;
  std::string key;
  std::string authorities; // empty: none
  bool verify = false;     // the target, against those
};

struct scenario {
  std::string name;
  std::string target;            // "192.0.2.1:5060", where everything is sent
  std::string listen;            // "192.0.2.2:5080", where we are
  std::string transport = "udp"; // "tcp", "tls"
  std::optional<tls_files> tls;  // of "tls"
  std::string domain;            // of From and To; empty: the target's host
  std::uint64_t seed = 1;
  std::vector<population> populations;
  std::optional<media_plan> media; // nothing: no RTP
  plan run;
  std::vector<criterion> criteria;
  std::optional<search_plan> search;
  std::vector<impairment_rule> impairments; // the first that fits decides
};

/// What follows "sip:" or "sip:NUMBER@" in the URIs that everything is sent to.
inline std::string target_of(const scenario& x) {
  return x.target + (x.transport == "udp" ? "" : ";transport=" + x.transport);
}

} // namespace strowger::traffic
