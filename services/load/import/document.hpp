#pragma once

#include "services/config/config.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strowger::services::load::sipp {

/// An element of a SIPp scenario, as it stands in the file.
struct element {
  std::string name;
  int line = 1;
  std::size_t parent = 0; // index in document::elements
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text; // CDATA, or what stands between the tags

  /// Null: it has no such attribute.
  const std::string* find(std::string_view attribute) const;
  /// Is the attribute there, and true?
  bool is(std::string_view attribute) const;
};

/// A scenario as a plain list, in the order of the file; the first is the
/// element `scenario` itself.
struct document {
  std::string file;
  std::vector<element> elements;

  /// Its own steps, those below the element `scenario`, as indexes.
  std::vector<std::size_t> steps() const;
  std::vector<std::size_t> children(std::size_t parent) const;
};

/// Reads the XML of a scenario; what is wrong with it has line and column.
config::read_result<document> read_document(std::string_view text,
                                            const std::string& file);

} // namespace strowger::services::load::sipp
