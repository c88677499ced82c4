#pragma once

#include "services/config/overlay.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

/// Changes of a configuration, and what a configuration says, for tests.
namespace strowger::test {

namespace config = services::config;
using config::change;
using config::change_verb;
using config::object_kind;

inline change set(object_kind kind, std::string name, std::string key,
                  std::vector<std::string> values) {
  return {change_verb::set, {kind, name}, {{key, values}}};
}
inline change unset(object_kind kind, std::string name, std::string key) {
  return {change_verb::unset, {kind, name}, {{key, {}}}};
}
inline change put(object_kind kind, std::string name,
                  std::vector<config::setting> settings) {
  return {change_verb::put, {kind, name}, settings};
}
inline change remove(object_kind kind, std::string name) {
  return {change_verb::remove, {kind, name}, {}};
}
inline change revert(object_kind kind, std::string name, std::string key = "") {
  change x{change_verb::revert, {kind, name}, {}};
  if (!key.empty())
    x.settings.push_back({key, {}});
  return x;
}

constexpr auto dn = object_kind::dn;
constexpr auto agent = object_kind::agent;
constexpr auto group = object_kind::agent_group;

inline std::string options_of(const model::option_values& x) {
  std::string result;
  for (auto& [id, value] : x.entries())
    result += " " + std::string{model::describe(id).name} + "="
              + model::to_string(value);
  return result;
}

/// All that a configuration says, whatever the order of its lists.
inline std::string text_of(const config::settings& x) {
  std::set<std::string> lines;
  auto& d = *x.directory;
  for (auto& about : model::option_table())
    if ((about.levels & model::level::application) && d.is_set(about.id))
      lines.insert("TServer " + std::string{about.name} + "="
                   + model::to_string(d.value(about.id)));
  lines.insert("extrouter" + options_of(d.extrouter()));
  for (auto& y : d.dns())
    lines.insert("dn " + y.number + " " + std::string{to_string(y.type)}
                 + options_of(*y.options));
  for (auto& y : d.staff().agents().all()) {
    std::string line = "agent " + y.login + " " + y.name;
    std::set<std::string> skills;
    for (auto& [skill, level] : y.skills)
      skills.insert(skill + ":" + std::to_string(level));
    for (auto& skill : skills)
      line += " " + skill;
    lines.insert(line + options_of(*y.options));
  }
  for (auto& y : d.staff().groups().all()) {
    std::string line = "group " + y.name;
    for (auto& name : y.agents)
      line += " " + name;
    lines.insert(line);
  }
  for (auto& y : d.staff().places().all()) {
    std::string line = "place " + y.name;
    for (auto& name : y.dns)
      line += " " + name;
    lines.insert(line);
  }
  for (auto& y : x.strategies)
    lines.insert("strategy " + y.name + " " + y.group + " "
                 + std::to_string(y.overflow_after_s));
  std::string result;
  for (auto& line : lines)
    result += line + "\n";
  return result;
}

inline std::string text_of(const std::string& yaml) {
  auto loaded = config::load_text(yaml, "f");
  for (auto& error : loaded.errors)
    FAIL_CHECK(to_string(error));
  return loaded.value ? text_of(*loaded.value) : "";
}

inline std::string replaced(std::string text, const std::string& from,
                            const std::string& to) {
  auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

} // namespace strowger::test
