#include "services/options_command.hpp"

#include "actors/model/options.hpp"

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <iomanip>
#include <string_view>
#include <vector>

namespace strowger::services {

namespace {

using model::option_description;
using model::value_type;

using rows = std::vector<const option_description*>;

rows matching(const std::string& filter) {
  rows result;
  for (auto& about : model::option_table())
    if (about.name.find(filter) != std::string_view::npos
        || model::levels_to_string(about.levels).find(filter)
             != std::string::npos)
      result.push_back(&about);
  return result;
}

/// Type and allowed values, such as `integer 0..300 s` or `choice a|b`.
std::string values_of(const option_description& about) {
  std::string result{to_string(about.type)};
  if (about.type == value_type::integer)
    result.append(" ")
      .append(std::to_string(about.min))
      .append("..")
      .append(std::to_string(about.max));
  for (auto more : {about.choices, about.unit})
    if (!more.empty())
      result.append(" ").append(more);
  return result;
}

std::string default_of(const option_description& about) {
  return about.default_text.empty() ? "-" : std::string(about.default_text);
}

void print_text(const rows& options, std::ostream& out) {
  auto line = [&out](std::string_view label, std::string_view text) {
    out << "    " << std::left << std::setw(14) << label << text << '\n';
  };
  for (auto about : options) {
    out << about->name << "\n    " << about->meaning << '\n';
    line("values", values_of(*about));
    line("default", default_of(*about));
    line("level", model::levels_to_string(about->levels));
    line("takes effect", to_string(about->effect));
    out << '\n';
  }
}

/// A bar would end the cell.
std::string cell(std::string_view text) {
  std::string result;
  for (auto c : text)
    result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result;
}

void print_markdown(const rows& options, std::ostream& out) {
  out << "| Option | Level | Values | Default | Takes effect | Meaning |\n"
         "|---|---|---|---|---|---|\n";
  for (auto about : options)
    out << "| `" << about->name << "` | "
        << model::levels_to_string(about->levels) << " | "
        << cell(values_of(*about)) << " | " << cell(default_of(*about)) << " | "
        << to_string(about->effect) << " | " << cell(about->meaning) << " |\n";
}

void print_json(const rows& options, std::ostream& out) {
  auto list = nlohmann::ordered_json::array();
  for (auto about : options) {
    nlohmann::ordered_json item;
    item["name"] = about->name;
    item["levels"] = model::levels_to_string(about->levels);
    item["type"] = to_string(about->type);
    if (about->type == value_type::integer) {
      item["min"] = about->min;
      item["max"] = about->max;
    }
    if (!about->choices.empty())
      item["choices"] = about->choices;
    if (!about->unit.empty())
      item["unit"] = about->unit;
    item["default"] = about->default_text;
    item["effect"] = to_string(about->effect);
    item["meaning"] = about->meaning;
    list.push_back(std::move(item));
  }
  out << list.dump(2) << '\n';
}

} // namespace

int options_command(const std::string& filter, options_format format,
                    std::ostream& out) {
  auto options = matching(filter);
  switch (format) {
    case options_format::text:
      print_text(options, out);
      break;
    case options_format::markdown:
      print_markdown(options, out);
      break;
    case options_format::json:
      print_json(options, out);
      break;
  }
  return options.empty() ? 1 : 0;
}

} // namespace strowger::services
