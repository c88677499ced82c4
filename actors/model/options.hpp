#pragma once

#include "actors/model/option_table.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace strowger::model {

/// The value of an option: text for value_type::text and choice.
using option_value
  = std::variant<bool, int64_t, std::string, std::vector<std::string>>;

/// Reads and checks the text of a value against the table. Lists are separated
/// by commas. On nothing, `error` says what is wrong with it.
std::optional<option_value> parse_option(option id, std::string_view text,
                                         std::string& error);

/// Checks a list given item by item (see parse_option).
std::optional<option_value> parse_option_list(option id,
                                              std::vector<std::string> items,
                                              std::string& error);

/// A value as it would stand in a file.
std::string to_string(const option_value& value);

/// Levels in words, such as `TServer, trunk`.
std::string levels_to_string(level_set levels);

/// The default of the table, parsed; of an unset option the value false, 0,
/// "" or the empty list.
const option_value& default_value(option id);

/// The options set in one place. Small and sorted; shared by the DNs of a
/// range.
class option_values {
public:
  using entry = std::pair<option, option_value>;

  option_values() = default;
  option_values(std::initializer_list<entry> entries);

  /// Sets or overwrites. The value must be of the type the table states.
  void set(option id, option_value value);

  /// The value set here, or null.
  const option_value* find(option id) const;

  std::span<const entry> entries() const {
    return entries_;
  }

  bool empty() const {
    return entries_.empty();
  }

private:
  std::vector<entry> entries_;
};

} // namespace strowger::model
