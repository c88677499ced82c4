#pragma once

#include "actors/model/directory.hpp"
#include "actors/reactor.hpp"
#include "sip/loop.hpp"
#include "sip/stack.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// A stack on loopback with a switchboard that opens a recorder instead of a
/// call, and raw sockets as peers, all of them in one thread.
namespace strowger::test {

using signal
  = std::variant<model::offered, model::responded, model::requested,
                 model::acked, model::cancelled, model::unacknowledged>;

/// A signal, and the call that got it.
struct heard_signal {
  model::call_id by;
  signal what;
};

/// Puts every signal of a call into a list that the test reads.
struct recorder_state {
  static inline constexpr const char* name = "recorder";
};

inline call_actor::behavior_type
recorder(call_actor::stateful_pointer<recorder_state> self, model::call_id id,
         std::vector<heard_signal>* heard) {
  (void)self;
  auto note = [=](auto& x) { heard->push_back({id, std::move(x)}); };
  return {
    [](tick) {},
    [=](model::offered& x) { note(x); },
    [=](model::responded& x) { note(x); },
    [=](model::requested& x) { note(x); },
    [=](model::acked& x) { note(x); },
    [=](model::cancelled& x) { note(x); },
    [=](model::unacknowledged& x) { note(x); },
    [](model::seized&) {},
    [](model::refused&) {},
    [](model::forwarded&) {},
    [](model::demanded&) {},
    [](model::word_to_call&) {},
    [](clear&) {},
    [](farewell) {},
  };
}

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

/// A SIP message as its peer sees it.
struct wire_message {
  std::string text;

  bool empty() const {
    return text.empty();
  }
  std::string first_line() const {
    return text.substr(0, text.find("\r\n"));
  }
  int status() const;
  std::string header(std::string_view name) const; // first, value only
  std::vector<std::string> headers(std::string_view name) const;
  std::string body() const;
};

/// A UDP or TCP endpoint on loopback.
class peer {
public:
  explicit peer(uint16_t port, bool tcp = false);
  ~peer();
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;

  void connect(uint16_t port); // TCP only
  void listen();               // TCP only: takes the first connection
  void send(const std::string& text, uint16_t to_port);
  std::optional<wire_message> poll();
  uint16_t port() const {
    return port_;
  }

private:
  int socket_;
  int listener_ = -1;
  bool tcp_;
  uint16_t port_;
  std::string pending_;
};

struct edge_fixture : switchboard, outlets {
  static constexpr uint16_t sip_port = 26000;

  struct installed : caf::actor_system_config {
    explicit installed(reactor& host) {
      host.install(*this);
    }
  };

  explicit edge_fixture(unsigned t1_ms = 500, model::option_values more = {});
  ~edge_fixture();

  // -- switchboard ------------------------------------------------------------

  const model::directory& config() const override {
    return *directory;
  }
  admission admit() override {
    return room;
  }
  bool awaits(std::string_view, std::string_view called,
              std::optional<model::call_id>) const override {
    return called == awaited;
  }
  opened open(model::offered&& x) override;
  bool enrol(enrolment&&) override {
    return false;
  }
  void phone_busy(std::string_view dn, bool busy) override {
    busy_phones.push_back(std::string{dn} + (busy ? " busy" : " idle"));
  }

  // -- outlets ----------------------------------------------------------------

  void event(uint64_t, const model::journal_event&) override {
  }
  void record(const model::call_record&) override {
  }
  void bindings(const std::string&,
                const std::vector<model::binding>&) override {
  }
  void log(severity, model::call_id, std::string_view) override {
  }
  bool wants(severity) const override {
    return false;
  }

  // -- turning ----------------------------------------------------------------

  /// Turns until `done` or a second has passed; says whether it is done.
  bool until(const std::function<bool()>& done, int limit_ms = 1000);
  /// The next message to `p`; empty if none comes.
  wire_message receive(peer& p, int limit_ms = 1000);
  /// Nothing comes to `p` for a while.
  bool silent(peer& p, int ms = 60);
  /// The next signal, which must be of this type; `heard_by` is its call.
  template <class T>
  T hear() {
    REQUIRE(until([&] { return heard.size() > read; }));
    REQUIRE(std::holds_alternative<T>(heard[read].what));
    heard_by = heard[read].by;
    return std::get<T>(std::move(heard[read++].what));
  }
  bool heard_nothing(int ms = 60);
  void perform(model::command x) {
    stack.perform(id, std::move(x));
  }
  void perform(model::call_id call, model::command x) {
    stack.perform(call, std::move(x));
  }

  // -- flows ------------------------------------------------------------------

  /// A call that no INVITE opened.
  model::call_id adopt();
  /// An INVITE of `a` with the given further header lines.
  std::string invite_text(peer& a, std::string_view lines = {},
                          std::string_view cseq = "1 INVITE");
  /// Opens a call from `a` and returns what the call was offered.
  model::offered call_from(peer& a, std::string_view lines = {});
  /// Has the call invite `b`; returns the INVITE.
  wire_message invite(peer& b, model::invite x = {});
  /// Whole call up to the ACKs on both sides.
  void establish(peer& a, peer& b);
  wire_message last_2xx;    // that `a` got
  wire_message last_invite; // that `b` got

  real_clock clock;
  reactor turns{clock};
  std::shared_ptr<const model::directory> directory;
  installed config_{turns};
  caf::actor_system system{config_};
  sip::loop loop{turns};
  sip::stack stack{loop, system, turns, *this, *this};
  admission room;
  std::string awaited = "nobody";
  std::vector<heard_signal> heard;
  size_t read = 0;
  std::vector<std::string> busy_phones; // as told, in order
  model::call_id heard_by;
  model::call_id id{0};
  std::vector<call_actor> recorders;
};

/// A request of `a` inside the dialog that `response` to it opened.
std::string in_dialog(const peer& a, const wire_message& response,
                      std::string_view method, int cseq,
                      std::string_view lines = {}, std::string_view body = {});

/// A request of `b` inside the dialog that our INVITE to it opened.
std::string back_in_dialog(const peer& b, const wire_message& invite,
                           std::string_view method, int cseq,
                           std::string_view lines = {},
                           std::string_view body = {});

model::respond answer(uint16_t status, model::txn_number txn = 0,
                      model::leg_number leg = 0);

model::request make_request(model::method method, model::txn_number txn,
                            model::leg_number leg);

/// A response of `p` to a request it has got.
std::string response_to(const wire_message& request, int status,
                        std::string_view tag, std::string_view lines = {},
                        std::string_view body = {});

inline constexpr std::string_view sdp
  = "v=0\r\no=alice 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
    "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

} // namespace strowger::test
