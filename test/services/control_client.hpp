#pragma once

#include <google/protobuf/text_format.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/grpcpp.h>
#include <strowger/v1/event_service.grpc.pb.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// Clients of the control plane, for tests.
namespace strowger::test {

namespace api = strowger::v1;

inline std::shared_ptr<grpc::Channel> dial(const std::string& address) {
  grpc::ChannelArguments options;
  // Every client is a connection of its own, as in life.
  options.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                   options);
}

/// The reason of the google.rpc.ErrorInfo in a status.
inline std::string reason_in(const grpc::Status& x) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  if (!status.ParseFromString(x.error_details()) || status.details().empty()
      || !status.details(0).UnpackTo(&info))
    return {};
  return info.domain() == "strowger" ? info.reason() : "wrong domain";
}

/// What a client knows: a snapshot, and the events folded into it. Written for
/// itself, from the words of the protocol, not by the switch's own ledger.
struct desktop {
  std::map<std::string, api::Dn> dns;
  std::map<std::string, api::Call> calls;
  uint64_t sequence = 0;

  void take(const api::Snapshot& x) {
    sequence = x.sequence();
    for (auto& dn : x.dns())
      dns[dn.number()] = dn;
    for (auto& call : x.calls())
      calls[call.call_id()] = call;
  }

  void take(const api::Event& x) {
    sequence = x.sequence();
    switch (x.type()) {
      case api::EVENT_TYPE_DIALING:
        place(x, api::PARTY_STATE_DIALING);
        break;
      case api::EVENT_TYPE_RINGING:
        place(x, api::PARTY_STATE_ALERTING);
        break;
      case api::EVENT_TYPE_ESTABLISHED:
      case api::EVENT_TYPE_RETRIEVED:
        place(x, api::PARTY_STATE_CONNECTED);
        break;
      case api::EVENT_TYPE_HELD:
        place(x, api::PARTY_STATE_HELD);
        break;
      case api::EVENT_TYPE_RELEASED:
      case api::EVENT_TYPE_ABANDONED:
        leave(x);
        break;
      case api::EVENT_TYPE_ATTACHED_DATA_CHANGED:
        if (auto i = calls.find(x.call_id()); i != calls.end())
          update(i->second, x);
        break;
      case api::EVENT_TYPE_DND_ON:
      case api::EVENT_TYPE_DND_OFF:
        dns[x.this_dn()].set_dnd(x.type() == api::EVENT_TYPE_DND_ON);
        break;
      default:
        break;
    }
  }

  /// The state in words, to compare.
  std::string text() const {
    std::string result;
    for (auto& [number, dn] : dns)
      result += dn.ShortDebugString() + "\n";
    for (auto& [id, call] : calls)
      result += call.ShortDebugString() + "\n";
    return result;
  }

private:
  void place(const api::Event& x, api::PartyState state) {
    auto [i, is_new] = calls.try_emplace(x.call_id());
    auto& call = i->second;
    if (is_new) {
      call.set_call_id(x.call_id());
      *call.mutable_created() = x.time();
    }
    update(call, x);
    auto& list = *call.mutable_parties();
    auto p = std::find_if(list.begin(), list.end(),
                          [&](auto& y) { return y.dn() == x.this_dn(); });
    auto& party = p == list.end() ? *list.Add() : *p;
    if (p == list.end() || party.state() != state)
      *party.mutable_since() = x.time();
    party.set_dn(x.this_dn());
    party.set_state(state);
    if (x.this_role() != api::DN_ROLE_UNSPECIFIED)
      party.set_role(x.this_role());
    party.set_other_dn(x.other_dn());
    if (!x.this_queue().empty())
      party.set_queue(x.this_queue());
  }
  void update(api::Call& call, const api::Event& x) {
    call.set_call_type(x.call_type());
    call.set_ani(x.ani());
    call.set_dnis(x.dnis());
    if (x.has_user_data())
      *call.mutable_user_data() = x.user_data();
    else
      call.clear_user_data();
  }
  void leave(const api::Event& x) {
    auto i = calls.find(x.call_id());
    if (i == calls.end())
      return;
    update(i->second, x);
    auto& list = *i->second.mutable_parties();
    for (auto p = list.begin(); p != list.end(); ++p)
      if (p->dn() == x.this_dn()) {
        list.erase(p);
        break;
      }
    if (list.empty())
      calls.erase(i);
  }
};

/// A subscriber with a connection of its own.
class subscriber {
public:
  explicit subscriber(const std::string& address,
                      const api::SubscribeRequest& request = {},
                      const std::string& token = {})
    : stub_(api::EventService::NewStub(dial(address))) {
    if (!token.empty())
      context_.AddMetadata("authorization", "Bearer " + token);
    stream_ = stub_->Subscribe(&context_, request);
  }
  ~subscriber() {
    if (stream_)
      stop();
  }

  /// Reads one message; false at the end.
  bool read() {
    api::SubscribeResponse x;
    if (!stream_->Read(&x))
      return false;
    ++messages;
    if (x.has_resync()) {
      resyncs.push_back(x.resync());
      state = {};
      events.clear();
    } else if (x.has_snapshot()) {
      journal_id = x.snapshot().journal_id();
      position = x.snapshot().sequence();
      snapshot_complete = x.snapshot().last();
      state.take(x.snapshot());
    } else {
      position = x.events().last_sequence();
      for (auto& event : x.events().events()) {
        state.take(event);
        events.push_back(event.SerializeAsString());
        latest = event;
      }
    }
    return true;
  }

  /// Reads until it knows everything up to this sequence number.
  bool read_to(uint64_t sequence) {
    while (position < sequence || !(snapshot_complete || resumed))
      if (!read())
        return false;
    return true;
  }

  /// Gives up; the outcome.
  grpc::Status stop() {
    context_.TryCancel();
    return finish();
  }
  grpc::Status finish() {
    api::SubscribeResponse x;
    while (stream_->Read(&x)) {
      // what was under way
    }
    auto stream = std::move(stream_);
    return stream->Finish();
  }

  desktop state;
  std::vector<std::string> events; // serialised
  api::Event latest;
  std::vector<api::Resync> resyncs;
  std::string journal_id;
  uint64_t position = 0;
  bool snapshot_complete = false;
  bool resumed = false;
  int messages = 0;

private:
  grpc::ClientContext context_;
  std::unique_ptr<api::EventService::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<api::SubscribeResponse>> stream_;
};

} // namespace strowger::test
