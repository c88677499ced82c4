#include "services/control/routing_stream.hpp"

#include "services/control/rpc.hpp"
#include "services/control/status.hpp"

#include <utility>

namespace strowger::services::control {

namespace {

constexpr int points_max = 1000;
constexpr uint32_t requests_preset = 1000;
constexpr uint32_t requests_most = 100'000;

// Of one message, either way. A strategy may answer all it is asked in one
// message with one message.
constexpr int instructions_max = 256;
constexpr int news_max = 256;

// Clients take 4 MB in one message unless they are told otherwise.
constexpr size_t news_bytes_max = 256 * 1024;

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

} // namespace

// -- all of them --------------------------------------------------------------

std::shared_ptr<routing_client>
routing_streams::make_batch(const plane& host, exchange& at,
                            std::function<void(routing_batch::batch)> leave) {
  return std::make_shared<routing_batch>(system_, reactor_, at,
                                         host.feed->limits().news_batch_for,
                                         std::move(leave));
}

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
  if (!ok) {
    close();
    return;
  }
  auto over = read();
  reading_.Clear();
  send(std::exchange(failed_, {}));
  ask();
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
  if (reading_.has_start() == started_)
    return invalid("start: is the first message, and only the first");
  auto& instructions = reading_.instructions();
  if (reading_.has_start()) {
    if (!instructions.empty())
      return invalid("instructions: come after the first message");
    started_ = true;
    return read_start(reading_.start());
  }
  if (instructions.empty() || instructions.size() > instructions_max)
    return invalid("instructions: are 1 to 256");
  for (auto& x : instructions)
    if (auto error = read_one(x))
      return error;
  return std::nullopt;
}

std::optional<grpc::Status>
routing_stream::read_one(const api::StrategyInstruction& x) {
  switch (x.content_case()) {
    case api::StrategyInstruction::kRoute:
      read_route(x.route());
      return std::nullopt;
    case api::StrategyInstruction::kUserData:
      read_user_data(x.user_data());
      return std::nullopt;
    case api::StrategyInstruction::kKeepWaiting:
      read_keep_waiting(x.keep_waiting());
      return std::nullopt;
    case api::StrategyInstruction::CONTENT_NOT_SET:
      break;
  }
  return invalid("instructions: one has no content");
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
    // All it may be asked at once, and that much more that is news of it. Who
    // makes mistakes is told of those of two messages besides.
    queue_max_ = 2 * how.requests_max + 2 * instructions_max;
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
    std::unique_lock guard{self->mutex_};
    self->says_started_ = !self->end_;
    self->pump(guard);
  });
  auto tells = [self = shared_from_this()](routing_batch::batch x) {
    self->host_->carrier->post([self, x] { self->tell(*x); });
  };
  me_ = at.routing().open(all_->make_batch(*host_, at, std::move(tells)), how);
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
  tasks_.push_back(
    [y = std::move(y)](routing_desk& desk, model::route_client me) {
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
  tasks_.push_back(
    [call, request, pairs = std::move(pairs),
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
  tasks_.push_back(
    [call, point, request, done = note_done(x.call_id(), request)](
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
  auto& y = *failed_.emplace_back().mutable_failed();
  y.set_request_id(request);
  y.set_call_id(call);
  y.set_routing_point(point);
  y.set_reason(std::string{to_string(model::fault::invalid_argument)});
  y.set_text(complaint);
}

void routing_stream::ask() {
  if (tasks_.empty())
    return;
  {
    std::lock_guard guard{mutex_};
    asking_ += tasks_.size();
  }
  host_->link->post([self = shared_from_this(),
                     tasks = std::exchange(tasks_, {})](exchange& at) {
    for (auto& f : tasks)
      if (self->me_ != 0)
        f(at.routing(), self->me_);
    self->done_asking(tasks.size());
  });
}

void routing_stream::done_asking(size_t n) {
  {
    std::lock_guard guard{mutex_};
    asking_ -= n;
    if (!reads_later_ || end_ || asking_ > asking_max / 2)
      return;
    reads_later_ = false;
  }
  host_->carrier->post(
    [self = shared_from_this()] { self->StartRead(&self->reading_); });
}

// -- to the client ------------------------------------------------------------

void routing_stream::tell(const std::vector<routing_news>& all) {
  std::vector<api::StrategyNews> result(all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    if (audit_)
      audit_->end(all[i].notice);
    to_api(all[i], host_->clock, result[i]);
  }
  send(std::move(result));
}

void routing_stream::send(std::vector<api::StrategyNews> all) {
  if (all.empty())
    return;
  {
    std::unique_lock guard{mutex_};
    if (end_)
      return;
    for (auto& x : all) {
      auto bytes = x.ByteSizeLong();
      queue_.push_back({std::move(x), bytes});
      queued_bytes_ += bytes;
    }
    if (queue_.size() <= queue_max_ && queued_bytes_ <= queue_bytes_max) {
      pump(guard);
      return;
    }
  }
  end(make_status(grpc::RESOURCE_EXHAUSTED, api::REASON_SLOW_CLIENT,
                  "the client does not read what it is told"));
}

/// All that waits, or as much of it as a message may hold. Is there any?
bool routing_stream::fill_message() {
  writing_.Clear();
  if (std::exchange(says_started_, false))
    writing_.mutable_started()->set_journal_id(host_->feed->journal_id());
  size_t bytes = 0;
  while (!queue_.empty() && writing_.news_size() < news_max) {
    auto& x = queue_.front();
    bytes += x.bytes;
    if (writing_.news_size() > 0 && bytes > news_bytes_max)
      break;
    *writing_.add_news() = std::move(x.what);
    queued_bytes_ -= x.bytes;
    queue_.pop_front();
  }
  return writing_.has_started() || writing_.news_size() > 0;
}

void routing_stream::drop_queue() {
  says_started_ = false;
  queue_.clear();
  queued_bytes_ = 0;
}

// Does the one thing to be done now. gRPC is called without the lock, as it may
// come back here at once.
void routing_stream::pump(std::unique_lock<std::mutex>& guard) {
  if (is_writing_ || finished_)
    return;
  if (fill_message()) {
    is_writing_ = true;
    guard.unlock();
    StartWrite(&writing_);
    return;
  }
  if (!end_)
    return;
  finished_ = true;
  auto status = *end_;
  guard.unlock();
  on_end_(status);
  Finish(status);
}

void routing_stream::OnWriteDone(bool ok) {
  if (!ok)
    end(grpc::Status::CANCELLED);
  std::unique_lock guard{mutex_};
  is_writing_ = false;
  if (!ok)
    drop_queue();
  pump(guard);
}

// -- the end ------------------------------------------------------------------

/// The client has closed its side. Its requests go on at once; what was to be
/// told by then it is told yet.
void routing_stream::close() {
  auto posted = host_->link->post([self = shared_from_this()](exchange& at) {
    self->leave(at);
    self->host_->carrier->post([self] { self->end(grpc::Status::OK); });
  });
  if (!posted)
    end(grpc::Status::OK);
}

void routing_stream::end(const grpc::Status& why) {
  std::unique_lock guard{mutex_};
  if (end_)
    return;
  end_ = why;
  if (!why.ok())
    drop_queue();
  // Its requests go on at once, whatever the connection still has to do.
  host_->link->post(
    [self = shared_from_this()](exchange& at) { self->leave(at); });
  pump(guard);
}

void routing_stream::leave(exchange& at) {
  if (me_ == 0)
    return;
  at.routing().close(me_);
  all_->closed(std::exchange(me_, 0));
}

void routing_stream::OnCancel() {
  end(grpc::Status::CANCELLED);
}

void routing_stream::OnDone() {
  all_->remove(self_);
  auto self = std::move(self_);
}

} // namespace strowger::services::control
