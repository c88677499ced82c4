#include "actors/model/options.hpp"

#include "actors/model/ip_network.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace strowger::model {

namespace {

// -- texts --------------------------------------------------------------------

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
         || (c >= 'a' && c <= 'z');
}

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

bool consists_of(std::string_view text, std::string_view more) {
  return std::ranges::all_of(text, [more](char c) {
    return is_alnum(c) || more.find(c) != std::string_view::npos;
  });
}

std::string_view trim(std::string_view text) {
  auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string quoted(std::string_view text) {
  return std::string("\"").append(text).append("\"");
}

/// `a|b|c` as `a, b, c`.
std::string in_words(std::string_view choices) {
  std::string result;
  for (auto c : choices)
    result += c == '|' ? std::string(", ") : std::string(1, c);
  return result;
}

/// The choice that `text` is, in the spelling of the table.
std::optional<std::string_view> find_choice(std::string_view choices,
                                            std::string_view text) {
  while (!choices.empty()) {
    auto length = std::min(choices.find('|'), choices.size());
    if (same_word(choices.substr(0, length), text))
      return choices.substr(0, length);
    choices.remove_prefix(std::min(length + 1, choices.size()));
  }
  return std::nullopt;
}

// -- formats ------------------------------------------------------------------

bool is_host(std::string_view text) {
  if (parse_ip_address(text))
    return true;
  // Four numbers that are no address are a typing error, not a host name.
  auto all_digits = text.find_first_not_of("0123456789.")
                    == std::string_view::npos;
  return !text.empty() && text.size() <= 253 && !all_digits
         && consists_of(text, "-._") && is_alnum(text.front())
         && text.find("..") == std::string_view::npos;
}

bool is_port(std::string_view text) {
  auto value = 0;
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, value);
  return failure == std::errc{} && stop == end && value > 0 && value < 65536;
}

bool is_parameters(std::string_view text) {
  while (!text.empty()) {
    auto length = std::min(text.find(';', 1), text.size());
    auto name = text.substr(1, text.substr(0, length).find('=') - 1);
    if (trim(name).empty())
      return false;
    text.remove_prefix(length);
  }
  return true;
}

/// What is wrong with `[sip:][user@]host[:port][;params]`; empty if nothing.
std::string_view contact_fault(std::string_view text) {
  if (text.find_first_of(" \t<>\"") != std::string_view::npos)
    return "it holds a blank, a quote or < >";
  auto colon = text.find(':');
  if (same_word(text.substr(0, colon), "sip")
      || same_word(text.substr(0, colon), "sips"))
    text.remove_prefix(std::min(colon, text.size() - 1) + 1);
  if (auto at = text.find('@'); at != std::string_view::npos) {
    if (at == 0)
      return "the user part is empty";
    text.remove_prefix(at + 1);
  }
  auto semicolon = std::min(text.find(';'), text.size());
  if (!is_parameters(text.substr(semicolon)))
    return "a parameter has no name";
  text = text.substr(0, semicolon);
  auto host_end = text.starts_with('[')
                    ? std::min(text.find(']') + 1, text.size())
                    : std::min(text.find(':'), text.size());
  auto host = text.substr(0, host_end);
  if (host.empty() || !is_host(host)
      || (host.find(':') != std::string_view::npos && host.front() != '['))
    return "the host is no host name and no IP address";
  auto rest = text.substr(host_end);
  if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1))))
    return "the port is no number from 1 to 65535";
  return {};
}

/// What is wrong with a text of this format; empty if nothing.
std::string format_fault(value_format format, std::string_view text) {
  auto fault = [text](std::string_view what) {
    return quoted(text) + " is not " + std::string(what);
  };
  switch (format) {
    case value_format::any:
      break;
    case value_format::contact:
      if (auto why = contact_fault(text); !why.empty())
        return fault("a contact [sip:][user@]host[:port][;params]: ")
               + std::string(why);
      break;
    case value_format::network:
      if (!parse_ip_network(text))
        return fault("a network such as 10.0.0.0/8 (no address bits after the "
                     "first 8)");
      break;
    case value_format::address:
      if (!is_host(text))
        return fault("an IP address or host name");
      break;
    case value_format::digits:
    case value_format::trunk:
      if (!consists_of(text, "+*#-._"))
        return fault("a number (digits, letters, + * # - . _)");
      break;
  }
  return {};
}

// -- one type each ------------------------------------------------------------

/// Made in place: GCC 12 takes a variant moved here for uninitialised.
template <class T>
std::optional<option_value> result_of(T value) {
  return std::optional<option_value>{std::in_place, std::in_place_type<T>,
                                     std::move(value)};
}

std::optional<option_value> parse_boolean(std::string_view text,
                                          std::string& error) {
  for (auto word : {"true", "yes", "on", "1"})
    if (same_word(text, word))
      return result_of(true);
  for (auto word : {"false", "no", "off", "0"})
    if (same_word(text, word))
      return result_of(false);
  error = quoted(text) + " is not true or false";
  return std::nullopt;
}

std::optional<option_value> parse_integer(const option_description& about,
                                          std::string_view text,
                                          std::string& error) {
  int64_t value = 0;
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (stop == end && failure == std::errc{} && value >= about.min
      && value <= about.max)
    return result_of(value);
  error = quoted(text) + " is not a whole number from "
          + std::to_string(about.min) + " to " + std::to_string(about.max);
  if (!about.unit.empty())
    error += " (" + std::string(about.unit) + ")";
  return std::nullopt;
}

/// Checks one text or list item; gives choices the spelling of the table.
std::optional<std::string> parse_item(const option_description& about,
                                      std::string_view text,
                                      std::string& error) {
  // A line break would end up in a SIP header.
  auto control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
  if (std::ranges::any_of(text, control)) {
    error = "the text holds a control character";
    return std::nullopt;
  }
  if (!about.choices.empty()) {
    if (auto found = find_choice(about.choices, text))
      return std::string(*found);
    error = quoted(text) + " is none of " + in_words(about.choices);
    return std::nullopt;
  }
  error = text.empty() ? "" : format_fault(about.format, text);
  return error.empty() ? std::optional(std::string(text)) : std::nullopt;
}

} // namespace

// -- values -------------------------------------------------------------------

std::optional<option_value> parse_option(option id, std::string_view text,
                                         std::string& error) {
  auto& about = describe(id);
  switch (about.type) {
    case value_type::boolean:
      return parse_boolean(text, error);
    case value_type::integer:
      return parse_integer(about, text, error);
    case value_type::text:
    case value_type::choice:
      if (auto item = parse_item(about, text, error))
        return result_of(std::move(*item));
      return std::nullopt;
    case value_type::list: {
      std::vector<std::string> items;
      for (auto rest = trim(text); !rest.empty();) {
        auto length = std::min(rest.find(','), rest.size());
        items.emplace_back(trim(rest.substr(0, length)));
        if (length + 1 == rest.size())
          items.emplace_back(); // nothing after the last comma
        rest.remove_prefix(std::min(length + 1, rest.size()));
      }
      return parse_option_list(id, std::move(items), error);
    }
  }
  return std::nullopt;
}

std::optional<option_value> parse_option_list(option id,
                                              std::vector<std::string> items,
                                              std::string& error) {
  auto& about = describe(id);
  if (about.type != value_type::list) {
    error = "one value is wanted, not a list";
    return std::nullopt;
  }
  for (auto& item : items) {
    if (item.empty()) {
      error = "the list has an empty item";
      return std::nullopt;
    }
    auto checked = parse_item(about, item, error);
    if (!checked)
      return std::nullopt;
    item = std::move(*checked);
  }
  return result_of(std::move(items));
}

namespace {

struct value_printer {
  std::string operator()(bool value) const {
    return value ? "true" : "false";
  }

  std::string operator()(int64_t value) const {
    return std::to_string(value);
  }

  std::string operator()(const std::string& value) const {
    return value;
  }

  std::string operator()(const std::vector<std::string>& items) const {
    std::string result;
    for (auto& item : items)
      result += (result.empty() ? "" : ",") + item;
    return result;
  }
};

option_value make_default(const option_description& about) {
  if (about.default_text.empty())
    switch (about.type) {
      case value_type::boolean:
        return false;
      case value_type::integer:
        return int64_t{0};
      case value_type::text:
      case value_type::choice:
        return std::string{};
      case value_type::list:
        return std::vector<std::string>{};
    }
  std::string error;
  auto value = parse_option(about.id, about.default_text, error);
  assert(value && "the default of the table is no value of the option");
  return *value;
}

} // namespace

std::string to_string(const option_value& value) {
  return std::visit(value_printer{}, value);
}

std::string levels_to_string(level_set levels) {
  std::string result;
  auto append = [&](std::string_view word) {
    result += (result.empty() ? "" : ", ") + std::string(word);
  };
  if (levels & level::application)
    append("TServer");
  if (levels & level::extrouter)
    append("extrouter");
  if ((levels & level::any_dn) == level::any_dn)
    append("any DN");
  else
    for (size_t i = 0; i < dn_type_count; ++i)
      if (levels & level::of(static_cast<dn_type>(i)))
        append(to_string(static_cast<dn_type>(i)));
  if (levels & level::agent_login)
    append("agent login");
  return result;
}

const option_value& default_value(option id) {
  static const auto values = [] {
    std::vector<option_value> result;
    result.reserve(option_count);
    for (auto& about : option_table())
      result.push_back(make_default(about));
    return result;
  }();
  return values[static_cast<size_t>(id)];
}

// -- sets of values -----------------------------------------------------------

namespace {

bool is_of_type(const option_value& value, value_type type) {
  switch (type) {
    case value_type::boolean:
      return std::holds_alternative<bool>(value);
    case value_type::integer:
      return std::holds_alternative<int64_t>(value);
    case value_type::text:
    case value_type::choice:
      return std::holds_alternative<std::string>(value);
    case value_type::list:
      return std::holds_alternative<std::vector<std::string>>(value);
  }
  return false;
}

} // namespace

option_values::option_values(std::initializer_list<entry> entries) {
  for (auto& [id, value] : entries)
    set(id, value);
}

void option_values::set(option id, option_value value) {
  assert(is_of_type(value, describe(id).type));
  auto position = std::ranges::lower_bound(entries_, id, {}, &entry::first);
  if (position != entries_.end() && position->first == id)
    position->second = std::move(value);
  else
    entries_.emplace(position, id, std::move(value));
}

const option_value* option_values::find(option id) const {
  auto position = std::ranges::lower_bound(entries_, id, {}, &entry::first);
  if (position == entries_.end() || position->first != id)
    return nullptr;
  return &position->second;
}

} // namespace strowger::model
