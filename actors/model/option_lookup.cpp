#include "actors/model/option_table.hpp"
#include "actors/model/spelling.hpp"

#include <algorithm>
#include <array>

namespace strowger::model {

namespace {

using name_list = std::array<std::string_view, option_count>;

/// The names in the order of the table.
const name_list& names() {
  static const auto result = [] {
    name_list list;
    std::ranges::transform(option_table(), list.begin(),
                           &option_description::name);
    return list;
  }();
  return result;
}

/// The options in the order of their names.
const std::array<option, option_count>& by_name() {
  static const auto result = [] {
    std::array<option, option_count> list;
    std::ranges::transform(option_table(), list.begin(),
                           &option_description::id);
    std::ranges::sort(list, {}, [](option id) { return describe(id).name; });
    return list;
  }();
  return result;
}

} // namespace

std::optional<option> find_option(std::string_view name) {
  auto& all = by_name();
  auto position = std::ranges::lower_bound(
    all, name, {}, [](option id) { return describe(id).name; });
  if (position == all.end() || describe(*position).name != name)
    return std::nullopt;
  return *position;
}

option nearest_option(std::string_view name) {
  return *find_option(nearest_word(name, names()));
}

std::string_view to_string(value_type type) {
  switch (type) {
    case value_type::boolean:
      return "boolean";
    case value_type::integer:
      return "integer";
    case value_type::text:
      return "text";
    case value_type::list:
      return "list";
    case value_type::choice:
      return "choice";
  }
  return "";
}

std::string_view to_string(option_effect effect) {
  switch (effect) {
    case option_effect::immediate:
      return "immediate";
    case option_effect::next_call:
      return "next call";
    case option_effect::next_registration:
      return "next registration";
    case option_effect::restart:
      return "restart";
  }
  return "";
}

} // namespace strowger::model
