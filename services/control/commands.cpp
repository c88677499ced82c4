#include "services/control/commands.hpp"

#include <algorithm>

namespace strowger::services::control {

namespace {

constexpr size_t name_max = 64;

grpc::Status conflict(const std::string& id) {
  return make_status(model::fault::conflict,
                     "the request_id " + id + " was used for another request",
                     {"request_id", id});
}

} // namespace

uint64_t commands::content_of(std::string_view name,
                              const google::protobuf::MessageLite& x) {
  auto bytes = std::string{name};
  x.AppendToString(&bytes);
  return std::hash<std::string>{}(bytes);
}

void commands::start(std::shared_ptr<rpc> self, const std::string& id,
                     uint64_t content, action act, filler fill) {
  std::string checked;
  if (auto error = read_name("request_id", id, checked)) {
    self->finish(make_status(model::fault::invalid_argument, *error));
    return;
  }
  auto [request, is_new] = memory_->note(self->who().name, id, content);
  if (!request) {
    self->finish(conflict(id));
    return;
  }
  request->wait([self, fill = std::move(fill)](const model::verdict& x) {
    self->finish_with([&] {
      if (x.accepted())
        fill(x);
      return make_status(x.why, x.text);
    });
  });
  if (is_new)
    carry_out(std::move(self), id, std::move(request), std::move(act));
}

void commands::carry_out(std::shared_ptr<rpc> self, const std::string& id,
                         std::shared_ptr<noted_request> request, action act) {
  // On the courier's thread: finishing an rpc is not the work of the switch.
  auto settle = [host = host_, memory = memory_, who = self->who().name, id,
                 request](model::verdict&& x) {
    if (!x.accepted())
      memory->forget(who, id, request);
    host->carrier->post([request, x = std::move(x)] { request->settle(x); });
  };
  auto sent = host_->link->post(
    [self, settle, act = std::move(act)](exchange& to) {
      auto now = std::chrono::system_clock::now();
      if (self->refused())
        settle({model::fault::cancelled, "the client went away", {}});
      else if (self->deadline() <= now)
        settle({model::fault::timeout, "the deadline has passed", {}});
      else
        act(to, settle);
    });
  if (!sent)
    settle({model::fault::overloaded, "the switch is being stopped", {}});
}

// -- shapes of fields ---------------------------------------------------------

complaint read_optional_name(std::string_view field, const std::string& from,
                             std::string& to) {
  auto is_control = [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  };
  if (from.size() > name_max)
    return std::string{field} + ": has more than 64 characters";
  if (std::ranges::any_of(from, is_control))
    return std::string{field} + ": has control characters";
  to = from;
  return std::nullopt;
}

complaint read_name(std::string_view field, const std::string& from,
                    std::string& to) {
  if (from.empty())
    return std::string{field} + ": is empty";
  return read_optional_name(field, from, to);
}

complaint read_call_id(std::string_view field, const std::string& from,
                       model::call_id& to) {
  auto id = parse_call_id(from);
  if (!id)
    return std::string{field} + ": is not 16 hex digits";
  to = *id;
  return std::nullopt;
}

} // namespace strowger::services::control
