#pragma once

#include "actors/model/options.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// Who works at the switch and where: agent logins, agent groups, places and
/// place groups of the configuration, as plain data.
namespace strowger::model {

class directory;
struct config_error;

/// Where an entry stands in the configuration; line 0 = nowhere.
struct config_place {
  int line = 0;
  int column = 0;
};

/// An Agent Login. Its password is the option `password` of the level agent
/// login.
struct agent_login {
  std::string login;
  std::string name; // of the person; may be empty
  std::vector<std::pair<std::string, int64_t>> skills; // by name, with level
  std::shared_ptr<const option_values> options;        // never null
  config_place at;

  /// The level of a skill, or null.
  const int64_t* skill(std::string_view name) const;
};

/// What an agent must be able to do: `sales>=5`.
struct skill_demand {
  enum class relation : uint8_t { at_least, more, at_most, less, equal };

  std::string skill;
  relation is = relation::at_least;
  int64_t level = 0;

  bool met_by(const agent_login& x) const;
};

/// Reads `sales>=5` (also > <= < =); on nothing, `error` says what is wrong.
std::optional<skill_demand> parse_skill_demand(std::string_view text,
                                               std::string& error);

/// The largest level of a skill; the smallest is 0.
inline constexpr int64_t max_skill_level = 1000;

/// An Agent Group: agents by name, and those who have all the skills.
struct agent_group {
  std::string name;
  std::vector<std::string> agents; // resolved: each once, as configured
  std::vector<skill_demand> skills;
  config_place at;
  std::vector<config_place> agents_at; // of `agents`, while being built
};

/// DNs that one agent uses together.
struct place {
  std::string name;
  std::vector<std::string> dns;
  config_place at;
  std::vector<config_place> dns_at; // of `dns`
};

struct place_group {
  std::string name;
  std::vector<std::string> places;
  config_place at;
  std::vector<config_place> places_at; // of `places`
};

/// Finds by std::string_view in tables of std::string.
struct text_hash : std::hash<std::string_view> {
  using is_transparent = void;
};

template <class T>
using text_map = std::unordered_map<std::string, T, text_hash, std::equal_to<>>;

/// Entries in the order of the configuration, found by name.
template <class T>
class named_list {
public:
  const T* find(std::string_view name) const {
    auto position = positions_.find(name);
    return position == positions_.end() ? nullptr : &items_[position->second];
  }

  std::span<const T> all() const {
    return items_;
  }

private:
  friend class staff_builder;

  std::vector<T> items_;
  text_map<size_t> positions_;
};

/// All of it; immutable as the directory that holds it.
class staff {
public:
  const named_list<agent_login>& agents() const {
    return agents_;
  }
  const named_list<agent_group>& groups() const {
    return groups_;
  }
  const named_list<place>& places() const {
    return places_;
  }
  const named_list<place_group>& place_groups() const {
    return place_groups_;
  }

  /// The place of a DN, or null; a DN is in one place at most.
  const place* place_of(std::string_view dn) const;

private:
  friend class staff_builder;

  named_list<agent_login> agents_;
  named_list<agent_group> groups_;
  named_list<place> places_;
  named_list<place_group> place_groups_;
  text_map<size_t> place_of_; // into places_
};

/// Collects the staff, then checks it against the directory's DNs.
class staff_builder {
public:
  staff_builder& add(agent_login x);
  staff_builder& add(agent_group x);
  staff_builder& add(place x);
  staff_builder& add(place_group x);

  /// The staff; what is wrong with it is added to `errors`. Groups are
  /// resolved: the agents that a skill selects stand behind those listed.
  staff build(const directory& dns, std::vector<config_error>& errors);

private:
  class checker;

  staff result_;
};

} // namespace strowger::model
