#include "sip/impaired_link.hpp"

#include "actors/watcher.hpp"
#include "sip/datagram_text.hpp"
#include "sip/loop.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace strowger::sip {

namespace {

// Each link has 127.B.0.0/16 for itself, and its stack and its peers have the
// port of its public address: Via and Contact show the port that the stack
// listens at, so it cannot be another one. Other generators of this machine
// may have that port at another address.
constexpr unsigned first_block = 100;
constexpr unsigned blocks = 100;
constexpr std::uint32_t stack_address = 1;
constexpr std::uint32_t outbound_address = 2;
constexpr std::uint32_t first_peer_address = 3;
constexpr std::uint32_t last_peer_address = 0xfffe;

ip_place loopback(unsigned block, std::uint32_t number, std::uint16_t port) {
  std::array<std::uint8_t, 4> octets{127, static_cast<std::uint8_t>(block),
                                     static_cast<std::uint8_t>(number >> 8),
                                     static_cast<std::uint8_t>(number)};
  return {ip_address::from_v4(octets), port};
}

bool is_any(const ip_address& x) {
  auto zeros = x.is_v4() ? 12 : 0;
  return std::all_of(x.bytes.begin() + zeros, x.bytes.end(),
                     [](auto byte) { return byte == 0; });
}

} // namespace

// -- life ---------------------------------------------------------------------

impaired_link::impaired_link(loop& turner, caf::actor_system& system,
                             reactor& host, traffic::impairments law)
  : loop_(turner), system_(system), reactor_(host), law_(std::move(law)),
    next_address_(first_peer_address) {
  ticker_ = system_.spawn(watcher, [this] { on_tick(); });
}

impaired_link::~impaired_link() {
  wake_.cancel();
  caf::anon_send_exit(ticker_, caf::exit_reason::user_shutdown);
}

std::optional<std::string> impaired_link::open(const std::string& address,
                                               const std::string& target) {
  auto at = resolve(address);
  if (!at)
    return address + " is not an address";
  if (is_any(at->address))
    return "impairments need one address in listen, not " + address;
  outside_ = *at;
  auto there = resolve(target, outside_.address.is_v4() ? AF_INET : AF_INET6);
  if (!there)
    return target + " is not known, or cannot be reached from " + address;
  target_ = *there;
  auto error = public_.open(loop_.root(), outside_,
                            [this](auto message, const ip_place& from) {
                              std::string text(message);
                              if (!message.starts_with("SIP/"))
                                ask_for_source(text);
                              take(direction::received, std::move(text), from);
                            });
  if (error != 0)
    return "cannot listen at " + address + ": " + std::strerror(error);
  return open_inside();
}

std::optional<std::string> impaired_link::open_inside() {
  auto take_any = [this](auto message, const ip_place&) {
    take_request(message);
  };
  for (unsigned i = 0; i < blocks; ++i) {
    block_ = first_block + i;
    inside_ = loopback(block_, stack_address, outside_.port);
    outbound_ = loopback(block_, outbound_address, outside_.port);
    auto error = requests_.open(loop_.root(), outbound_, take_any);
    if (error == 0) {
      requests_.connect(inside_);
      return std::nullopt;
    }
    if (error != EADDRINUSE)
      return std::string{"cannot listen for impairments: "}
             + std::strerror(error);
  }
  return "no loopback address is left for impairments";
}

std::string impaired_link::outbound() const {
  return "sip:" + outbound_.host() + ":" + std::to_string(outbound_.port)
         + ";transport=udp";
}

// -- peers --------------------------------------------------------------------

impaired_link::peer* impaired_link::find_peer(const ip_place& x) {
  auto found = peers_.find(x);
  if (found == peers_.end()) {
    if (peers_.size() >= peers_max)
      forget_silent_peer();
    auto fresh = make_peer(x);
    if (!fresh)
      return nullptr;
    found = peers_.emplace(x, std::move(fresh)).first;
  }
  found->second->used = ++clock_;
  return found->second.get();
}

/// Null: this machine has no socket left.
std::unique_ptr<impaired_link::peer>
impaired_link::make_peer(const ip_place& x) {
  // Once all addresses have been used, peers that are still there hold some.
  for (std::size_t tries = 0; tries <= peers_max; ++tries) {
    auto at = loopback(block_, next_address_, outside_.port);
    next_address_ = next_address_ < last_peer_address ? next_address_ + 1
                                                      : first_peer_address;
    auto result = std::make_unique<peer>();
    auto error = result->inside.open(
      loop_.root(), at,
      [this, x](auto message, const ip_place&) { take_response(message, x); });
    if (error == 0 && result->inside.connect(inside_))
      return result;
    if (error != EADDRINUSE)
      return nullptr;
  }
  return nullptr;
}

void impaired_link::forget_silent_peer() {
  peers_.erase(
    std::min_element(peers_.begin(), peers_.end(), [](auto& a, auto& b) {
      return a.second->used < b.second->used;
    }));
}

// -- messages -----------------------------------------------------------------

void impaired_link::take_request(std::string_view message) {
  take(direction::sent, std::string(message),
       next_hop(message).value_or(target_));
}

void impaired_link::take_response(std::string_view message,
                                  const ip_place& to) {
  // The stack has written into Via what it takes the peer for.
  std::string text(message);
  auto place = tell_source(text, to);
  take(direction::sent, std::move(text), place);
}

void impaired_link::take(direction way, std::string message,
                         const ip_place& peer) {
  traffic::message_fate fate;
  if (auto kind = traffic::kind_of(message); kind && begun_)
    fate = law_.judge(way, *kind);
  if (fate.lost)
    return;
  parcel x{way, peer, std::move(message), fate.duplicated, fate.held_back};
  if (fate.held_back)
    keep(std::move(x), traffic::impairments::held_at_most);
  else if (fate.delay > model::duration{0})
    keep(std::move(x), fate.delay);
  else
    pass(x);
}

void impaired_link::keep(parcel&& x, model::duration time) {
  if (waiting_.size() >= parcels_max)
    return pass(x);
  turn when{reactor_.clock_now() + time, ++parcels_};
  if (x.held_back)
    held_back_[static_cast<std::size_t>(x.way)].push_back(when);
  waiting_.emplace(when, std::move(x));
  wake_.set(reactor_, waiting_.begin()->first.first, ticker_);
}

/// Delivers it, and then those that were to be overtaken by it.
void impaired_link::pass(const parcel& x) {
  deliver(x);
  auto overtaken = std::exchange(held_back_[static_cast<std::size_t>(x.way)],
                                 {});
  for (auto& when : overtaken)
    if (auto late = waiting_.extract(when))
      deliver(late.mapped());
}

void impaired_link::deliver(const parcel& x) {
  for (int copies = x.twice ? 2 : 1; copies > 0; --copies)
    if (x.way == direction::sent)
      public_.send(x.bytes, x.peer);
    else if (auto* from = find_peer(x.peer))
      from->inside.send(x.bytes);
}

void impaired_link::on_tick() {
  wake_.rang();
  auto now = reactor_.clock_now();
  while (!waiting_.empty() && waiting_.begin()->first.first <= now) {
    auto next = waiting_.extract(waiting_.begin());
    auto& x = next.mapped();
    if (x.held_back) {
      std::erase(held_back_[static_cast<std::size_t>(x.way)], next.key());
      deliver(x);
    } else {
      pass(x);
    }
  }
  if (!waiting_.empty())
    wake_.set(reactor_, waiting_.begin()->first.first, ticker_);
}

} // namespace strowger::sip
