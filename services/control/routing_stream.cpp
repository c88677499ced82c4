#include "services/control/routing_stream.hpp"

#include "services/control/routing_words.hpp"
#include "services/control/rpc.hpp"
#include "services/control/status.hpp"

#include <utility>

namespace strowger::services::control {

namespace {

constexpr int points_max = 1000;
constexpr uint32_t requests_preset = 1000;
constexpr uint32_t requests_most = 100'000;

// Instructions on their way to the switch; then the client has to wait.
constexpr size_t asking_max = 256;

// Requests may carry 64 KB of user data each; a strategy that has so much
// unread is not about to catch up.
constexpr size_t queue_bytes_max = 32u << 20;

grpc::Status invalid(std::string_view text) {
  return make_status(model::fault::invalid_argument, text);
}

/// Can calls wait for a route there?
bool has_requests(model::dn_type x) {
  return x == model::dn_type::routing_point || x == model::dn_type::acd_queue
         || x == model::dn_type::virtual_routing_point
         || x == model::dn_type::external_routing_point;
}

void note_outcome(routing_audit& to, const model::route_notice& x) {
  if (auto* used = std::get_if<model::route_used>(&x.what))
    to.end(to_text(x.call), used->request, model::fault::none);
  else if (auto* failed = std::get_if<model::route_failed>(&x.what))
    to.end(to_text(x.call), failed->request, failed->why);
}

} // namespace

/// Stands for the stream at the routing desk.
class routing_stream::desk_client final : public routing_client {
public:
  desk_client(std::shared_ptr<routing_stream> stream, exchange& at)
    : stream_(std::move(stream)), exchange_(at) {
    // nop
  }

  void take(const model::route_notice& x) override {
    auto what = std::make_shared<routing_news>();
    what->notice = x;
    what->now = exchange_.routing().time();
    if (std::holds_alternative<model::route_request>(x.what)) {
      auto& config = exchange_.config();
      what->router_timeout_s = config.integer(model::option::router_timeout,
                                              config.find(x.point));
      if (auto* call = exchange_.events().ledger().find(x.call))
        what->call = *call;
    }
    auto& host = *stream_->host_;
    host.carrier->post([stream = stream_, what] {
      if (stream->audit_)
        note_outcome(*stream->audit_, what->notice);
      stream->send(to_response(*what, stream->host_->clock));
    });
  }

private:
  const std::shared_ptr<routing_stream> stream_;
  exchange& exchange_;
};

// -- all of them --------------------------------------------------------------

void routing_streams::close(exchange& from) {
  for (auto who : std::exchange(clients_, {}))
    from.routing().close(who);
}

// -- one ----------------------------------------------------------------------

routing_stream::routing_stream(std::shared_ptr<plane> host,
                               std::shared_ptr<routing_streams> all,
                               std::function<void(const grpc::Status&)> on_end,
                               std::shared_ptr<routing_audit> audit)
  : host_(std::move(host)), all_(std::move(all)), on_end_(std::move(on_end)),
    audit_(std::move(audit)) {
  // nop
}

void routing_stream::start() {
  self_ = shared_from_this();
  all_->add(self_);
  StartRead(&reading_);
}

void routing_stream::refuse(const grpc::Status& why) {
  self_ = shared_from_this();
  end(why);
}

// -- from the client ----------------------------------------------------------

void routing_stream::OnReadDone(bool ok) {
  auto over = ok ? read() : std::optional{grpc::Status::OK};
  reading_.Clear();
  if (over) {
    end(*over);
    return;
  }
  {
    std::lock_guard guard{mutex_};
    if (end_)
      return;
    reads_later_ = asking_ >= asking_max;
    if (reads_later_)
      return;
  }
  StartRead(&reading_);
}

/// One message; returns what ends the stream, or nothing.
std::optional<grpc::Status> routing_stream::read() {
  auto starts = reading_.content_case() == api::ServeRequest::kStart;
  if (starts == started_)
    return invalid("start: is the first message, and only the first");
  switch (reading_.content_case()) {
    case api::ServeRequest::kStart:
      started_ = true;
      return read_start(reading_.start());
    case api::ServeRequest::kRoute:
      read_route(reading_.route());
      return std::nullopt;
    case api::ServeRequest::kUserData:
      read_user_data(reading_.user_data());
      return std::nullopt;
    case api::ServeRequest::kKeepWaiting:
      read_keep_waiting(reading_.keep_waiting());
      return std::nullopt;
    case api::ServeRequest::CONTENT_NOT_SET:
      break;
  }
  return invalid("the message has no content");
}

std::optional<grpc::Status>
routing_stream::read_start(const api::StartServing& x) {
  if (x.routing_points().empty() || x.routing_points_size() > points_max)
    return invalid("routing_points: are 1 to 1000");
  if (x.requests_max() > requests_most)
    return invalid("requests_max: is 0 to 100000");
  model::route_service how;
  how.requests_max = x.requests_max() > 0 ? x.requests_max() : requests_preset;
  for (auto& point : x.routing_points()) {
    how.points.emplace_back();
    if (auto error = read_name("routing_points", point, how.points.back()))
      return invalid(*error);
  }
  {
    std::lock_guard guard{mutex_};
    // All it may be asked at once, and that much more that is news of it.
    queue_max_ = 2 * how.requests_max + 100;
  }
  host_->link->post([self = shared_from_this(), how = std::move(how)](
                      exchange& at) { self->serve(at, how); });
  return std::nullopt;
}

void routing_stream::serve(exchange& at, const model::route_service& how) {
  for (auto& point : how.points) {
    auto* dn = at.config().find(point);
    if (!dn) {
      end(make_status(model::fault::unknown_dn, "there is no DN " + point,
                      {"dn", point}));
      return;
    }
    if (!has_requests(dn->type)) {
      end(make_status(model::fault::invalid_argument,
                      point + " is no routing point or queue", {"dn", point}));
      return;
    }
  }
  {
    std::lock_guard guard{mutex_};
    if (end_)
      return;
  }
  host_->carrier->post([self = shared_from_this()] {
    api::ServeResponse x;
    x.mutable_started()->set_journal_id(self->host_->feed->journal_id());
    self->send(std::move(x));
  });
  me_ = at.routing().open(std::make_shared<desk_client>(shared_from_this(), at),
                          how);
  all_->opened(me_);
}

void routing_stream::read_route(const api::RouteInstruction& x) {
  if (audit_)
    audit_->begin(x);
  routing_instruction y;
  if (auto error = to_instruction(x, y)) {
    fail(x.request_id(), x.call_id(), x.routing_point(), *error);
    return;
  }
  ask([y = std::move(y)](routing_desk& desk, model::route_client me) {
    desk.instruct(me, y);
  });
}

void routing_stream::read_user_data(const api::RouteUserData& x) {
  if (audit_)
    audit_->begin(x);
  std::string request;
  model::call_id call;
  model::user_data pairs;
  auto error = read_name("request_id", x.request_id(), request);
  if (!error)
    error = read_call_id("call_id", x.call_id(), call);
  if (!error)
    error = to_model(x.user_data(), pairs);
  if (error) {
    fail(x.request_id(), x.call_id(), {}, *error);
    return;
  }
  auto done = note_done(x.call_id(), request);
  ask([call, request, pairs = std::move(pairs),
       done = std::move(done)](routing_desk& desk, model::route_client me) {
    desk.attach(me, call, request, pairs, done);
  });
}

void routing_stream::read_keep_waiting(const api::KeepWaiting& x) {
  if (audit_)
    audit_->begin(x);
  std::string request;
  std::string point;
  model::call_id call;
  auto error = read_name("request_id", x.request_id(), request);
  if (!error)
    error = read_call_id("call_id", x.call_id(), call);
  if (!error)
    error = read_name("routing_point", x.routing_point(), point);
  if (error) {
    fail(x.request_id(), x.call_id(), x.routing_point(), *error);
    return;
  }
  ask([call, point, request, done = note_done(x.call_id(), request)](
        routing_desk& desk, model::route_client me) {
    desk.keep_waiting(me, call, point, request, done);
  });
}

std::function<void()> routing_stream::note_done(
  const std::string& call, const std::string& request) const {
  if (!audit_)
    return nullptr;
  return [audit = audit_, call, request] {
    audit->end(call, request, model::fault::none);
  };
}

/// A message that makes no sense concerns one call, not the stream.
void routing_stream::fail(const std::string& request, const std::string& call,
                          const std::string& point,
                          const std::string& complaint) {
  if (audit_)
    audit_->end(call, request, model::fault::invalid_argument);
  api::ServeResponse x;
  auto& y = *x.mutable_failed();
  y.set_request_id(request);
  y.set_call_id(call);
  y.set_routing_point(point);
  y.set_reason(std::string{to_string(model::fault::invalid_argument)});
  y.set_text(complaint);
  send(std::move(x));
}

void routing_stream::ask(
  std::function<void(routing_desk&, model::route_client)> f) {
  {
    std::lock_guard guard{mutex_};
    ++asking_;
  }
  host_->link->post(
    [self = shared_from_this(), f = std::move(f)](exchange& at) {
      if (self->me_ != 0)
        f(at.routing(), self->me_);
      self->done_asking();
    });
}

void routing_stream::done_asking() {
  {
    std::lock_guard guard{mutex_};
    --asking_;
    if (!reads_later_ || end_ || asking_ > asking_max / 2)
      return;
    reads_later_ = false;
  }
  host_->carrier->post(
    [self = shared_from_this()] { self->StartRead(&self->reading_); });
}

// -- to the client ------------------------------------------------------------

void routing_stream::send(api::ServeResponse x) {
  auto bytes = x.ByteSizeLong();
  {
    std::unique_lock guard{mutex_};
    if (end_)
      return;
    queue_.push_back(std::move(x));
    queued_bytes_ += bytes;
    if (queue_.size() <= queue_max_ && queued_bytes_ <= queue_bytes_max) {
      pump(guard);
      return;
    }
  }
  end(make_status(grpc::RESOURCE_EXHAUSTED, api::REASON_SLOW_CLIENT,
                  "the client does not read what it is told"));
}

// Does the one thing to be done now. gRPC is called without the lock, as it may
// come back here at once.
void routing_stream::pump(std::unique_lock<std::mutex>& guard) {
  if (is_writing_ || finished_)
    return;
  if (end_) {
    finished_ = true;
    auto status = *end_;
    guard.unlock();
    on_end_(status);
    Finish(status);
    return;
  }
  if (queue_.empty())
    return;
  writing_ = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= writing_.ByteSizeLong();
  is_writing_ = true;
  guard.unlock();
  StartWrite(&writing_);
}

void routing_stream::OnWriteDone(bool ok) {
  if (!ok)
    end(grpc::Status::CANCELLED);
  std::unique_lock guard{mutex_};
  is_writing_ = false;
  pump(guard);
}

// -- the end ------------------------------------------------------------------

void routing_stream::end(const grpc::Status& why) {
  std::unique_lock guard{mutex_};
  if (end_)
    return;
  end_ = why;
  queue_.clear();
  queued_bytes_ = 0;
  leave();
  pump(guard);
}

/// Its requests go on at once, whatever the connection still has to do.
void routing_stream::leave() {
  host_->link->post([self = shared_from_this()](exchange& at) {
    if (self->me_ == 0)
      return;
    at.routing().close(self->me_);
    self->all_->closed(std::exchange(self->me_, 0));
  });
}

void routing_stream::OnCancel() {
  end(grpc::Status::CANCELLED);
}

void routing_stream::OnDone() {
  all_->remove(self_);
  auto self = std::move(self_);
}

} // namespace strowger::services::control
