#include "services/ctl/fields.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <strowger/v1/common.pb.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>
#include <charconv>
#include <ctime>

namespace strowger::services::ctl {

namespace api = strowger::v1;

// -- words --------------------------------------------------------------------

namespace {

/// The name without what it has in common with UNSPECIFIED, which is 0.
std::string_view bare_name(const pb::EnumValueDescriptor& value) {
  constexpr std::string_view unset = "UNSPECIFIED";
  std::string_view zero = value.type()->value(0)->name();
  assert(zero.ends_with(unset));
  return std::string_view{value.name()}.substr(zero.size() - unset.size());
}

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

} // namespace

std::string enum_word(const pb::EnumValueDescriptor& value) {
  if (value.number() == 0)
    return {};
  std::string result{bare_name(value)};
  for (auto& c : result)
    c = c == '_' ? '-' : lower(c);
  return result;
}

std::vector<std::string> enum_words(const pb::EnumDescriptor& type) {
  std::vector<std::string> result;
  for (int i = 1; i < type.value_count(); ++i)
    result.push_back(enum_word(*type.value(i)));
  return result;
}

const pb::EnumValueDescriptor* find_word(const pb::EnumDescriptor& type,
                                         std::string_view word) {
  for (int i = 1; i < type.value_count(); ++i)
    if (enum_word(*type.value(i)) == word)
      return type.value(i);
  return nullptr;
}

std::string event_word(const pb::EnumValueDescriptor& value) {
  constexpr std::array<std::string_view, 3> capitals = {"DN", "DND", "DTMF"};
  std::string result;
  auto rest = bare_name(value);
  while (!rest.empty()) {
    auto part = rest.substr(0, rest.find('_'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    bool as_it_is = std::find(capitals.begin(), capitals.end(), part)
                    != capitals.end();
    for (size_t i = 0; i < part.size(); ++i)
      result += i == 0 || as_it_is ? part[i] : lower(part[i]);
  }
  return result;
}

// -- values -------------------------------------------------------------------

namespace {

bool is_call_id(const pb::FieldDescriptor& field) {
  return std::string_view{field.name()}.ends_with("call_id");
}

bool is_hex(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}

template <class Number>
std::optional<Number> parse_number(const std::string& text) {
  Number result{};
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, result);
  if (failure != std::errc{} || stop != end)
    return std::nullopt;
  return result;
}

} // namespace

std::optional<std::string> check_value(const pb::FieldDescriptor& field,
                                       const std::string& word) {
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING:
      if (is_call_id(field)
          && (word.size() != 16
              || !std::all_of(word.begin(), word.end(), is_hex)))
        return "not a call, which has 16 hex digits: " + word;
      return std::nullopt;
    case pb::FieldDescriptor::CPPTYPE_ENUM: {
      if (find_word(*field.enum_type(), word))
        return std::nullopt;
      std::string result = "not one of";
      for (auto& known : enum_words(*field.enum_type()))
        result += " " + known;
      return result + ": " + word;
    }
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      if (!parse_number<uint32_t>(word))
        return "not a number: " + word;
      return std::nullopt;
    case pb::FieldDescriptor::CPPTYPE_INT64:
      if (!parse_number<int64_t>(word))
        return "not a number: " + word;
      return std::nullopt;
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      if (word != "yes" && word != "no")
        return "neither yes nor no: " + word;
      return std::nullopt;
    default:
      assert(field.message_type() == api::UserData::descriptor());
      if (auto end = word.find('='); end == std::string::npos || end == 0)
        return "not KEY=VALUE: " + word;
      return std::nullopt;
  }
}

void set_field(pb::Message& message, const pb::FieldDescriptor& field,
               const std::vector<std::string>& words) {
  auto& how = *message.GetReflection();
  for (auto& word : words) {
    assert(!check_value(field, word));
    switch (field.cpp_type()) {
      case pb::FieldDescriptor::CPPTYPE_STRING: {
        auto value = word;
        if (is_call_id(field))
          std::transform(value.begin(), value.end(), value.begin(), lower);
        how.SetString(&message, &field, value);
        break;
      }
      case pb::FieldDescriptor::CPPTYPE_ENUM:
        how.SetEnum(&message, &field, find_word(*field.enum_type(), word));
        break;
      case pb::FieldDescriptor::CPPTYPE_UINT32:
        how.SetUInt32(&message, &field, *parse_number<uint32_t>(word));
        break;
      case pb::FieldDescriptor::CPPTYPE_INT64:
        how.SetInt64(&message, &field, *parse_number<int64_t>(word));
        break;
      case pb::FieldDescriptor::CPPTYPE_BOOL:
        how.SetBool(&message, &field, word == "yes");
        break;
      default: {
        auto& data = static_cast<api::UserData&>(
          *how.MutableMessage(&message, &field));
        auto end = word.find('=');
        auto& pair = *data.add_pairs();
        pair.set_key(word.substr(0, end));
        pair.mutable_value()->set_text(word.substr(end + 1));
      }
    }
  }
}

namespace {

std::string value_text(const api::UserDataValue& value);

std::string data_text(const api::UserData& data) {
  std::string result;
  for (auto& pair : data.pairs())
    result.append(result.empty() ? "" : " ")
      .append(pair.key())
      .append("=")
      .append(value_text(pair.value()));
  return result;
}

std::string value_text(const api::UserDataValue& value) {
  switch (value.kind_case()) {
    case api::UserDataValue::kText:
      return value.text();
    case api::UserDataValue::kInteger:
      return std::to_string(value.integer());
    case api::UserDataValue::kBinary:
      return "(" + std::to_string(value.binary().size()) + " bytes)";
    case api::UserDataValue::kList:
      return "{" + data_text(value.list()) + "}";
    case api::UserDataValue::KIND_NOT_SET:
      break;
  }
  return {};
}

template <class Enum>
std::string word_of(const pb::EnumDescriptor* type, Enum value) {
  auto found = type->FindValueByNumber(static_cast<int>(value));
  return found ? enum_word(*found) : std::to_string(static_cast<int>(value));
}

std::string message_text(const pb::Message& message) {
  auto type = message.GetDescriptor();
  if (type == pb::Timestamp::descriptor())
    return time_text(static_cast<const pb::Timestamp&>(message).seconds(),
                     "%F %T");
  if (type == api::UserData::descriptor())
    return data_text(static_cast<const api::UserData&>(message));
  if (type == api::Party::descriptor()) {
    auto& party = static_cast<const api::Party&>(message);
    return party.dn() + " "
           + word_of(api::PartyState_descriptor(), party.state());
  }
  if (type == api::Agent::descriptor()) {
    auto& agent = static_cast<const api::Agent&>(message);
    return agent.agent_id() + " "
           + word_of(api::AgentState_descriptor(), agent.state());
  }
  return json_of(message);
}

} // namespace

std::string field_text(const pb::Message& message,
                       const pb::FieldDescriptor& field) {
  auto& how = *message.GetReflection();
  if (field.is_repeated()) {
    std::string result;
    for (int i = 0; i < how.FieldSize(message, &field); ++i)
      result.append(result.empty() ? "" : ", ")
        .append(field.message_type()
                  ? message_text(how.GetRepeatedMessage(message, &field, i))
                  : how.GetRepeatedString(message, &field, i));
    return result;
  }
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return how.GetString(message, &field);
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return word_of(field.enum_type(), how.GetEnumValue(message, &field));
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return how.GetBool(message, &field) ? "yes" : "no";
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(how.GetUInt64(message, &field));
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return how.HasField(message, &field)
               ? message_text(how.GetMessage(message, &field))
               : std::string{};
    default:
      assert(!"a type of field that no list has");
      return {};
  }
}

// -- text ---------------------------------------------------------------------

std::string printable(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are control characters as well; UTF-8 writes them as
    // C2 80 to C2 9F.
    bool is_c1 = c == 0xC2 && i + 1 < text.size()
                 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    result += c < 0x20 || c == 0x7F || is_c1 ? '?' : text[i];
    i += is_c1 ? 1 : 0;
  }
  return result;
}

std::string time_text(int64_t seconds, const char* format) {
  auto when = static_cast<std::time_t>(seconds);
  std::tm parts{};
  std::array<char, 64> text{};
  if (!localtime_r(&when, &parts))
    return {};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

std::string json_of(const pb::Message& message, bool pretty) {
  pb::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = pretty;
  std::string result;
  // Our messages have no Any, the only thing that JSON may fail at.
  auto status = pb::util::MessageToJsonString(message, &result, options);
  assert(status.ok());
  return result;
}

} // namespace strowger::services::ctl
