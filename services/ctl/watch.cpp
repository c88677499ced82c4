#include "services/ctl/watch.hpp"

#include "services/ctl/fields.hpp"
#include "services/ctl/table.hpp"
#include "services/serve/signal_watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <strowger/v1/event_service.grpc.pb.h>

#include <chrono>
#include <string_view>

namespace strowger::services::ctl {

// -- lines --------------------------------------------------------------------

namespace {

// SGR codes of ECMA-48.
constexpr std::string_view red = "31";
constexpr std::string_view green = "32";
constexpr std::string_view yellow = "33";
constexpr std::string_view magenta = "35";
constexpr std::string_view cyan = "36";
constexpr std::string_view grey = "90";

std::string_view colour_of(api::EventType x) {
  switch (x) {
    case api::EVENT_TYPE_DIALING:
    case api::EVENT_TYPE_RINGING:
    case api::EVENT_TYPE_NETWORK_REACHED:
      return yellow;
    case api::EVENT_TYPE_ESTABLISHED:
    case api::EVENT_TYPE_RETRIEVED:
    case api::EVENT_TYPE_AGENT_READY:
    case api::EVENT_TYPE_DN_BACK_IN_SERVICE:
      return green;
    case api::EVENT_TYPE_HELD:
    case api::EVENT_TYPE_PARTY_CHANGED:
    case api::EVENT_TYPE_DIVERTED:
      return magenta;
    case api::EVENT_TYPE_ERROR:
    case api::EVENT_TYPE_ABANDONED:
    case api::EVENT_TYPE_DESTINATION_BUSY:
    case api::EVENT_TYPE_DN_OUT_OF_SERVICE:
      return red;
    case api::EVENT_TYPE_CALL_CREATED:
    case api::EVENT_TYPE_CALL_DELETED:
    case api::EVENT_TYPE_RELEASED:
      return grey;
    default:
      return cyan;
  }
}

std::string event_name(api::EventType x) {
  auto value = api::EventType_descriptor()->FindValueByNumber(x);
  return value ? event_word(*value) : std::to_string(x);
}

/// What was special about it.
std::string state_text(const api::Event& x) {
  std::string result;
  auto add = [&result](std::string_view label, const std::string& text) {
    if (!text.empty())
      result.append(result.empty() ? "" : " ").append(label).append(text);
  };
  if (auto state = api::CallState_descriptor()->FindValueByNumber(
        x.call_state());
      state && x.call_state() != api::CALL_STATE_OK)
    add("", enum_word(*state));
  add("third=", x.third_party_dn());
  add("queue=", x.this_queue());
  add("agent=", x.details().agent_id());
  add("", x.details().reason());
  add("target=", x.details().target());
  add("", x.details().text());
  return result;
}

std::string event_line(const api::Event& x, bool coloured) {
  auto time = time_text(x.time().seconds(), "%T");
  auto name = padded(event_name(x.type()), 19);
  if (coloured)
    name = fmt::format("\x1b[{}m{}\x1b[0m", colour_of(x.type()), name);
  auto or_dash = [](const std::string& text) {
    return text.empty() ? std::string{"-"} : printable(text);
  };
  auto line = fmt::format(
    "{}.{:03}  {}  {}  {}  {}  {}", time, x.time().nanos() / 1'000'000,
    padded(or_dash(x.this_dn()), 8), name, padded(or_dash(x.call_id()), 16),
    padded(or_dash(x.other_dn()), 16), printable(state_text(x)));
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string_view resync_word(api::ResyncReason why) {
  switch (why) {
    case api::RESYNC_REASON_JOURNAL_EXPIRED:
      return "the journal does not reach back that far";
    case api::RESYNC_REASON_SWITCH_RESTARTED:
      return "the switch was started anew";
    case api::RESYNC_REASON_UNKNOWN_SEQUENCE:
      return "the switch does not know the position";
    case api::RESYNC_REASON_SLOW_SUBSCRIBER:
      return "events came faster than they were read";
    default:
      return "events are missing";
  }
}

std::string notice(std::string text, bool coloured) {
  return coloured ? fmt::format("\x1b[{}m-- {}\x1b[0m", grey, text)
                  : "-- " + text;
}

std::string snapshot_line(const api::Snapshot& x, watch_format format) {
  if (format != watch_format::json)
    return notice(fmt::format("watching from event {}", x.sequence()),
                  format == watch_format::coloured);
  nlohmann::ordered_json about;
  about["snapshot"]["journal_id"] = x.journal_id();
  about["snapshot"]["sequence"] = std::to_string(x.sequence());
  return about.dump();
}

} // namespace

std::string lines_of(const api::SubscribeResponse& x, watch_format format) {
  bool coloured = format == watch_format::coloured;
  switch (x.content_case()) {
    case api::SubscribeResponse::kSnapshot:
      return x.snapshot().last() ? snapshot_line(x.snapshot(), format) + "\n"
                                 : std::string{};
    case api::SubscribeResponse::kResync:
      if (format == watch_format::json)
        return json_of(x) + "\n";
      return notice(fmt::format("resync after event {}: {}",
                                x.resync().sequence(),
                                resync_word(x.resync().reason())),
                    coloured)
             + "\n";
    case api::SubscribeResponse::kEvents: {
      std::string result;
      for (auto& event : x.events().events())
        result
          .append(format == watch_format::json ? json_of(event)
                                               : event_line(event, coloured))
          .append("\n");
      return result;
    }
    case api::SubscribeResponse::CONTENT_NOT_SET:
      break;
  }
  return {};
}

api::SubscribeRequest make_request(const watch_filter& from) {
  api::SubscribeRequest result;
  auto& filter = *result.mutable_filter();
  for (auto& dn : from.dns)
    filter.add_dns(dn);
  for (auto& call : from.call_ids)
    filter.add_call_ids(call);
  for (auto& kind : from.kinds)
    if (auto value = find_word(*api::EventKind_descriptor(), kind))
      filter.add_kinds(static_cast<api::EventKind>(value->number()));
  return result;
}

// -- the stream ---------------------------------------------------------------

namespace {

// Long enough to burn nothing while the switch is away, short enough that
// nobody misses it when it is back; gRPC has its own pace for connecting.
constexpr auto pause_between_calls = std::chrono::milliseconds{200};

} // namespace

void watcher::remember(const api::SubscribeResponse& x) {
  if (x.has_resync()) {
    request_.clear_resume_after();
  } else if (x.has_snapshot() && x.snapshot().last()) {
    // Before its last part a snapshot is no place to go on from.
    auto& position = *request_.mutable_resume_after();
    position.set_journal_id(x.snapshot().journal_id());
    position.set_sequence(x.snapshot().sequence());
  } else if (x.has_events()) {
    request_.mutable_resume_after()->set_sequence(x.events().last_sequence());
  }
}

grpc::Status
watcher::follow(std::function<bool(const api::SubscribeResponse&)>& take) {
  grpc::ClientContext call;
  server_.enter(call);
  if (!announce(&call))
    return grpc::Status::OK;
  api::EventService::Stub stub{server_.channel()};
  auto stream = stub.Subscribe(&call, request_);
  api::SubscribeResponse next;
  while (stream->Read(&next)) {
    was_connected_ = true;
    remember(next);
    if (!take(next))
      stop();
  }
  auto status = stream->Finish();
  announce(nullptr);
  return status;
}

bool watcher::announce(grpc::ClientContext* call) {
  std::lock_guard guard{mutex_};
  call_ = stopped_ ? nullptr : call;
  return !stopped_;
}

bool watcher::pause() {
  std::unique_lock guard{mutex_};
  return !wake_.wait_for(guard, pause_between_calls,
                         [this] { return stopped_; });
}

grpc::Status
watcher::run(std::function<bool(const api::SubscribeResponse&)> take) {
  for (;;) {
    auto status = follow(take);
    bool may_come_back = was_connected_
                         && (status.ok()
                             || status.error_code() == grpc::UNAVAILABLE);
    if (!pause())
      return grpc::Status::OK;
    if (!may_come_back)
      return status;
  }
}

void watcher::stop() {
  std::lock_guard guard{mutex_};
  stopped_ = true;
  wake_.notify_all();
  if (call_)
    call_->TryCancel();
}

int run_watch(const watch_filter& filter, watch_format format,
              const settings& how, std::ostream& out, std::ostream& err) {
  signal_watch signals; // before gRPC has threads
  std::string error;
  auto server = connection::make(how, error);
  if (!server) {
    err << "ctl: " << error << '\n';
    return 1;
  }
  watcher it{*server, make_request(filter)};
  signals.start([&it](int) { it.stop(); });
  auto status = it.run([&](const api::SubscribeResponse& x) {
    out << lines_of(x, format) << std::flush;
    return out.good();
  });
  signals.stop();
  if (status.ok())
    return 0;
  err << error_line(status) << '\n';
  return 1;
}

} // namespace strowger::services::ctl
