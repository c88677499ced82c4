// A routing strategy, as ../python/strategy.py: the caller's number says which
// skill is wanted, and the call goes to the agent who has it and is ready for
// the longest time. It follows the events of agents, so that it need not ask
// for each call who is ready.
//
//   example_strategy HOST:PORT POINT DEFAULT [PREFIX=SKILL]... [AGENT:SKILL]...
//
// When no agent is ready, or all have failed, the call goes to DEFAULT.

#include <grpcpp/grpcpp.h>
#include <strowger/v1/event_service.grpc.pb.h>
#include <strowger/v1/routing_service.grpc.pb.h>

#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace api = strowger::v1;

namespace {

struct settings {
  std::string point;
  std::string fallback;
  std::map<std::string, std::string> wants;             // prefix: skill
  std::set<std::pair<std::string, std::string>> skills; // agent, skill
};

/// Which agents are ready, by the events of the switch.
class agent_book {
public:
  explicit agent_book(const std::shared_ptr<grpc::Channel>& channel)
    : events_(api::EventService::NewStub(channel)),
      follower_([this] { follow(); }) {
    std::unique_lock guard{lock_};
    complete_.wait(guard, [this] { return is_complete_; });
  }

  ~agent_book() {
    context_.TryCancel();
    follower_.join();
  }

  /// DNs of the ready agents that fit, who is ready longest first.
  template <class Fits>
  std::vector<std::string> ready(Fits fits) const {
    std::vector<std::tuple<int64_t, int32_t, std::string>> found;
    std::lock_guard guard{lock_};
    for (auto& [dn, x] : agents_)
      if (x.state() == api::AGENT_STATE_READY && fits(x.agent_id()))
        found.emplace_back(x.since().seconds(), x.since().nanos(), dn);
    std::sort(found.begin(), found.end());
    std::vector<std::string> result;
    for (auto& x : found)
      result.push_back(std::get<2>(x));
    return result;
  }

private:
  void follow() {
    api::SubscribeRequest request;
    request.mutable_filter()->add_kinds(api::EVENT_KIND_AGENT);
    auto stream = events_->Subscribe(&context_, request);
    api::SubscribeResponse x;
    while (stream->Read(&x)) {
      std::lock_guard guard{lock_};
      take(x);
    }
    std::lock_guard guard{lock_};
    is_complete_ = true; // there will be no more
    complete_.notify_all();
  }

  void take(const api::SubscribeResponse& x) {
    if (x.has_resync())
      agents_.clear(); // a snapshot follows
    for (auto& dn : x.snapshot().dns())
      if (dn.has_agent())
        agents_[dn.number()] = dn.agent();
    for (auto& event : x.events().events())
      fold(event);
    if (x.snapshot().last()) {
      is_complete_ = true;
      complete_.notify_all();
    }
  }

  void fold(const api::Event& x) {
    if (x.type() == api::EVENT_TYPE_AGENT_LOGOUT) {
      agents_.erase(x.this_dn());
      return;
    }
    if (x.type() != api::EVENT_TYPE_AGENT_LOGIN
        && x.type() != api::EVENT_TYPE_AGENT_READY
        && x.type() != api::EVENT_TYPE_AGENT_NOT_READY)
      return;
    auto& agent = agents_[x.this_dn()];
    agent.set_agent_id(x.details().agent_id());
    agent.set_state(x.type() == api::EVENT_TYPE_AGENT_READY
                      ? api::AGENT_STATE_READY
                      : api::AGENT_STATE_NOT_READY);
    *agent.mutable_since() = x.time();
  }

  std::unique_ptr<api::EventService::Stub> events_;
  grpc::ClientContext context_;
  mutable std::mutex lock_;
  std::condition_variable complete_;
  bool is_complete_ = false;
  std::map<std::string, api::Agent> agents_; // by DN
  std::thread follower_;
};

class strategy {
public:
  strategy(const std::shared_ptr<grpc::Channel>& channel, settings x)
    : agents_(channel), routing_(api::RoutingService::NewStub(channel)),
      settings_(std::move(x)) {
    // nop
  }

  /// Serves until the stream ends.
  grpc::Status run() {
    grpc::ClientContext context;
    stream_ = routing_->Serve(&context);
    api::ServeRequest start;
    start.mutable_start()->add_routing_points(settings_.point);
    stream_->Write(start);
    api::ServeResponse message;
    while (stream_->Read(&message)) {
      take(message);
      if (!answer_.instructions().empty())
        stream_->Write(answer_);
      answer_.Clear();
    }
    return stream_->Finish();
  }

private:
  struct waiting_call {
    api::RouteRequest request;
    std::set<std::string> tried; // destinations
  };

  // -- who gets the call ------------------------------------------------------

  /// The skill of the longest prefix that fits, or nothing.
  std::string skill_for(const std::string& caller) const {
    std::string skill;
    size_t longest = 0;
    for (auto& [prefix, wanted] : settings_.wants)
      if (caller.starts_with(prefix) && prefix.size() >= longest) {
        longest = prefix.size();
        skill = wanted;
      }
    return skill;
  }

  // -- the conversation -------------------------------------------------------

  void route(const std::string& id) {
    auto& call = calls_.at(id);
    auto& caller = call.request.call().ani();
    auto skill = skill_for(caller);
    auto choices = agents_.ready([&](const std::string& agent) {
      return skill.empty() || settings_.skills.count({agent, skill}) > 0;
    });
    choices.push_back(settings_.fallback);
    for (auto& destination : choices) {
      if (!call.tried.insert(destination).second)
        continue;
      std::cout << id << ": " << caller << " to " << destination << std::endl;
      auto& instruction = *answer_.add_instructions()->mutable_route();
      instruction.set_request_id("route-" + std::to_string(++last_request_));
      instruction.set_call_id(id);
      instruction.set_routing_point(call.request.routing_point());
      instruction.set_destination(destination);
      auto& pair = *instruction.mutable_user_data()->add_pairs();
      pair.set_key("skill");
      pair.mutable_value()->set_text(skill.empty() ? "any" : skill);
      return;
    }
    std::cout << id << ": nobody is left; it will be asked again" << std::endl;
  }

  /// All that a message asks for is answered by one message.
  void take(const api::ServeResponse& x) {
    if (x.has_started())
      std::cout << "serving " << settings_.point << std::endl;
    for (auto& news : x.news())
      hear(news);
  }

  void hear(const api::StrategyNews& x) {
    switch (x.content_case()) {
      case api::StrategyNews::kRequest:
        calls_[x.request().call().call_id()] = {x.request(), {}};
        route(x.request().call().call_id());
        break;
      case api::StrategyNews::kFailed:
        std::cout << x.failed().call_id() << ": " << x.failed().reason() << " "
                  << x.failed().text() << std::endl;
        if (calls_.count(x.failed().call_id()) > 0)
          route(x.failed().call_id());
        break;
      case api::StrategyNews::kUsed:
        calls_.erase(x.used().call_id());
        break;
      case api::StrategyNews::kWithdrawn:
        calls_.erase(x.withdrawn().call_id());
        break;
      case api::StrategyNews::CONTENT_NOT_SET:
        break;
    }
  }

  agent_book agents_;
  std::unique_ptr<api::RoutingService::Stub> routing_;
  std::unique_ptr<
    grpc::ClientReaderWriter<api::ServeRequest, api::ServeResponse>>
    stream_;
  settings settings_;
  api::ServeRequest answer_; // to the message that is being read
  std::map<std::string, waiting_call> calls_;
  int last_request_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: example_strategy HOST:PORT POINT DEFAULT "
                 "[PREFIX=SKILL]... [AGENT:SKILL]...\n";
    return 2;
  }
  settings x{argv[2], argv[3], {}, {}};
  for (int i = 4; i < argc; ++i) {
    std::string word = argv[i];
    if (auto at = word.find('='); at != std::string::npos)
      x.wants[word.substr(0, at)] = word.substr(at + 1);
    else if (at = word.find(':'); at != std::string::npos)
      x.skills.emplace(word.substr(0, at), word.substr(at + 1));
  }
  auto channel = grpc::CreateChannel(argv[1],
                                     grpc::InsecureChannelCredentials());
  auto outcome = strategy{channel, std::move(x)}.run();
  std::cerr << outcome.error_message() << "\n";
  return 1;
}
