#include "services/config/object_words.hpp"

#include <algorithm>
#include <cassert>

namespace strowger::services::config {

namespace {

constexpr std::array<std::string_view, object_kind_count> list_keys = {
  "", "dns", "agents", "agent-groups", "places", "place-groups", "strategies"};

constexpr std::array<std::string_view, object_kind_count> name_keys = {
  "", "number", "login", "name", "name", "name", "name"};

constexpr std::string_view skills = "skills/";
constexpr std::string_view extrouter = "extrouter/";

bool has_options(object_kind kind) {
  return kind == object_kind::dn || kind == object_kind::agent
         || kind == object_kind::switch_itself;
}

} // namespace

std::string_view list_key(object_kind kind) {
  return list_keys[static_cast<size_t>(kind)];
}

std::string_view name_key(object_kind kind) {
  return name_keys[static_cast<size_t>(kind)];
}

std::vector<std::vector<std::string>> paths_of(object_kind kind,
                                               std::string_view key) {
  std::string word{key};
  if (kind == object_kind::switch_itself) {
    if (key.starts_with(extrouter))
      return {{"options", "extrouter", word.substr(extrouter.size())}};
    return {{"options", "TServer", word}};
  }
  if (kind == object_kind::agent) {
    if (key.starts_with(skills))
      return {{"skills", word.substr(skills.size())}};
    if (key == "password")
      return {{word}, {"options", word}};
    if (key == "name")
      return {{word}};
  }
  if (!has_options(kind) || (kind == object_kind::dn && key == "type"))
    return {{word}};
  return {{"options", word}};
}

std::string key_of(object_kind kind, std::span<const std::string> path) {
  assert(!path.empty());
  auto in_options = path.front() == "options" && has_options(kind);
  size_t skipped = !in_options ? 0
                   : kind == object_kind::switch_itself && path.size() > 1
                       && path[1] == "TServer"
                     ? 2
                     : 1;
  std::string result;
  for (auto& word : path.subspan(std::min(skipped, path.size() - 1)))
    result += (result.empty() ? "" : "/") + word;
  return result;
}

bool is_structure(object_kind kind, std::span<const std::string> path) {
  if (path.size() > 1)
    return false;
  auto& word = path.front();
  if (kind == object_kind::switch_itself)
    return std::ranges::find(list_keys, word) != list_keys.end();
  return word == name_key(kind)
         || (kind == object_kind::dn && word == "numbers");
}

bool is_list(object_kind kind, std::string_view key) {
  switch (kind) {
    case object_kind::agent_group:
      return key == "agents";
    case object_kind::place:
      return key == "dns";
    case object_kind::place_group:
      return key == "places";
    case object_kind::strategy:
      return key == "routing-points";
    case object_kind::switch_itself:
    case object_kind::dn:
    case object_kind::agent:
      return false;
  }
  return false;
}

} // namespace strowger::services::config
