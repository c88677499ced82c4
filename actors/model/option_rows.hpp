#pragma once

#include "actors/model/option_table.hpp"

#include <cstdint>
#include <string_view>

/// The words that the rows of option_table.cpp are made of; nobody else
/// includes this.
namespace strowger::model::rows {

using enum option;
using enum option_effect;
using fmt = value_format;

constexpr level_set app = level::application;
constexpr level_set sites = level::extrouter;
constexpr level_set login = level::agent_login;
constexpr level_set any_dn = level::any_dn;
constexpr level_set phone = level::of(dn_type::extension)
                            | level::of(dn_type::acd_position);
constexpr level_set gateway = level::of(dn_type::trunk);
constexpr level_set service = level::of(dn_type::voip_service);
constexpr level_set group = level::of(dn_type::trunk_group);
constexpr level_set port = level::of(dn_type::voice_treatment_port);
constexpr level_set point = level::of(dn_type::routing_point);

constexpr int64_t day_s = 86400;
constexpr int64_t million = 1'000'000;

using row = option_description;

constexpr row flag(option id, std::string_view name, level_set levels,
                   std::string_view preset, option_effect effect,
                   std::string_view meaning) {
  return {id, name,   levels, value_type::boolean, 0, 1, preset, "", fmt::any,
          "", effect, meaning};
}

constexpr row number(option id, std::string_view name, level_set levels,
                     int64_t min, int64_t max, std::string_view preset,
                     std::string_view unit, option_effect effect,
                     std::string_view meaning) {
  return {id,       name, levels, value_type::integer,
          min,      max,  preset, "",
          fmt::any, unit, effect, meaning};
}

constexpr row text(option id, std::string_view name, level_set levels,
                   fmt format, std::string_view preset, option_effect effect,
                   std::string_view meaning) {
  return {id, name,   levels, value_type::text, 0,      0, preset,
          "", format, "",     effect,           meaning};
}

constexpr row choice(option id, std::string_view name, level_set levels,
                     std::string_view choices, std::string_view preset,
                     option_effect effect, std::string_view meaning) {
  return {id,       name, levels, value_type::choice,
          0,        0,    preset, choices,
          fmt::any, "",   effect, meaning};
}

constexpr row list(option id, std::string_view name, level_set levels,
                   fmt format, std::string_view choices,
                   std::string_view preset, option_effect effect,
                   std::string_view meaning) {
  return {id,      name,   levels, value_type::list, 0,      0, preset,
          choices, format, "",     effect,           meaning};
}

} // namespace strowger::model::rows
