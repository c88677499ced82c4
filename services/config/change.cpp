#include "services/config/change.hpp"

#include "actors/model/option_table.hpp"

#include <algorithm>
#include <array>

namespace strowger::services::config {

namespace {

constexpr std::array<std::string_view, object_kind_count> kind_words = {
  "switch", "dn", "agent", "agent group", "place", "place group", "strategy"};

constexpr std::array<std::string_view, 5> verb_words = {"set", "unset", "put",
                                                        "delete", "revert"};

/// Sections of the file that are read when the switch starts.
constexpr std::array<std::string_view, 6> start_keys = {
  "switch", "control", "metrics", "data", "log", "cdr"};

constexpr size_t name_max = 64;
constexpr size_t key_max = 128;
constexpr size_t value_max = 4096;

bool has_control_chars(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::string fault_of(const object_id& x) {
  if (x.kind == object_kind::switch_itself)
    return x.name.empty() ? "" : "the switch has no name here";
  if (x.name.empty())
    return "there is no name";
  if (x.name.size() > name_max)
    return "the name has more than 64 characters";
  return has_control_chars(x.name) ? "the name has control characters" : "";
}

std::string fault_of(object_kind kind, const setting& x) {
  if (x.key.empty() || x.key.size() > key_max)
    return "a key has 1 to 128 characters";
  if (has_control_chars(x.key) || x.key.ends_with('/'))
    return "the key has control characters, or ends with a slash";
  for (auto& value : x.values)
    if (value.size() > value_max || has_control_chars(value))
      return "a value has more than 4096 characters, or control characters";
  if (x.key == "name"
        ? kind != object_kind::agent
        : x.key == "number" || x.key == "numbers" || x.key == "login")
    return "the name of an object cannot change";
  auto section = std::string_view{x.key}.substr(0, x.key.find('/'));
  if (kind == object_kind::switch_itself
      && std::ranges::find(start_keys, section) != start_keys.end())
    return x.key + " cannot change at run time: change the file and restart";
  auto id = model::find_option(
    section == "extrouter" ? x.key.substr(x.key.find('/') + 1) : x.key);
  if (id && model::describe(*id).effect == model::option_effect::restart)
    return "option " + x.key
           + " cannot change at run time: change the file and restart";
  return {};
}

} // namespace

std::string_view to_string(object_kind x) {
  return kind_words[static_cast<size_t>(x)];
}

std::string_view to_string(change_verb x) {
  return verb_words[static_cast<size_t>(x)];
}

std::string to_string(const object_id& x) {
  std::string result{to_string(x.kind)};
  if (!x.name.empty())
    result += " " + x.name;
  return result;
}

std::string to_string(const change& x) {
  auto result = std::string{to_string(x.verb)} + " " + to_string(x.object);
  if (auto key = x.key(); !key.empty())
    result.append(" ").append(key);
  return result;
}

bool is_secret(std::string_view key) {
  return key.ends_with("password"); // also gvm_password
}

std::string fault_of(const change& x) {
  if (auto fault = fault_of(x.object); !fault.empty())
    return fault;
  auto whole = x.verb == change_verb::put || x.verb == change_verb::remove;
  if (whole && x.object.kind == object_kind::switch_itself)
    return "the switch can be neither made nor deleted";
  auto& all = x.settings;
  for (auto i = all.begin(); i != all.end(); ++i) {
    if (auto fault = fault_of(x.object.kind, *i); !fault.empty())
      return fault;
    if (std::any_of(all.begin(), i, [&](auto& y) { return y.key == i->key; }))
      return "the key " + i->key + " is given twice";
  }
  return {};
}

} // namespace strowger::services::config
