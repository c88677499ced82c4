#pragma once

#include "actors/model/demand.hpp"
#include "actors/model/directory.hpp"
#include "actors/model/ledger.hpp"
#include "services/log/line_format.hpp"

#include <strowger/v1/common.pb.h>
#include <strowger/v1/event_service.pb.h>

#include <optional>
#include <string>
#include <string_view>

namespace strowger::services::control {

namespace api = strowger::v1;

// -- from the model to the protocol -------------------------------------------

/// A ConnID: 16 hex digits; empty for no call.
std::string to_text(model::call_id id);

/// What peers sent may be anything; a protobuf string must be UTF-8.
std::string to_utf8(std::string_view text);

api::DnType to_api(model::dn_type x);
api::EventKind kind_of(model::event_type x);

void to_api(const model::user_data& from, api::UserData& to);
void to_api(wall_time from, google::protobuf::Timestamp& to);

/// `to` is empty, or was cleared.
void to_api(uint64_t sequence, const model::journal_event& from,
            const wall_clock& clock, api::Event& to);
void to_api(const model::ledger_party& from, const wall_clock& clock,
            api::Party& to);
/// Without the parties.
void to_api(const model::ledger_call& from, const wall_clock& clock,
            api::Call& to);
void to_api(const model::ledger_agent& from, std::string_view dn,
            const wall_clock& clock, api::Agent& to);
/// `special` is what events told about the DN, or null.
void to_api(const model::dn& from, const model::ledger_dn* special,
            const wall_clock& clock, api::Dn& to);

// -- from the protocol to the model -------------------------------------------

/// Nothing if it is not 16 hex digits, or 0.
std::optional<model::call_id> parse_call_id(std::string_view text);

/// Nothing for UNSPECIFIED and what is not known.
std::optional<model::dn_type> to_model(api::DnType x);

/// User data of a request. Returns what is wrong with it, or nothing. Sizes are
/// checked where it is attached; here only the depth, as a stack has an end.
std::optional<std::string> to_model(const api::UserData& from,
                                    model::user_data& to);

} // namespace strowger::services::control
