#include "services/serve/serve.hpp"

#include "services/config/keeper.hpp"
#include "services/serve/memory.hpp"
#include "services/serve/running_switch.hpp"
#include "services/serve/signal_watch.hpp"

#include <csignal>
#include <utility>

namespace strowger::services {

int serve_command(const serve_arguments& args, std::ostream& out,
                  std::ostream& err) {
  auto keeper = std::make_shared<config::keeper>(args.file);
  auto loaded = keeper->load();
  if (!loaded.value) {
    for (auto& error : loaded.errors)
      err << config::to_string(error) << "\n";
    return 1;
  }
  if (!args.log_level.empty())
    loaded.value->log.level = args.log_level;
  // Before any thread is made: they inherit which signals are blocked.
  signal_watch signals;
  auto log = open_log(loaded.value->log);
  if (!log.logger) {
    err << "strowger: " << log.error << "\n";
    return 1;
  }
  running_switch host{keeper, std::move(*loaded.value), std::move(log)};
  if (auto error = host.open()) {
    err << "strowger: " << *error << "\n";
    return 1;
  }
  signals.start([&](int number) {
    if (number == SIGHUP)
      host.reload();
    else
      host.stop();
  });
  out << "strowger: " << host.describe() << std::endl;
  return_memory_in_background();
  host.run();
  signals.stop(); // before the host that they talk to goes
  return 0;
}

} // namespace strowger::services
