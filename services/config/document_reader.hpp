#pragma once

#include "services/config/config.hpp"
#include "services/config/yaml_tree.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::config {

/// Reads the YAML of a text; what is wrong with it goes to `errors`, with
/// `name` for the file. False: there is no document.
bool parse_document(std::string_view text, const std::string& name,
                    yaml_tree& tree, std::vector<load_error>& errors);

/// A number of digits only, or nothing.
std::optional<uint64_t> parse_whole(std::string_view text);

/// What readers of YAML documents share: the shapes of values, and how a
/// mistake is told. It goes on after an error, so that one run shows them all.
class document_reader {
protected:
  using node = yaml_node;

  /// Whole numbers from and to, both included; with leading zeros each has
  /// `width` digits (otherwise 0).
  struct number_range {
    uint64_t first = 0;
    uint64_t last = 0;
    size_t width = 0;
    const node* from = nullptr; // where it begins in the file
  };

  document_reader(const yaml_tree& tree, std::string file);

  void fail(const node& where, std::string message);
  /// All that was reported, by line; of other files after this one.
  std::vector<load_error> take_errors();

  // -- shapes -----------------------------------------------------------------

  /// Calls `visit(key, value)` for each pair of a map with known keys (all if
  /// there are none); `what` names the map in errors.
  void
  read_map(const node& map, std::string_view what,
           std::span<const std::string_view> keys,
           const std::function<void(const std::string&, const node&)>& visit);
  /// Calls `visit(item)` for each item of a list; `what` and `items` name it in
  /// errors.
  void read_list(const node& sequence, std::string_view what,
                 std::string_view items,
                 const std::function<void(const node&)>& visit);
  /// The text of a scalar, or null after reporting that it is none.
  const std::string* scalar(std::string_view what, const node& value);
  void read_text(std::string_view what, const node& value, std::string& out);
  void read_word(std::string_view what, const node& value,
                 std::span<const std::string_view> words, std::string& out);
  /// A whole number within bounds, or nothing after reporting that it is none.
  std::optional<uint64_t> read_whole(std::string_view what, const node& value,
                                     uint64_t min, uint64_t max);
  /// A map {from: 2000, to: 2999} with at most `max` numbers, or nothing after
  /// reporting what is wrong with it.
  std::optional<number_range> read_range(std::string_view what, const node& map,
                                         uint64_t max);

  const yaml_tree& tree_;
  std::string file_;
  std::vector<load_error> errors_;

private:
  std::optional<uint64_t> read_end(std::string_view what, const node* value);
};

} // namespace strowger::services::config
