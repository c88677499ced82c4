#include "services/config/reader.hpp"
#include "services/config/wording.hpp"

#include <utility>

namespace strowger::services::config {

void reader::read_options(const node& map, model::level_set levels,
                          std::string_view where, const set_option& set) {
  if (map.kind == yaml_kind::null)
    return; // an empty section
  auto what = "the options of " + std::string(where);
  auto pairs = map.kind == yaml_kind::map ? tree_.children(map)
                                          : std::vector<const node*>{};
  size_t i = 0;
  read_map(map, what, {}, [&](const std::string& name, const node& value) {
    while (&pairs[i]->text != &name)
      ++i;
    auto& key = *pairs[i];
    auto id = model::find_option(name);
    if (!id) {
      auto nearest = model::describe(model::nearest_option(name)).name;
      fail(key, "unknown option " + quoted(name) + "; did you mean "
                  + quoted(nearest) + "?");
    } else if (!(model::describe(*id).levels & levels)) {
      auto allowed = model::levels_to_string(model::describe(*id).levels);
      fail(key, "option " + name + " cannot stand in " + what
                  + "; it belongs to: " + allowed);
    } else {
      read_option(*id, value, set);
    }
  });
}

void reader::read_option(model::option id, const node& value,
                         const set_option& set) {
  auto& about = model::describe(id);
  auto is_list = about.type == model::value_type::list;
  auto name = "option " + std::string(about.name);
  std::vector<std::string> items;
  std::optional<model::option_value> result;
  std::string error;
  if (is_list && value.kind == yaml_kind::sequence) {
    for (auto item : tree_.children(value))
      if (auto text = scalar(name, *item))
        items.push_back(*text);
      else
        return;
    result = model::parse_option_list(id, items, error);
  } else if (auto text = scalar(name, value)) {
    items.push_back(*text);
    result = model::parse_option(id, *text, error);
  } else {
    return;
  }
  if (result) {
    set(id, std::move(*result), value);
    return;
  }
  fail(value, name + ": " + error);
  // What was meant stays visible to the checks of the whole, which would
  // otherwise report a missing option on top.
  if (is_list)
    set(id, std::move(items), value);
  else if (about.type == model::value_type::text
           || about.type == model::value_type::choice)
    set(id, std::move(items.front()), value);
}

} // namespace strowger::services::config
