#pragma once

#include "services/config/change.hpp"
#include "services/config/yaml_tree.hpp"

#include <array>
#include <functional>
#include <list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace strowger::services::config {

/// A value of an object, and where its key and its value stand.
struct listed_setting {
  setting is;
  const yaml_node* key = nullptr;
  const yaml_node* value = nullptr;
};

/// An object of a YAML document.
struct listed_object {
  object_id id;
  const yaml_node* map = nullptr;  ///< the whole
  const yaml_node* name = nullptr; ///< null for the switch
  uint32_t position = 0;           ///< of the map
};

/// The YAML document of a configuration as objects that can be found and
/// changed. Changes are edits of the document that nobody has checked yet: what
/// is read from it afterwards is right or wrong as if a file said so.
class object_tree {
public:
  /// The tree must outlive it.
  explicit object_tree(yaml_tree& tree);

  /// Is there such an object, with a value of this key?
  bool has(const object_id& x) const;
  bool has(const object_id& x, std::string_view key) const;

  /// Where the object stands, or the range that holds it; 0 = nowhere.
  uint32_t position_of(const object_id& x) const;

  /// Is it one of objects(), not only a number of a range?
  bool lists(const object_id& x) const;

  /// Makes a change that is no revert. What is new stands in this line, at
  /// column 1, the setting with index i at column 2 + i. Returns why it cannot
  /// be made, or nothing.
  std::string apply(const change& x, int line);

  /// Puts the edited objects into the document of the tree.
  void finish();

  // -- listing ----------------------------------------------------------------

  /// All objects, by kind, in the order of the document.
  std::vector<listed_object> objects() const;

  /// What is set on one of them, in the order of the document.
  std::vector<listed_setting> settings(const listed_object& x) const;

private:
  using path = std::vector<std::string>;

  /// The numbers of a range of DNs.
  struct bounds {
    uint64_t from = 0;
    uint64_t to = 0;
    size_t width = 0; // with leading zeros; 0: there are none
  };

  struct item {
    uint32_t map = 0; // 0: it is gone
    uint32_t name = 0;
    std::string text; // of the name; empty: it is not right
    bounds range;
    bool is_range = false;
  };

  using items = std::list<item>;
  using place = items::iterator;

  /// A list of the document.
  struct section {
    items all;
    std::unordered_map<std::string, place> by_name;
    std::map<std::pair<size_t, uint64_t>, place> ranges; // width, from
    bool is_list = true; // otherwise it stays as it is
    bool changed = false;
  };

  struct spot {
    int line;
    int column;
  };

  void read_section(object_kind kind, uint32_t position);
  item read_item(object_kind kind, uint32_t position) const;
  item read_range(uint32_t map, uint32_t numbers) const;
  void enter(section& to, place x);
  void forget(section& from, place x);

  const item* find_range(const section& in, const std::string& number) const;
  /// Cuts the range that holds the number, so that the number is an item of its
  /// own, and returns that; or the end.
  place cut_out(section& in, const std::string& number, spot at);
  item part(const item& of, uint64_t from, uint64_t to);
  item single(const item& of, const std::string& number, spot at);

  std::string put(const change& x, int line);
  std::string change_setting(const change& x, int line);
  uint32_t make_object(const change& x, int line);
  uint32_t make_value(object_kind kind, const setting& x, spot at);
  /// The map with this value at the end of the path, or without it if the value
  /// is 0: the same one if nothing else shares it, else a copy.
  uint32_t edited(uint32_t map, std::span<const std::string> at, uint32_t value,
                  spot where);
  uint32_t copied(uint32_t map, spot where);
  uint32_t value_at(uint32_t map, std::span<const std::string> at) const;

  yaml_tree& tree_;
  uint32_t root_ = 0; // the map; 0: the document is none
  std::array<section, object_kind_count> sections_;
  std::unordered_set<uint32_t> owned_; // maps that may be edited in place
};

} // namespace strowger::services::config
