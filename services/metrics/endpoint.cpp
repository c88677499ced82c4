#include "services/metrics/endpoint.hpp"

#include "services/config/config.hpp"
#include "services/log/line_format.hpp"

#include <httplib.h>
#include <prometheus/text_serializer.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

namespace strowger::services {

struct endpoint::state {
  endpoint_sources sources;
  httplib::Server server;
  int port = 0;
  std::atomic<bool> ended = false;
  std::thread thread;
};

namespace {

// A scraper, an orchestrator, and one for a person.
constexpr size_t threads = 3;
// Whoever does not finish a request by then loses the thread it holds.
constexpr int patience_s = 2;

void configure(httplib::Server& server) {
  server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
  // The library polls connections that are kept alive; a scrape every few
  // seconds is better off with a connection of its own.
  server.set_keep_alive_max_count(1);
  server.set_read_timeout(patience_s, 0);
  server.set_write_timeout(patience_s, 0);
  server.set_payload_max_length(1024);
  // Its default, SO_REUSEPORT, would let two switches share a port in silence.
  server.set_socket_options([](socket_t socket) {
    int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
}

std::string readiness(const std::vector<std::string>& reasons) {
  text_buffer out;
  append(out, reasons.empty() ? "{\"ready\":true,\"reasons\":["
                              : "{\"ready\":false,\"reasons\":[");
  for (size_t i = 0; i < reasons.size(); ++i) {
    if (i > 0)
      out.push_back(',');
    append_json(out, reasons[i]);
  }
  append(out, "]}\n");
  return fmt::to_string(out);
}

void route(httplib::Server& server, endpoint_sources& sources) {
  server.Get("/metrics", [&](const httplib::Request&, httplib::Response& out) {
    auto text = prometheus::TextSerializer{}.Serialize(
      sources.metrics->Collect());
    out.set_content(text, "text/plain; version=0.0.4; charset=utf-8");
  });
  server.Get("/healthz", [&](const httplib::Request&, httplib::Response& out) {
    auto alive = sources.alive();
    out.status = alive ? 200 : 503;
    out.set_content(alive ? "{\"alive\":true}\n" : "{\"alive\":false}\n",
                    "application/json");
  });
  server.Get("/readyz", [&](const httplib::Request&, httplib::Response& out) {
    auto reasons = sources.not_ready();
    out.status = reasons.empty() ? 200 : 503;
    out.set_content(readiness(reasons), "application/json");
  });
  server.Get("/", [](const httplib::Request&, httplib::Response& out) {
    out.set_content("/metrics\n/healthz\n/readyz\n", "text/plain");
  });
}

} // namespace

endpoint::opened endpoint::open(const std::string& address,
                                endpoint_sources sources) {
  opened result;
  auto where = config::parse_listen_address(address);
  if (!where) {
    result.error = "cannot listen at '" + address + "': not host:port";
    return result;
  }
  auto made = std::make_unique<state>();
  made->sources = std::move(sources);
  auto& server = made->server;
  configure(server);
  route(server, made->sources);
  errno = 0;
  if (where->port == 0) {
    made->port = server.bind_to_any_port(where->host);
  } else if (server.bind_to_port(where->host, where->port)) {
    made->port = where->port;
  }
  if (made->port <= 0) {
    result.error = "cannot listen at " + address + ": "
                   + (errno ? std::strerror(errno) : "no such host");
    return result;
  }
  made->thread = std::thread{[x = made.get()] {
    x->server.listen_after_bind();
    x->ended = true;
  }};
  // Before it runs, stop() would have no effect.
  while (!server.is_running() && !made->ended)
    std::this_thread::yield();
  result.server.reset(new endpoint(std::move(made)));
  return result;
}

endpoint::endpoint(std::unique_ptr<state> state) : state_(std::move(state)) {
  // nop
}

endpoint::~endpoint() {
  state_->server.stop();
  state_->thread.join();
}

int endpoint::port() const {
  return state_->port;
}

} // namespace strowger::services
