#include "services/serve/signal_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cassert>
#include <cstdint>
#include <utility>

namespace strowger::services {

signal_watch::signal_watch() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (auto signal : {SIGHUP, SIGINT, SIGTERM})
    sigaddset(&wanted, signal);
  pthread_sigmask(SIG_BLOCK, &wanted, &before_);
  std::signal(SIGPIPE, SIG_IGN);
  signals_ = ::signalfd(-1, &wanted, SFD_CLOEXEC);
  end_ = ::eventfd(0, EFD_CLOEXEC);
  assert(signals_ >= 0 && end_ >= 0);
}

signal_watch::~signal_watch() {
  stop();
  ::close(signals_);
  ::close(end_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void signal_watch::start(std::function<void(int)> f) {
  assert(!thread_.joinable());
  thread_ = std::thread{[this, f = std::move(f)] {
    for (;;) {
      pollfd watched[] = {{end_, POLLIN, 0}, {signals_, POLLIN, 0}};
      if (::poll(watched, 2, -1) < 0)
        continue;
      if (watched[0].revents != 0)
        return;
      signalfd_siginfo info{};
      if (::read(signals_, &info, sizeof(info)) == sizeof(info))
        f(static_cast<int>(info.ssi_signo));
    }
  }};
}

void signal_watch::stop() {
  if (!thread_.joinable())
    return;
  ::eventfd_write(end_, 1);
  thread_.join();
}

} // namespace strowger::services
