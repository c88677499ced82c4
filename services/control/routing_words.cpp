#include "services/control/routing_words.hpp"

#include <algorithm>
#include <utility>

namespace strowger::services::control {

namespace {

static_assert(static_cast<int>(model::route_type::call_disconnect)
              == api::ROUTE_TYPE_CALL_DISCONNECT);
static_assert(static_cast<int>(model::route_type::agent_id)
              == api::ROUTE_TYPE_AGENT_ID);
static_assert(static_cast<int>(model::route_withdrawn::reason::released) + 1
              == api::ROUTE_WITHDRAWN_REASON_RELEASED);

uint64_t to_ms(model::duration x) {
  using namespace std::chrono;
  return static_cast<uint64_t>(
    std::max<int64_t>(duration_cast<milliseconds>(x).count(), 0));
}

void write(const routing_news& from, const model::route_request& x,
           const wall_clock& clock, api::RouteRequest& to) {
  to.set_routing_point(to_utf8(from.notice.point));
  auto& call = *to.mutable_call();
  if (from.call) {
    to_api(*from.call, clock, call);
    for (auto& party : from.call->parties)
      to_api(party, clock, *call.add_parties());
  }
  call.set_call_id(to_text(from.notice.call));
  call.set_ani(to_utf8(x.ani));
  call.set_dnis(to_utf8(x.dnis));
  call.clear_user_data();
  if (x.user_data && !x.user_data->empty())
    to_api(*x.user_data, *call.mutable_user_data());
  to_api(clock.at(x.since), *to.mutable_queued());
  to.set_waited_ms(to_ms(from.now - x.since));
  to.set_time_left_ms(
    to_ms(x.timed + std::chrono::seconds{from.router_timeout_s} - from.now));
  to.set_attempts(x.attempts);
}

template <class To>
void write_place(const model::route_notice& from, To& to) {
  to.set_call_id(to_text(from.call));
  to.set_routing_point(to_utf8(from.point));
}

} // namespace

void to_api(const routing_news& from, const wall_clock& clock,
            api::StrategyNews& to) {
  auto& what = from.notice.what;
  if (auto* request = std::get_if<model::route_request>(&what)) {
    write(from, *request, clock, *to.mutable_request());
  } else if (auto* used = std::get_if<model::route_used>(&what)) {
    auto& x = *to.mutable_used();
    write_place(from.notice, x);
    x.set_request_id(used->request);
    x.set_destination(to_utf8(used->destination));
  } else if (auto* failed = std::get_if<model::route_failed>(&what)) {
    auto& x = *to.mutable_failed();
    write_place(from.notice, x);
    x.set_request_id(failed->request);
    x.set_reason(std::string{to_string(failed->why)});
    x.set_text(failed->text);
  } else {
    auto& x = *to.mutable_withdrawn();
    write_place(from.notice, x);
    auto why = std::get<model::route_withdrawn>(what).why;
    x.set_reason(
      static_cast<api::RouteWithdrawnReason>(static_cast<int>(why) + 1));
  }
}

std::string word_of(api::RouteType x) {
  if (x == api::ROUTE_TYPE_UNSPECIFIED)
    return "ROUTE";
  constexpr std::string_view prefix = "ROUTE_TYPE_";
  auto& name = api::RouteType_Name(x);
  return name.empty() ? std::to_string(x) : name.substr(prefix.size());
}

complaint to_instruction(const api::RouteInstruction& from,
                         routing_instruction& to) {
  if (auto error = read_name("request_id", from.request_id(), to.request))
    return error;
  if (auto error = read_call_id("call_id", from.call_id(), to.call))
    return error;
  if (auto error = read_name("routing_point", from.routing_point(), to.point))
    return error;
  if (!api::RouteType_IsValid(from.route_type()))
    return "route_type: there is no such word";
  to.route = static_cast<model::route_type>(from.route_type());
  auto refuses = to.route == model::route_type::reject
                 || to.route == model::route_type::call_disconnect;
  if (auto error = refuses ? read_optional_name(
                     "destination", from.destination(), to.destination)
                           : read_name("destination", from.destination(),
                                       to.destination))
    return error;
  if (auto error = to.route == model::route_type::overwrite_dnis
                     ? read_name("dnis", from.dnis(), to.dnis)
                     : read_optional_name("dnis", from.dnis(), to.dnis))
    return error;
  return to_model(from.user_data(), to.pairs);
}

} // namespace strowger::services::control
