#pragma once

#include "actors/alarm.hpp"
#include "actors/traffic/impairment.hpp"
#include "sip/datagram_socket.hpp"

#include <caf/actor_system.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strowger::sip {

class loop;

/// A bad network between a stack and everybody else, over UDP. It owns the
/// address at which the stack says it is; the stack itself listens at a
/// loopback address of this machine (`inside`) and sends all its requests to
/// `outbound`. Every peer has a loopback address of its own there, so the stack
/// answers each as if it spoke with it; the peers see nothing of all this.
class impaired_link {
public:
  impaired_link(loop& turner, caf::actor_system& system, reactor& host,
                traffic::impairments law);
  ~impaired_link();
  impaired_link(const impaired_link&) = delete;
  impaired_link& operator=(const impaired_link&) = delete;

  /// Takes `address`, "192.0.2.1:5080", which has to be one of this machine.
  /// Requests that name a host that is no numeric address go to `target`.
  /// Returns what is wrong, or nothing.
  std::optional<std::string> open(const std::string& address,
                                  const std::string& target);

  /// For `sip-interface` of the stack; its `sip-port` is that of `address`.
  std::string inside() const {
    return inside_.host();
  }
  /// For stack::send_through.
  std::string outbound() const;

  /// Until it is told to begin, every message passes as it is.
  void begin() {
    begun_ = true;
  }

  /// What it has done since it began.
  const traffic::impairment_tally& done() const {
    return law_.done();
  }

  /// So many peers are known at a time; the one that has been silent for
  /// longest makes room for a new one.
  static constexpr std::size_t peers_max = 500;
  /// So many messages are on their way at a time; more are not delayed.
  static constexpr std::size_t parcels_max = 200'000;

private:
  using direction = traffic::direction;
  /// Somebody outside, and what the stack takes for it.
  struct peer {
    datagram_socket inside;
    std::uint64_t used = 0;
  };
  struct parcel {
    direction way = direction::sent;
    ip_place peer; // from or to whom, outside
    std::string bytes;
    bool twice = false;
    bool held_back = false;
  };
  /// When it is due, and how many came before it.
  using turn = std::pair<model::time_point, std::uint64_t>;

  std::optional<std::string> open_inside();
  peer* find_peer(const ip_place& x);
  std::unique_ptr<peer> make_peer(const ip_place& x);
  void forget_silent_peer();
  void take_request(std::string_view message);
  void take_response(std::string_view message, const ip_place& to);
  void take(direction way, std::string message, const ip_place& peer);
  void keep(parcel&& x, model::duration time);
  void pass(const parcel& x);
  void deliver(const parcel& x);
  void on_tick();

  loop& loop_;
  caf::actor_system& system_;
  reactor& reactor_;
  traffic::impairments law_;
  bool begun_ = false;

  ip_place outside_;
  ip_place target_;
  datagram_socket public_; // at outside_
  unsigned block_ = 0;     // of our loopback addresses
  ip_place inside_;        // where the stack is
  ip_place outbound_;
  datagram_socket requests_; // at outbound_
  std::uint32_t next_address_ = 0;
  std::map<ip_place, std::unique_ptr<peer>> peers_;
  std::uint64_t clock_ = 0; // counts messages, for peer::used

  std::map<turn, parcel> waiting_;
  std::array<std::vector<turn>, 2> held_back_; // of those, by direction
  std::uint64_t parcels_ = 0;
  deadline_listener ticker_;
  alarm wake_;
};

} // namespace strowger::sip
