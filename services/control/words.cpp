#include "services/control/words.hpp"

#include "actors/model/dn_features.hpp"

#include <charconv>
#include <utility>

namespace strowger::services::control {

// The protocol lists words in the order of the model, after UNSPECIFIED. Where
// the model has a word for "unknown", that is UNSPECIFIED.
namespace {

template <class Api, class Model>
constexpr Api shifted(Model x) {
  return static_cast<Api>(static_cast<int>(x) + 1);
}

template <class Api, class Model>
constexpr Api same(Model x) {
  return static_cast<Api>(static_cast<int>(x));
}

static_assert(shifted<api::EventType>(model::event_type::forward_cancelled)
              == api::EVENT_TYPE_FORWARD_CANCELLED);
static_assert(model::event_type_count == api::EventType_ARRAYSIZE - 1);
static_assert(shifted<api::EventType>(model::event_type::error)
              == api::EVENT_TYPE_ERROR);
static_assert(shifted<api::CallState>(model::call_state::dropped)
              == api::CALL_STATE_DROPPED);
static_assert(shifted<api::CallState>(model::call_state::all_trunks_busy)
              == api::CALL_STATE_ALL_TRUNKS_BUSY);
static_assert(same<api::CallType>(model::call_type::consult)
              == api::CALL_TYPE_CONSULT);
static_assert(same<api::DnRole>(model::dn_role::observer)
              == api::DN_ROLE_OBSERVER);
static_assert(same<api::WorkMode>(model::work_mode::return_back)
              == api::WORK_MODE_RETURN_BACK);
static_assert(same<api::BusinessCall>(model::business_call::work)
              == api::BUSINESS_CALL_WORK);
static_assert(shifted<api::DnType>(model::dn_type::voice_treatment_port)
              == api::DN_TYPE_VOICE_TREATMENT_PORT);
static_assert(shifted<api::PartyState>(model::ledger_state::busy)
              == api::PARTY_STATE_BUSY);

static_assert(same<api::ForwardMode>(model::forward_mode::on_busy_and_no_answer)
              == api::FORWARD_MODE_ON_BUSY_AND_NO_ANSWER);

api::ForwardMode forward_mode(std::string_view word) {
  auto mode = model::parse_forward_mode(word);
  return same<api::ForwardMode>(mode.value_or(model::forward_mode::none));
}

// Nearly always it is plain ASCII, which a loop tells faster than a decoder.
void set_text(std::string* to, std::string_view from) {
  auto plain = true;
  for (auto c : from)
    plain = plain && static_cast<unsigned char>(c) < 0x80;
  if (plain) {
    to->assign(from);
    return;
  }
  text_buffer quoted;
  append_utf8(quoted, from);
  to->assign(quoted.data(), quoted.size());
}

void set_details(const model::event_details& from, api::EventDetails& to) {
  set_text(to.mutable_agent_id(), from.agent);
  to.set_work_mode(same<api::WorkMode>(from.work_mode));
  set_text(to.mutable_reason(), from.reason);
  set_text(to.mutable_text(), from.text);
  set_text(to.mutable_target(), from.target);
  to.set_wrap_up_s(from.wrap_up_s);
  to.set_business_call(same<api::BusinessCall>(from.business));
  to.set_reserved_ms(from.reserved_ms);
}

} // namespace

// -- from the model -----------------------------------------------------------

std::string to_text(model::call_id id) {
  if (id.value == 0)
    return {};
  text_buffer out;
  append_call_id(out, id.value);
  return {out.data(), out.size()};
}

std::string to_utf8(std::string_view text) {
  std::string result;
  set_text(&result, text);
  return result;
}

api::DnType to_api(model::dn_type x) {
  return shifted<api::DnType>(x);
}

api::EventKind kind_of(model::event_type x) {
  using enum model::event_type;
  switch (x) {
    case dialing:
    case network_reached:
    case ringing:
    case established:
    case destination_busy:
    case abandoned:
    case released:
    case held:
    case retrieved:
    case party_changed:
    case call_created:
    case call_deleted:
    case dtmf_sent:
      return api::EVENT_KIND_CALL;
    case queued:
    case diverted:
    case route_request:
    case route_used:
      return api::EVENT_KIND_ROUTING;
    case attached_data_changed:
    case user_event:
      return api::EVENT_KIND_USER_DATA;
    case agent_login:
    case agent_logout:
    case agent_ready:
    case agent_not_ready:
    case agent_reserved:
      return api::EVENT_KIND_AGENT;
    case dn_out_of_service:
    case dn_back_in_service:
    case dnd_on:
    case dnd_off:
    case forward_set:
    case forward_cancelled:
      return api::EVENT_KIND_DN;
    case error:
      return api::EVENT_KIND_ERROR;
  }
  return api::EVENT_KIND_UNSPECIFIED;
}

void to_api(const model::user_data& from, api::UserData& to) {
  for (auto& [key, value] : from) {
    auto& pair = *to.add_pairs();
    set_text(pair.mutable_key(), key);
    auto& out = *pair.mutable_value();
    if (auto* text = std::get_if<std::string>(&value.is))
      set_text(out.mutable_text(), *text);
    else if (auto* number = std::get_if<int64_t>(&value.is))
      out.set_integer(*number);
    else if (auto* bytes = std::get_if<model::binary>(&value.is))
      out.set_binary(bytes->bytes);
    else
      to_api(std::get<model::user_data>(value.is), *out.mutable_list());
  }
}

void to_api(wall_time from, google::protobuf::Timestamp& to) {
  using namespace std::chrono;
  auto since = from.time_since_epoch();
  auto whole = floor<seconds>(since);
  to.set_seconds(whole.count());
  to.set_nanos(static_cast<int32_t>(nanoseconds{since - whole}.count()));
}

void to_api(uint64_t sequence, const model::journal_event& from,
            const wall_clock& clock, api::Event& to) {
  to.set_sequence(sequence);
  to_api(clock.at(from.at), *to.mutable_time());
  to.set_type(shifted<api::EventType>(from.type));
  if (from.call != model::call_id{}) {
    to.set_call_id(to_text(from.call));
    to.set_call_type(same<api::CallType>(from.call_type));
    to.set_call_state(shifted<api::CallState>(from.call_state));
  }
  if (from.previous_call != model::call_id{})
    to.set_previous_call_id(to_text(from.previous_call));
  set_text(to.mutable_this_dn(), from.this_dn);
  to.set_this_role(same<api::DnRole>(from.this_role));
  set_text(to.mutable_other_dn(), from.other_dn);
  to.set_other_role(same<api::DnRole>(from.other_role));
  set_text(to.mutable_third_party_dn(), from.third_party_dn);
  to.set_third_party_role(same<api::DnRole>(from.third_party_role));
  set_text(to.mutable_this_queue(), from.this_queue);
  set_text(to.mutable_ani(), from.ani);
  set_text(to.mutable_dnis(), from.dnis);
  set_text(to.mutable_request_id(), from.request);
  if (from.user_data && !from.user_data->empty())
    to_api(*from.user_data, *to.mutable_user_data());
  if (from.details)
    set_details(*from.details, *to.mutable_details());
}

void to_api(const model::ledger_party& from, const wall_clock& clock,
            api::Party& to) {
  set_text(to.mutable_dn(), from.dn);
  to.set_role(same<api::DnRole>(from.role));
  to.set_state(shifted<api::PartyState>(from.state));
  set_text(to.mutable_queue(), from.queue);
  to_api(clock.at(from.since), *to.mutable_since());
  set_text(to.mutable_other_dn(), from.other_dn);
}

void to_api(const model::ledger_call& from, const wall_clock& clock,
            api::Call& to) {
  to.set_call_id(to_text(from.id));
  to.set_call_type(same<api::CallType>(from.type));
  set_text(to.mutable_ani(), from.ani);
  set_text(to.mutable_dnis(), from.dnis);
  to.set_previous_call_id(to_text(from.previous_call));
  if (from.user_data && !from.user_data->empty())
    to_api(*from.user_data, *to.mutable_user_data());
  to_api(clock.at(from.created), *to.mutable_created());
}

void to_api(const model::ledger_agent& from, std::string_view dn,
            const wall_clock& clock, api::Agent& to) {
  set_text(to.mutable_agent_id(), from.id);
  to.set_state(from.ready ? api::AGENT_STATE_READY
                          : api::AGENT_STATE_NOT_READY);
  to.set_work_mode(same<api::WorkMode>(from.work_mode));
  set_text(to.mutable_reason(), from.reason);
  set_text(to.mutable_dn(), dn);
  to_api(clock.at(from.since), *to.mutable_since());
}

void to_api(const model::dn& from, const model::ledger_dn* special,
            const wall_clock& clock, api::Dn& to) {
  set_text(to.mutable_number(), from.number);
  to.set_type(to_api(from.type));
  if (!special)
    return;
  if (special->in_service)
    to.set_service_state(*special->in_service
                           ? api::SERVICE_STATE_IN_SERVICE
                           : api::SERVICE_STATE_OUT_OF_SERVICE);
  to.set_dnd(special->dnd);
  to.set_forward_mode(forward_mode(special->forward_mode));
  set_text(to.mutable_forward_to(), special->forward_to);
  if (special->agent)
    to_api(*special->agent, from.number, clock, *to.mutable_agent());
}

// -- to the model -------------------------------------------------------------

std::optional<model::call_id> parse_call_id(std::string_view text) {
  model::call_id id;
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, id.value, 16);
  if (text.size() != 16 || failure != std::errc{} || stop != end
      || id.value == 0)
    return std::nullopt;
  return id;
}

std::optional<model::dn_type> to_model(api::DnType x) {
  auto index = static_cast<int>(x) - 1;
  if (index < 0 || index >= static_cast<int>(model::dn_type_count))
    return std::nullopt;
  return static_cast<model::dn_type>(index);
}

namespace {

std::optional<std::string> convert(const api::UserData& from,
                                   model::user_data& to, size_t depth) {
  if (depth > model::user_data_limits{}.depth)
    return "user_data: lists are nested too deeply";
  to.reserve(static_cast<size_t>(from.pairs_size()));
  for (auto& pair : from.pairs()) {
    if (pair.key().empty())
      return "user_data: a key is empty";
    model::user_value value;
    switch (pair.value().kind_case()) {
      case api::UserDataValue::kText:
        value.is = pair.value().text();
        break;
      case api::UserDataValue::kInteger:
        value.is = pair.value().integer();
        break;
      case api::UserDataValue::kBinary:
        value.is = model::binary{pair.value().binary()};
        break;
      case api::UserDataValue::kList: {
        model::user_data list;
        if (auto error = convert(pair.value().list(), list, depth + 1))
          return error;
        value.is = std::move(list);
        break;
      }
      case api::UserDataValue::KIND_NOT_SET:
        return "user_data: \"" + pair.key() + "\" has no value";
    }
    to.emplace_back(pair.key(), std::move(value));
  }
  return std::nullopt;
}

} // namespace

std::optional<std::string> to_model(const api::UserData& from,
                                    model::user_data& to) {
  return convert(from, to, 1);
}

} // namespace strowger::services::control
