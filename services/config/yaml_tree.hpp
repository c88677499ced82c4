#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::config {

enum class yaml_kind : uint8_t { null, scalar, sequence, map, alias };

/// A value of a YAML document and where it stands (from 1).
struct yaml_node {
  yaml_kind kind = yaml_kind::null;
  int line = 1;
  int column = 1;
  uint32_t next = 0;  ///< the next in the same sequence or map
  uint32_t first = 0; ///< the first child; of an alias what it stands for
  std::string text;   ///< of a scalar
};

/// Why a text is no YAML document.
struct yaml_fault {
  int line = 1;
  int column = 1;
  std::string message;
};

/// A YAML document in one vector, with the places of keys as well as values.
/// It is made of the events of libyaml, which reads 50,000 DNs in 0.15 s on one
/// core; large switches would notice a slower parser at each reload.
class yaml_tree {
public:
  /// Reads a text; false if it is no YAML, nests deeper than 64 levels or
  /// stands for far more than it holds by its aliases, see fault(). Never
  /// throws.
  bool parse(std::string_view text);

  const yaml_fault& fault() const {
    return fault_;
  }

  /// The document; null for an empty text.
  const yaml_node& root() const;

  /// The items of a sequence, or the keys and values of a map in turn.
  std::vector<const yaml_node*> children(const yaml_node& parent) const;

  // -- editing ----------------------------------------------------------------

  // What was read stays as it is; an edited document is made of new nodes that
  // stand for the old ones. A position is valid as long as the tree.

  /// Where the document is; 0 = there is none.
  uint32_t root_position() const;
  void root_position(uint32_t position);

  /// What stands there; never an alias.
  const yaml_node& at(uint32_t position) const {
    return nodes_[resolved(position)];
  }

  /// Positions of children().
  std::vector<uint32_t> positions(uint32_t parent) const;

  /// New values; what children are may stand elsewhere, too.
  uint32_t add_scalar(std::string text, int line, int column);
  uint32_t add_container(yaml_kind kind, const std::vector<uint32_t>& children,
                         int line, int column);

  /// Changes a container that was added: the child with this index, counted
  /// with keys, stands for another value, or goes, or a new one is the last.
  void replace_child(uint32_t container, size_t index, uint32_t child);
  void remove_child(uint32_t container, size_t index);
  void append_child(uint32_t container, uint32_t child);

private:
  class builder;

  /// What points to the child with this index.
  uint32_t& link_to(uint32_t container, size_t index);

  uint32_t resolved(uint32_t position) const;

  std::vector<yaml_node> nodes_; // [0] is a null node: "none"
  uint32_t root_ = 0;
  yaml_fault fault_;
};

} // namespace strowger::services::config
