#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Messages of the protocol as words of a command line, by reflection: what the
/// protocol gains, `strowger ctl` can say.
namespace strowger::services::ctl {

namespace pb = google::protobuf;

// -- words --------------------------------------------------------------------

/// `DN_TYPE_ACD_QUEUE` is `acd-queue`; empty for UNSPECIFIED.
std::string enum_word(const pb::EnumValueDescriptor& value);

/// All words of an enumeration, in its order, without UNSPECIFIED.
std::vector<std::string> enum_words(const pb::EnumDescriptor& type);

/// The value that a word names, or null.
const pb::EnumValueDescriptor* find_word(const pb::EnumDescriptor& type,
                                         std::string_view word);

/// `EVENT_TYPE_DND_ON` is `DNDOn`: T-Library's name, without "Event".
std::string event_word(const pb::EnumValueDescriptor& value);

// -- values -------------------------------------------------------------------

/// What is wrong with this word for the field, or nothing. A ConnID has 16 hex
/// digits, user data are KEY=VALUE.
std::optional<std::string> check_value(const pb::FieldDescriptor& field,
                                       const std::string& word);

/// Sets a field from words that check_value() found right.
void set_field(pb::Message& message, const pb::FieldDescriptor& field,
               const std::vector<std::string>& words);

/// A field for people, on one line; empty if it is unset.
std::string field_text(const pb::Message& message,
                       const pb::FieldDescriptor& field);

// -- text ---------------------------------------------------------------------

/// What peers sent must not steer a terminal: control characters become `?`.
std::string printable(std::string_view text);

/// Local time with this strftime format.
std::string time_text(int64_t seconds, const char* format);

/// JSON as protobuf maps it, with the field names of the protocol; on one line
/// unless `pretty`.
std::string json_of(const pb::Message& message, bool pretty = false);

} // namespace strowger::services::ctl
