#include "services/config/reader.hpp"
#include "services/config/wording.hpp"

#include <utility>

namespace strowger::services::config {

namespace {

constexpr std::string_view agent_keys[] = {"login", "password", "name",
                                           "skills", "options"};
constexpr std::string_view agent_group_keys[] = {"name", "agents", "skill"};
constexpr std::string_view place_keys[] = {"name", "dns"};
constexpr std::string_view place_group_keys[] = {"name", "places"};

} // namespace

// -- names --------------------------------------------------------------------

bool reader::read_name(const node& map, std::string_view what,
                       std::string_view key, const node* value,
                       std::string& out, model::config_place& at) {
  if (map.kind != yaml_kind::map)
    return false; // said already
  if (!value) {
    fail(map, std::string(what) + " has no " + std::string(key));
    return false;
  }
  at = {value->line, value->column};
  read_text(key, *value, out);
  return !out.empty();
}

void reader::read_names(std::string_view what, const node* value,
                        std::vector<std::string>& out,
                        std::vector<model::config_place>& at) {
  if (!value)
    return;
  if (value->kind != yaml_kind::sequence) {
    fail(*value, std::string(what) + " must be a list");
    return;
  }
  for (auto item : tree_.children(*value)) {
    std::string name;
    read_text(what, *item, name);
    if (name.empty())
      continue;
    out.push_back(std::move(name));
    at.push_back({item->line, item->column});
  }
}

// -- agents -------------------------------------------------------------------

void reader::read_agent(const node& map) {
  const node* login = nullptr;
  const node* password = nullptr;
  model::agent_login agent;
  auto values = std::make_shared<model::option_values>();
  read_map(map, "an agent", agent_keys,
           [&](const std::string& key, const node& value) {
             if (key == "login")
               login = &value;
             else if (key == "password")
               password = &value;
             else if (key == "name")
               read_text(key, value, agent.name);
             else if (key == "skills")
               read_skills(value, agent.skills);
             else
               read_options(value, model::level::agent_login, "an agent",
                            [&](auto id, auto x, auto&) {
                              values->set(id, std::move(x));
                            });
           });
  if (password && values->find(model::option::password))
    fail(*password, "password is given twice: here and in the options");
  else if (password)
    read_option(model::option::password, *password,
                [&](auto id, auto x, auto&) { values->set(id, std::move(x)); });
  agent.options = std::move(values);
  if (read_name(map, "the agent", "login", login, agent.login, agent.at))
    builder_.staff().add(std::move(agent));
}

void reader::read_skills(const node& map,
                         std::vector<std::pair<std::string, int64_t>>& out) {
  read_map(map, "skills", {}, [&](const std::string& name, const node& value) {
    auto what = "the level of skill " + name;
    auto level = read_whole(what, value, 0, model::max_skill_level);
    // What was meant stays visible to the checks of the groups.
    out.emplace_back(name, static_cast<int64_t>(level.value_or(0)));
  });
}

void reader::read_agent_group(const node& map) {
  const node* name = nullptr;
  const node* agents = nullptr;
  const node* skill = nullptr;
  model::agent_group group;
  auto before = errors_.size();
  read_map(map, "an agent group", agent_group_keys,
           [&](const std::string& key, const node& value) {
             (key == "name" ? name : key == "agents" ? agents : skill) = &value;
           });
  read_names("agents", agents, group.agents, group.agents_at);
  auto read_demand = [&](const node& value) {
    std::string error;
    if (auto text = scalar("skill", value)) {
      if (auto demand = model::parse_skill_demand(*text, error))
        group.skills.push_back(std::move(*demand));
      else
        fail(value, "skill: " + error);
    }
  };
  if (skill && skill->kind == yaml_kind::sequence)
    for (auto item : tree_.children(*skill))
      read_demand(*item);
  else if (skill)
    read_demand(*skill);
  if (!agents && !skill && errors_.size() == before)
    fail(map, "an agent group has agents, a skill, or both");
  if (read_name(map, "the agent group", "name", name, group.name, group.at))
    builder_.staff().add(std::move(group));
}

// -- places -------------------------------------------------------------------

void reader::read_place(const node& map) {
  const node* name = nullptr;
  const node* dns = nullptr;
  model::place place;
  read_map(map, "a place", place_keys,
           [&](const std::string& key, const node& value) {
             (key == "name" ? name : dns) = &value;
           });
  read_names("dns", dns, place.dns, place.dns_at);
  if (read_name(map, "the place", "name", name, place.name, place.at))
    builder_.staff().add(std::move(place));
}

void reader::read_place_group(const node& map) {
  const node* name = nullptr;
  const node* places = nullptr;
  model::place_group group;
  read_map(map, "a place group", place_group_keys,
           [&](const std::string& key, const node& value) {
             (key == "name" ? name : places) = &value;
           });
  read_names("places", places, group.places, group.places_at);
  if (read_name(map, "the place group", "name", name, group.name, group.at))
    builder_.staff().add(std::move(group));
}

} // namespace strowger::services::config
