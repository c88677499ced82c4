#include "services/media/engine.hpp"

#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <utility>

namespace strowger::services::media {

namespace {

constexpr std::int64_t beat_ns = 2'000'000;
constexpr std::uint64_t beats_a_second = 1'000'000'000 / beat_ns;

// Of beats that were missed so many are made up for: more would be a burst
// that no phone sends.
constexpr std::uint64_t made_up_beats = 50;

// A port may still be held by somebody else, also by a call that ends.
constexpr unsigned ports_tried = 64;

/// Two sockets for each call are more than the 1024 descriptors of many shells.
void want_descriptors() {
  rlimit x{};
  if (getrlimit(RLIMIT_NOFILE, &x) == 0 && x.rlim_cur < x.rlim_max) {
    x.rlim_cur = x.rlim_max;
    setrlimit(RLIMIT_NOFILE, &x);
  }
}

} // namespace

// -- one user -----------------------------------------------------------------

/// The hand of a session on its end: offers and answers are made here, on the
/// reactor's thread; what follows of them is asked of the other.
class engine::user final : public traffic::media_end {
public:
  user(engine& host, std::shared_ptr<rtp_end> end, traffic::own_audio us)
    : host_(host), end_(std::move(end)), exchange_(std::move(us)) {
    // nop
  }
  ~user() override {
    ++host_.closes_;
    host_.ask({order::verb::close, std::move(end_), {}, {}});
  }

  model::content offer(bool held) override {
    model::content result{"application/sdp", exchange_.offer(held)};
    flow();
    return result;
  }
  model::content answer(bool held) override {
    auto text = exchange_.answer(held);
    flow();
    return text.empty() ? model::content{}
                        : model::content{"application/sdp", std::move(text)};
  }
  void hear(const model::content& peer) override {
    if (!exchange_.hear(peer.data))
      host_.ask({order::verb::disagree, end_, {}, {}});
    flow();
  }
  void talk(bool on) override {
    exchange_.talk(on);
    flow();
  }
  std::optional<std::chrono::milliseconds>
  send_digits(std::string_view digits) override {
    using enum traffic::digit_way;
    auto way = host_.voice_.plan.digits;
    if (!flow_.sends || way == info || (way == events && !flow_.event_payload))
      return std::nullopt;
    host_.ask({order::verb::dial, end_, {}, std::string{digits}});
    return traffic::digit_time * static_cast<int>(digits.size());
  }

private:
  void flow() {
    auto now = exchange_.flow();
    if (now == flow_)
      return;
    flow_ = now;
    host_.ask({order::verb::redirect, end_, std::move(now), {}});
  }

  engine& host_;
  std::shared_ptr<rtp_end> end_;
  traffic::audio_exchange exchange_;
  traffic::audio_flow flow_;
};

// -- life ---------------------------------------------------------------------

engine::engine(const traffic::media_plan& plan, std::string host)
  : voice_(plan), host_(std::move(host)), seeds_(std::random_device{}()) {
  for (unsigned port = plan.port_from + plan.port_from % 2U;
       port <= plan.port_to; port += 2)
    free_ports_.push_back(static_cast<std::uint16_t>(port));
}

engine::~engine() {
  over_ = true;
  if (thread_.joinable())
    thread_.join();
  if (timer_ >= 0)
    ::close(timer_);
}

std::optional<std::string> engine::start() {
  want_descriptors();
  if (!address_of(host_, 0))
    return "media: RTP needs an IP address to listen at, not " + host_;
  timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  itimerspec every{{0, beat_ns}, {0, beat_ns}};
  if (timer_ < 0 || timerfd_settime(timer_, 0, &every, nullptr) != 0)
    return std::string{"media: no timer: "} + std::strerror(errno);
  thread_ = std::thread{[this] { work(); }};
  return std::nullopt;
}

double engine::cpu_s() const {
  clockid_t clock{};
  timespec x{};
  auto thread = const_cast<std::thread&>(thread_).native_handle();
  if (pthread_getcpuclockid(thread, &clock) != 0
      || clock_gettime(clock, &x) != 0)
    return 0;
  return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_nsec) * 1e-9;
}

// -- the reactor's thread -----------------------------------------------------

void engine::ask(order x) {
  std::lock_guard guard{mutex_};
  orders_.push_back(std::move(x));
}

/// The port that has been free for longest, so that nothing meant for an
/// earlier call reaches it.
std::optional<std::pair<udp_port, std::uint16_t>> engine::open_port() {
  {
    std::lock_guard guard{mutex_};
    free_ports_.insert(free_ports_.end(), given_back_.begin(),
                       given_back_.end());
    given_back_.clear();
  }
  for (auto i = std::min<std::size_t>(ports_tried, free_ports_.size()); i > 0;
       --i) {
    auto port = free_ports_.front();
    free_ports_.pop_front();
    auto socket = udp_port::open(*address_of(host_, port));
    if (socket)
      return std::pair{std::move(*socket), port};
    free_ports_.push_back(port);
  }
  return std::nullopt;
}

std::unique_ptr<traffic::media_end> engine::open(media_account account) {
  auto found = open_port();
  if (!found)
    return nullptr;
  auto seed = static_cast<std::uint32_t>(seeds_());
  traffic::own_audio us{host_, found->second, voice_.plan.codec, {}, seed, 1};
  if (voice_.plan.srtp)
    us.key = make_srtp_key();
  auto end = std::make_shared<rtp_end>(std::move(found->first), found->second,
                                       account, us.key, seed, voice_);
  ask({order::verb::open, end, {}, {}});
  return std::make_unique<user>(*this, std::move(end), std::move(us));
}

traffic::media_tally engine::take(media_account account) {
  std::lock_guard guard{mutex_};
  auto found = accounts_.find(account);
  return found == accounts_.end() ? traffic::media_tally{}
                                  : std::exchange(found->second, {});
}

media_second engine::take_second() {
  std::lock_guard guard{mutex_};
  return std::exchange(second_, {});
}

// -- the thread ---------------------------------------------------------------

void engine::work() {
  std::vector<order> wanted;
  std::uint64_t number = 0;
  auto second_due = UINT64_MAX;
  while (!over_) {
    std::uint64_t due = 0;
    if (::read(timer_, &due, sizeof due) != sizeof due)
      continue;
    {
      std::lock_guard guard{mutex_};
      wanted.swap(orders_);
    }
    for (auto& x : wanted)
      obey(x);
    wanted.clear();
    auto before = number;
    number += due;
    // Late is who is behind by more than the time between two packets.
    for (auto i = due - std::min(due, made_up_beats); i < due; ++i)
      beat(before + i, due - i > phases);
    if (begins_.exchange(false))
      second_due = number + beats_a_second * 9 / 10;
    if (number >= second_due) {
      add_second();
      second_due += beats_a_second;
    }
  }
}

void engine::beat(std::uint64_t number, bool late) {
  for (auto& x : ends_[number % phases])
    x->tick(static_cast<std::uint32_t>(number / phases), late, sources_);
}

void engine::obey(order& x) {
  switch (x.what) {
    case order::verb::open:
      ends_[next_phase_++ % phases].push_back(std::move(x.who));
      return;
    case order::verb::redirect:
      x.who->redirect(x.flow, sources_);
      return;
    case order::verb::dial:
      x.who->dial(x.digits);
      return;
    case order::verb::disagree:
      x.who->disagree();
      return;
    case order::verb::close:
      close(x.who);
      return;
  }
}

void engine::close(const std::shared_ptr<rtp_end>& who) {
  for (auto& some : ends_)
    if (auto found = std::ranges::find(some, who); found != some.end()) {
      std::swap(*found, some.back());
      some.pop_back();
    }
  media_second rest;
  who->add_second(rest);
  auto seen = who->finish(sources_);
  {
    std::lock_guard guard{mutex_};
    accounts_[who->account()].merge(seen);
    second_.merge(rest);
    given_back_.push_back(who->port());
  }
  ++closed_;
}

void engine::add_second() {
  media_second now;
  for (auto& some : ends_)
    for (auto& x : some)
      x->add_second(now);
  std::lock_guard guard{mutex_};
  second_.merge(now);
}

} // namespace strowger::services::media
