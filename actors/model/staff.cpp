#include "actors/model/staff.hpp"

#include "actors/model/directory.hpp"
#include "actors/model/spelling.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace strowger::model {

// -- data ---------------------------------------------------------------------

const int64_t* agent_login::skill(std::string_view which) const {
  auto position = std::ranges::find(skills, which,
                                    &decltype(skills)::value_type::first);
  return position == skills.end() ? nullptr : &position->second;
}

bool skill_demand::met_by(const agent_login& x) const {
  auto has = x.skill(skill);
  if (!has)
    return false;
  switch (is) {
    case relation::at_least:
      return *has >= level;
    case relation::more:
      return *has > level;
    case relation::at_most:
      return *has <= level;
    case relation::less:
      return *has < level;
    case relation::equal:
      return *has == level;
  }
  return false;
}

std::optional<skill_demand> parse_skill_demand(std::string_view text,
                                               std::string& error) {
  auto fail = [&] {
    error = "\"" + std::string(text)
            + "\" is not a demand such as sales>=5 (>= > <= < =, level 0 to "
            + std::to_string(max_skill_level) + ")";
    return std::nullopt;
  };
  auto trim = [](std::string_view x) {
    auto first = std::min(x.find_first_not_of(' '), x.size());
    return x.substr(first, x.find_last_not_of(' ') + 1 - first);
  };
  auto at = text.find_first_of("<>=");
  if (at == std::string_view::npos)
    return fail();
  skill_demand result;
  result.skill = trim(text.substr(0, at));
  auto rest = text.substr(at);
  auto or_equal = rest.size() > 1 && rest[0] != '=' && rest[1] == '=';
  using enum skill_demand::relation;
  result.is = rest[0] == '='   ? equal
              : rest[0] == '>' ? (or_equal ? at_least : more)
                               : (or_equal ? at_most : less);
  auto digits = trim(rest.substr(or_equal ? 2 : 1));
  auto end = digits.data() + digits.size();
  auto [stop, failure] = std::from_chars(digits.data(), end, result.level);
  if (result.skill.empty() || failure != std::errc{} || stop != end
      || result.level < 0 || result.level > max_skill_level)
    return fail();
  return result;
}

const place* staff::place_of(std::string_view dn) const {
  auto position = place_of_.find(dn);
  return position == place_of_.end() ? nullptr
                                     : &places_.all()[position->second];
}

// -- collecting ---------------------------------------------------------------

staff_builder& staff_builder::add(agent_login x) {
  if (!x.options)
    x.options = std::make_shared<const option_values>();
  result_.agents_.items_.push_back(std::move(x));
  return *this;
}

staff_builder& staff_builder::add(agent_group x) {
  result_.groups_.items_.push_back(std::move(x));
  return *this;
}

staff_builder& staff_builder::add(place x) {
  result_.places_.items_.push_back(std::move(x));
  return *this;
}

staff_builder& staff_builder::add(place_group x) {
  result_.place_groups_.items_.push_back(std::move(x));
  return *this;
}

// -- checking -----------------------------------------------------------------

namespace {

/// Looking for the nearest of all DNs takes time; a file with more mistakes
/// than this has another one, and would hold up a reload.
constexpr size_t max_suggestions = 20;

/// Where the entry of a list stands, or the owner of the list.
config_place at_of(const std::vector<config_place>& places, size_t i,
                   const config_place& owner) {
  return i < places.size() ? places[i] : owner;
}

bool can_be_in_place(dn_type type) {
  return type == dn_type::extension || type == dn_type::acd_position
         || type == dn_type::voice_treatment_port;
}

} // namespace

class staff_builder::checker {
public:
  checker(staff& all, const directory& dns, std::vector<config_error>& errors)
    : all_(all), dns_(dns), errors_(errors) {
    // nop
  }

  void check() {
    index("agent", all_.agents_, &agent_login::login);
    index("agent group", all_.groups_, &agent_group::name);
    index("place", all_.places_, &place::name);
    index("place group", all_.place_groups_, &place_group::name);
    for (auto& group : all_.groups_.items_)
      check_group(group);
    for (auto& x : all_.places_.items_)
      check_place(x);
    for (auto& group : all_.place_groups_.items_)
      check_place_group(group);
  }

private:
  void fail(const config_place& at, std::string message) {
    errors_.push_back({at.line, at.column, std::move(message)});
  }

  /// "; did you mean ...?", unless there is nothing to suggest.
  std::string suggest(std::string_view word, const auto& all, auto name) {
    if (suggestions_ == max_suggestions)
      return {};
    ++suggestions_;
    std::vector<std::string_view> words;
    for (auto& x : all)
      words.push_back(std::invoke(name, x));
    auto nearest = nearest_word(word, words);
    if (nearest.empty())
      return {};
    return "; did you mean \"" + std::string(nearest) + "\"?";
  }

  /// Makes the entries of a list findable, which shows those that are there
  /// twice.
  template <class T>
  void index(const char* what, named_list<T>& list, std::string T::*name) {
    for (size_t i = 0; i < list.items_.size(); ++i) {
      auto& x = list.items_[i];
      auto [first, is_new] = list.positions_.emplace(x.*name, i);
      if ((x.*name).empty())
        fail(x.at, std::string(what) + " without a name");
      else if (!is_new)
        fail(x.at, "duplicate " + std::string(what) + " " + x.*name
                     + ", first defined in line "
                     + std::to_string(list.items_[first->second].at.line));
    }
  }

  /// Checks that the names of a list are known and there once.
  template <class T>
  void check_names(const std::string& owner, const char* what,
                   const std::vector<std::string>& names,
                   const std::vector<config_place>& places,
                   const config_place& at, const named_list<T>& known,
                   std::string T::*name) {
    std::set<std::string_view> seen;
    for (size_t i = 0; i < names.size(); ++i) {
      if (!seen.insert(names[i]).second)
        fail(at_of(places, i, at),
             owner + ": " + what + " " + names[i] + " is listed twice");
      else if (!known.find(names[i]))
        fail(at_of(places, i, at), owner + ": no " + what + " \"" + names[i]
                                     + "\""
                                     + suggest(names[i], known.all(), name));
    }
  }

  void check_group(agent_group& group) {
    auto owner = "agent group " + group.name;
    check_names(owner, "agent", group.agents, group.agents_at, group.at,
                all_.agents_, &agent_login::login);
    group.agents_at.clear();
    if (group.skills.empty())
      return;
    for (auto& demand : group.skills)
      check_skill(owner, group, demand.skill);
    std::set<std::string_view> listed(group.agents.begin(), group.agents.end());
    std::vector<std::string> found;
    for (auto& agent : all_.agents_.items_) {
      auto met = [&](auto& demand) { return demand.met_by(agent); };
      if (!listed.contains(agent.login)
          && std::ranges::all_of(group.skills, met))
        found.push_back(agent.login);
    }
    group.agents.insert(group.agents.end(), found.begin(), found.end());
  }

  /// A skill that nobody has is a typing error; a level that nobody has
  /// reached is not.
  void check_skill(const std::string& owner, const agent_group& group,
                   const std::string& skill) {
    if (skills_.empty())
      for (auto& agent : all_.agents_.items_)
        for (auto& [name, level] : agent.skills)
          skills_.insert(name);
    if (!skills_.contains(skill))
      fail(group.at, owner + ": no agent has the skill \"" + skill + "\""
                       + suggest(skill, skills_, std::identity{}));
  }

  void check_place(place& x) {
    auto owner = "place " + x.name;
    auto position = static_cast<size_t>(&x - all_.places_.items_.data());
    for (size_t i = 0; i < x.dns.size(); ++i) {
      auto& number = x.dns[i];
      auto at = at_of(x.dns_at, i, x.at);
      auto entry = dns_.find(number);
      if (!entry) {
        fail(at, owner + ": no DN \"" + number + "\""
                   + suggest(number, dns_.dns(), &dn::number));
        continue;
      }
      if (!can_be_in_place(entry->type))
        fail(at, owner + ": " + std::string(to_string(entry->type)) + " "
                   + number + " is no phone that an agent could use");
      auto [first, is_new] = all_.place_of_.emplace(number, position);
      if (!is_new)
        fail(at, owner + ": DN " + number + " is in place "
                   + all_.places_.items_[first->second].name + " already");
    }
    x.dns_at.clear();
  }

  void check_place_group(place_group& group) {
    check_names("place group " + group.name, "place", group.places,
                group.places_at, group.at, all_.places_, &place::name);
    group.places_at.clear();
  }

  staff& all_;
  const directory& dns_;
  std::vector<config_error>& errors_;
  std::set<std::string_view> skills_; // that anybody has
  size_t suggestions_ = 0;
};

staff staff_builder::build(const directory& dns,
                           std::vector<config_error>& errors) {
  auto result = std::exchange(result_, {});
  checker(result, dns, errors).check();
  return result;
}

} // namespace strowger::model
