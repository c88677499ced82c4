#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::model {

struct dn;

/// One way out for a dialled number.
struct trunk_choice {
  const dn* trunk = nullptr;
  size_t prefix_length = 0; ///< how much of the number the prefix matched
};

/// One counter per group of equal trunks. The caller keeps it from call to
/// call (and may keep it over a reload: it is resized as needed).
using turn_counters = std::vector<uint32_t>;

/// Which trunks lead to a number (option `prefix` of trunks and softswitches):
/// a trie over the digits, so the cost depends on the length of the number and
/// not on how many trunks there are.
class number_plan {
public:
  /// Adds a trunk under one prefix. Trunks with the same prefix and priority
  /// form a group that takes turns. The DN must outlive the plan.
  void add(std::string_view prefix, int64_t priority, const dn& trunk);

  /// The trunks for a number in the order to try them: longest prefix first,
  /// inside it by priority (smaller first), equals in turn (round robin); then
  /// those of shorter prefixes. A trunk appears once, with its longest prefix.
  /// Whether it is in service or full is the caller's knowledge.
  std::vector<trunk_choice> candidates(std::string_view number,
                                       turn_counters& turns) const;

  /// How many counters candidates() needs.
  size_t groups() const {
    return group_count_;
  }

  /// The number to send over a trunk: its `replace-prefix`, if it has one,
  /// instead of the matched prefix.
  static std::string replace(std::string_view number, const dn& trunk,
                             size_t prefix_length);

private:
  static constexpr uint32_t none = 0;

  struct group {
    int64_t priority = 0;
    uint32_t counter = 0;
    std::vector<const dn*> trunks;
  };

  /// Children are a chain of siblings; node 0 is the root, and so, as a link,
  /// means "none".
  struct node {
    char symbol = 0;
    uint32_t child = none;
    uint32_t sibling = none;
    std::vector<group> groups; // by priority
  };

  uint32_t find_child(uint32_t parent, char symbol) const;

  std::vector<node> nodes_{1};
  uint32_t group_count_ = 0;
};

} // namespace strowger::model
