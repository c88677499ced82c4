// A routing strategy, as ../python/strategy.py: the caller's number says which
// skill is wanted, and the call goes to the agent who has it and is ready for
// the longest time.
//
//   example_strategy HOST:PORT POINT DEFAULT [PREFIX=SKILL]... [AGENT:SKILL]...
//
// When no agent is ready, or all have failed, the call goes to DEFAULT.

#include <grpcpp/grpcpp.h>
#include <strowger/v1/query_service.grpc.pb.h>
#include <strowger/v1/routing_service.grpc.pb.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
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

class strategy {
public:
  strategy(const std::shared_ptr<grpc::Channel>& channel, settings x)
    : queries_(api::QueryService::NewStub(channel)),
      routing_(api::RoutingService::NewStub(channel)), settings_(std::move(x)) {
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
    while (stream_->Read(&message))
      take(message);
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

  /// DNs of agents with that skill, who is ready longest first.
  std::vector<std::string> ready_agents(const std::string& skill) const {
    std::vector<std::pair<std::pair<int64_t, int32_t>, std::string>> found;
    api::ListAgentsRequest request;
    request.set_page_size(1000);
    api::ListAgentsResponse page;
    do {
      grpc::ClientContext context;
      if (!queries_->ListAgents(&context, request, &page).ok())
        break;
      for (auto& agent : page.agents())
        if (agent.state() == api::AGENT_STATE_READY
            && (skill.empty()
                || settings_.skills.count({agent.agent_id(), skill}) > 0))
          found.push_back(
            {{agent.since().seconds(), agent.since().nanos()}, agent.dn()});
      request.set_page_token(page.next_page_token());
    } while (!page.next_page_token().empty());
    std::sort(found.begin(), found.end());
    std::vector<std::string> result;
    for (auto& [since, dn] : found)
      result.push_back(dn);
    return result;
  }

  // -- the conversation -------------------------------------------------------

  void route(const std::string& id) {
    auto& call = calls_.at(id);
    auto& caller = call.request.call().ani();
    auto skill = skill_for(caller);
    auto choices = ready_agents(skill);
    choices.push_back(settings_.fallback);
    for (auto& destination : choices) {
      if (!call.tried.insert(destination).second)
        continue;
      std::cout << id << ": " << caller << " to " << destination << std::endl;
      api::ServeRequest message;
      auto& instruction = *message.mutable_route();
      instruction.set_request_id("route-" + std::to_string(++last_request_));
      instruction.set_call_id(id);
      instruction.set_routing_point(call.request.routing_point());
      instruction.set_destination(destination);
      auto& pair = *instruction.mutable_user_data()->add_pairs();
      pair.set_key("skill");
      pair.mutable_value()->set_text(skill.empty() ? "any" : skill);
      stream_->Write(message);
      return;
    }
    std::cout << id << ": nobody is left; it will be asked again" << std::endl;
  }

  void take(const api::ServeResponse& x) {
    switch (x.content_case()) {
      case api::ServeResponse::kStarted:
        std::cout << "serving " << settings_.point << std::endl;
        break;
      case api::ServeResponse::kRequest:
        calls_[x.request().call().call_id()] = {x.request(), {}};
        route(x.request().call().call_id());
        break;
      case api::ServeResponse::kFailed:
        std::cout << x.failed().call_id() << ": " << x.failed().reason() << " "
                  << x.failed().text() << std::endl;
        if (calls_.count(x.failed().call_id()) > 0)
          route(x.failed().call_id());
        break;
      case api::ServeResponse::kUsed:
        calls_.erase(x.used().call_id());
        break;
      case api::ServeResponse::kWithdrawn:
        calls_.erase(x.withdrawn().call_id());
        break;
      case api::ServeResponse::CONTENT_NOT_SET:
        break;
    }
  }

  std::unique_ptr<api::QueryService::Stub> queries_;
  std::unique_ptr<api::RoutingService::Stub> routing_;
  std::unique_ptr<
    grpc::ClientReaderWriter<api::ServeRequest, api::ServeResponse>>
    stream_;
  settings settings_;
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
