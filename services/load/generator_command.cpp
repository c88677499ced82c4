#include "services/load/generator_command.hpp"

#include "services/ctl/ctl.hpp"
#include "services/load/division.hpp"
#include "services/load/live_view.hpp"
#include "services/load/load_service.hpp"
#include "services/load/merger.hpp"
#include "services/load/quantity.hpp"
#include "services/load/report_text.hpp"
#include "services/serve/signal_watch.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <strowger/v1/load_service.grpc.pb.h>
#include <unistd.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace strowger::services::load {

namespace {

struct arguments {
  config::control_settings control;
  std::string listen;
  ctl::settings access;
  std::string generators;
  std::string rate;
  bool at_once = false;
};

struct outputs {
  std::ostream& out;
  std::ostream& err;

  int fail(const std::string& text) const {
    err << "strowger: " << text << "\n";
    return 1;
  }
};

// -- a generator --------------------------------------------------------------

int generate(const arguments& args, outputs to) {
  if (!args.listen.empty() && !config::parse_listen_address(args.listen))
    return to.fail("--listen: " + args.listen + " is not an address");
  signal_watch signals; // before any thread is made
  generator host{args.listen, to.out};
  auto opened = load_server::open(args.control, host);
  if (!opened.server)
    return to.fail(opened.error);
  auto address = args.control.listen;
  address.replace(address.rfind(':') + 1, std::string::npos,
                  std::to_string(opened.server->port()));
  to.out << "strowger load generator: waits for runs at " << address
         << std::endl;
  signals.start([&](int) { host.close(); });
  host.work();
  signals.stop();
  return 0;
}

// -- clients of generators ----------------------------------------------------

struct client {
  std::string address;
  std::unique_ptr<ctl::connection> way;
  std::unique_ptr<api::LoadService::Stub> stub;

  int failed(const grpc::Status& x, outputs to) const {
    return to.fail("generator " + address + ": " + in_words(x));
  }
};

/// None: what is wrong was said.
std::vector<client> clients_of(const arguments& args, outputs to) {
  std::vector<client> result;
  auto names = parse_generators(args.generators, role::both);
  if (auto* error = std::get_if<std::string>(&names)) {
    to.fail(*error);
    return result;
  }
  for (auto& name : std::get<0>(names)) {
    auto how = args.access;
    how.server = name.address;
    std::string error;
    auto way = ctl::connection::make(how, error);
    if (!way) {
      to.fail(error);
      return {};
    }
    auto stub = api::LoadService::NewStub(way->channel());
    result.push_back({name.address, std::move(way), std::move(stub)});
  }
  return result;
}

/// The rate of all together; each gets the share of it that it has now.
int set_rate(const arguments& args, outputs to) {
  std::string error;
  auto rate = parse_quantity(args.rate, load::rate_per_s, error);
  if (!rate)
    return to.fail(error);
  auto clients = clients_of(args, to);
  if (clients.empty())
    return 1;
  std::vector<double> before;
  double total = 0;
  for (auto& x : clients) {
    grpc::ClientContext call;
    ctl::prepare(*x.way, call);
    api::GetRunResponse run;
    if (auto status = x.stub->GetRun(&call, {}, &run); !status.ok())
      return x.failed(status, to);
    before.push_back(run.last_sample().rate_per_s());
    total += before.back();
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    auto& x = clients[i];
    if (total > 0 && before[i] == 0)
      continue; // it only answers
    grpc::ClientContext call;
    ctl::prepare(*x.way, call);
    api::SetRateRequest request;
    request.set_rate_per_s(total > 0
                             ? *rate * before[i] / total
                             : *rate / static_cast<double>(clients.size()));
    api::SetRateResponse response;
    if (auto status = x.stub->SetRate(&call, request, &response); !status.ok())
      return x.failed(status, to);
  }
  to.out << fmt::format("{:.6g}/s, before {:.6g}/s\n", *rate, total);
  return 0;
}

int stop(const arguments& args, outputs to) {
  auto clients = clients_of(args, to);
  if (clients.empty())
    return 1;
  int result = 0;
  for (auto& x : clients) {
    grpc::ClientContext call;
    ctl::prepare(*x.way, call);
    api::StopRunRequest request;
    request.set_how(args.at_once ? api::LOAD_STOP_AT_ONCE
                                 : api::LOAD_STOP_UNSPECIFIED);
    api::StopRunResponse response;
    if (auto status = x.stub->StopRun(&call, request, &response); !status.ok())
      result = x.failed(status, to);
  }
  return result;
}

int watch(const arguments& args, outputs to) {
  signal_watch signals; // before any thread is made
  auto clients = clients_of(args, to);
  if (clients.size() != 1)
    return clients.empty() ? 1 : to.fail("one generator can be watched");
  auto& x = clients.front();
  grpc::ClientContext call;
  x.way->enter(call);
  signals.start([&](int) { call.TryCancel(); });
  merger seen{{{x.address, role::both}}};
  live_view view{to.out, isatty(STDOUT_FILENO) == 1, 0};
  auto stream = x.stub->WatchRun(&call, {});
  api::WatchRunResponse news;
  while (stream->Read(&news)) {
    auto counted = news.has_result() ? from_api(news.result()) : std::nullopt;
    auto second = news.has_sample() ? from_api(news.sample()) : std::nullopt;
    if (counted)
      seen.take(0, std::move(*counted));
    if (second)
      seen.take(0, std::move(*second));
    // A late comer is told at once what was; it is shown as one.
    if (seen.merge_seconds() > 0 && counted)
      view.show(seen.so_far());
  }
  auto status = stream->Finish();
  signals.stop();
  if (status.ok() || status.error_code() == grpc::CANCELLED)
    return 0;
  return x.failed(status, to);
}

void add_generators(CLI::App& app, arguments& args, const char* name) {
  app.add_option(name, args.generators, "HOST:PORT of its control plane")
    ->required();
  ctl::add_access_options(app, args.access);
}

} // namespace

void add_generator_commands(CLI::App& load, int& exit_code, std::ostream& out,
                            std::ostream& err) {
  auto args = std::make_shared<arguments>();
  outputs to{out, err};
  auto* one = load.add_subcommand(
    "generator", "Wait for runs of `load run --generators`, and play them");
  one
    ->add_option("--control", args->control.listen,
                 "host:port where it waits; beyond loopback it needs tokens "
                 "or a client-ca, and TLS")
    ->required();
  one->add_option("--listen", args->listen,
                  "host:port of its SIP endpoints, in place of the scenario's");
  one->add_option("--tokens", args->control.tokens,
                  "File of tokens: TOKEN ROLE NAME a line");
  auto cert = one->add_option("--cert", args->control.certificate,
                              "TLS: own certificate, PEM");
  auto key = one->add_option("--key", args->control.key, "TLS: key of it, PEM");
  one->add_option("--client-ca", args->control.client_ca,
                  "TLS: clients need a certificate of this authority, PEM");
  cert->needs(key);
  key->needs(cert);
  one->callback([=, &exit_code] { exit_code = generate(*args, to); });

  auto* rate = load.add_subcommand(
    "rate", "Set the rate of generators, while they play");
  add_generators(*rate, *args, "GENERATORS");
  rate->add_option("RATE", args->rate, "All together, such as 500/s")
    ->required();
  rate->callback([=, &exit_code] { exit_code = set_rate(*args, to); });

  auto* look = load.add_subcommand("watch", "Follow the run of a generator");
  add_generators(*look, *args, "GENERATOR");
  look->callback([=, &exit_code] { exit_code = watch(*args, to); });

  auto* end = load.add_subcommand("stop", "End the run of generators");
  add_generators(*end, *args, "GENERATORS");
  end->add_flag("--now", args->at_once, "Do not wait for calls to end");
  end->callback([=, &exit_code] { exit_code = stop(*args, to); });
}

} // namespace strowger::services::load
