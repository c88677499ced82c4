#include "services/config/yaml_tree.hpp"

#include <yaml.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <unordered_map>

namespace strowger::services::config {

namespace {

using namespace std::literals;

/// A configuration has six levels; what is deeper was not meant to be one.
constexpr size_t max_depth = 64;

/// How much all aliases of a file may stand for, so that a few lines of aliases
/// to aliases cannot keep the reader busy for ever. A million DNs that share
/// four options stay below.
constexpr uint64_t max_aliased_weight = 16'000'000;

/// The work that a scalar makes, compared with an empty list.
uint64_t weight_of(size_t scalar_size) {
  return 1 + scalar_size / 32;
}

/// The parser counts lines and columns from 0.
int counted(size_t from_zero) {
  constexpr size_t limit = std::numeric_limits<int>::max() - 1;
  return static_cast<int>(std::min(from_zero, limit)) + 1;
}

std::string_view view(const yaml_char_t* text) {
  return text ? reinterpret_cast<const char*>(text) : std::string_view{};
}

/// True for the plain words that mean "no value" (YAML 1.2, 10.3.2).
bool is_null(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null"
         || text == "NULL";
}

bool begins_char(char c) {
  return (c & 0xc0) != 0x80; // UTF-8
}

/// The events of a text, one at a time.
class event_source {
public:
  explicit event_source(std::string_view text) : text_(text) {
    ready_ = yaml_parser_initialize(&parser_) != 0;
    if (ready_)
      yaml_parser_set_input_string(
        &parser_, reinterpret_cast<const unsigned char*>(text.data()),
        text.size());
  }

  event_source(const event_source&) = delete;
  event_source& operator=(const event_source&) = delete;

  ~event_source() {
    yaml_event_delete(&event_);
    if (ready_)
      yaml_parser_delete(&parser_);
  }

  /// Valid until the next call; null after a mistake, see fault().
  const yaml_event_t* next() {
    yaml_event_delete(&event_);
    return ready_ && yaml_parser_parse(&parser_, &event_) ? &event_ : nullptr;
  }

  yaml_fault fault() const;

private:
  bool is_colon_at(size_t index) const;

  std::string_view text_;
  bool ready_ = false;
  yaml_parser_t parser_{};
  yaml_event_t event_{}; // cleared by yaml_event_delete
};

yaml_fault event_source::fault() const {
  if (!ready_ || !parser_.problem)
    return {1, 1, "out of memory"};
  if (parser_.error == YAML_READER_ERROR) {
    // The only mistake without a line: a byte that may stand nowhere.
    auto before = text_.substr(0, parser_.problem_offset);
    auto start = before.rfind('\n') + 1; // npos + 1 == 0
    auto chars = std::ranges::count_if(before.substr(start), begins_char);
    return {counted(static_cast<size_t>(std::ranges::count(before, '\n'))),
            counted(static_cast<size_t>(chars)), parser_.problem};
  }
  auto& place = parser_.problem_mark;
  std::string message = parser_.problem;
  if (parser_.context) {
    message += " "s + parser_.context;
    auto& from = parser_.context_mark;
    if (from.line != place.line)
      message += " from line " + std::to_string(counted(from.line));
  }
  // Of YAML 1.2 the parser lacks plain words such as ::1 in [] and {}.
  if (parser_.error == YAML_PARSER_ERROR && is_colon_at(place.index))
    message += "; a value that begins with a colon must be quoted";
  return {counted(place.line), counted(place.column), std::move(message)};
}

/// True if the character of this number is a colon.
bool event_source::is_colon_at(size_t index) const {
  for (auto c : text_)
    if (begins_char(c) && index-- == 0)
      return c == ':';
  return false;
}

} // namespace

/// Appends a node for each event of the parser.
class yaml_tree::builder {
public:
  builder(yaml_tree& tree, event_source& events)
    : tree_(tree), nodes_(tree.nodes_), events_(events) {
    nodes_.assign(1, {});
    tree_.root_ = 0;
  }

  /// Reads all; false after a mistake, which is in the tree's fault.
  bool run() {
    while (auto event = events_.next()) {
      if (event->type == YAML_STREAM_END_EVENT)
        return true;
      if (!take(*event))
        return false;
    }
    tree_.fault_ = events_.fault();
    return false;
  }

private:
  /// What an anchor names; the weight is 0 as long as the node is open.
  struct anchored {
    uint32_t position = 0;
    uint64_t weight = 0;
  };

  struct container {
    uint32_t position;
    uint32_t last = 0;          // child added last
    bool is_value_next = false; // of a map
    anchored* anchor = nullptr;
    uint64_t weight_before = 0;
  };

  bool fail(const yaml_mark_t& mark, std::string message) {
    tree_.fault_ = {counted(mark.line), counted(mark.column),
                    std::move(message)};
    return false;
  }

  bool take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_ALIAS_EVENT:
        return take_alias(event);
      case YAML_SCALAR_EVENT:
        return take_scalar(event);
      case YAML_SEQUENCE_START_EVENT:
        return open(event, yaml_kind::sequence,
                    event.data.sequence_start.anchor);
      case YAML_MAPPING_START_EVENT:
        return open(event, yaml_kind::map, event.data.mapping_start.anchor);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close();
        return true;
      default: // starts and ends of the stream and of documents
        return true;
    }
  }

  bool take_alias(const yaml_event_t& event) {
    auto found = anchors_.find(std::string(view(event.data.alias.anchor)));
    if (found == anchors_.end())
      return fail(event.start_mark, "the referenced anchor is not defined");
    auto [position, weight] = found->second;
    if (weight == 0)
      return fail(event.start_mark, "the alias stands for what it is part of");
    weight_ += weight;
    aliased_weight_ += weight;
    if (aliased_weight_ > max_aliased_weight)
      return fail(event.start_mark, "the aliases stand for too many values");
    if (!add(event, yaml_kind::alias))
      return false;
    nodes_.back().first = position;
    return true;
  }

  bool take_scalar(const yaml_event_t& event) {
    auto& scalar = event.data.scalar;
    std::string_view text{reinterpret_cast<const char*>(scalar.value),
                          scalar.length};
    auto null = scalar.plain_implicit && is_null(text)
                && scalar.style == YAML_PLAIN_SCALAR_STYLE;
    // Where there is no value there is no place either: the key is meant.
    auto key = null && !open_.empty() && open_.back().is_value_next
                 ? open_.back().last
                 : uint32_t{0};
    if (!add(event, null ? yaml_kind::null : yaml_kind::scalar))
      return false;
    auto& added = nodes_.back();
    if (!null)
      added.text = text;
    if (key != 0) {
      added.line = nodes_[key].line;
      added.column = nodes_[key].column;
    }
    auto weight = weight_of(text.size());
    weight_ += weight;
    if (scalar.anchor)
      name(scalar.anchor)->weight = weight;
    return true;
  }

  bool open(const yaml_event_t& event, yaml_kind kind,
            const yaml_char_t* anchor) {
    if (open_.size() == max_depth)
      return fail(event.start_mark, "more than " + std::to_string(max_depth)
                                      + " lists and maps in each other");
    if (!add(event, kind))
      return false;
    container added{last()};
    if (anchor)
      added.anchor = name(anchor);
    added.weight_before = weight_++;
    open_.push_back(added);
    return true;
  }

  void close() {
    auto& closed = open_.back();
    // An anchor that was given again inside names that by now.
    if (closed.anchor && closed.anchor->position == closed.position)
      closed.anchor->weight = weight_ - closed.weight_before;
    open_.pop_back();
  }

  /// Appends a node to the innermost container.
  bool add(const yaml_event_t& event, yaml_kind kind) {
    auto& mark = event.start_mark;
    auto position = static_cast<uint32_t>(nodes_.size());
    if (open_.empty()) {
      if (tree_.root_ != 0)
        return fail(mark, "a second YAML document: one is wanted");
      tree_.root_ = position;
    } else {
      auto& parent = open_.back();
      (parent.last == 0 ? nodes_[parent.position].first
                        : nodes_[parent.last].next)
        = position;
      parent.last = position;
      parent.is_value_next = !parent.is_value_next
                             && nodes_[parent.position].kind == yaml_kind::map;
    }
    nodes_.push_back(
      {kind, counted(mark.line), counted(mark.column), 0, 0, {}});
    return true;
  }

  uint32_t last() const {
    return static_cast<uint32_t>(nodes_.size() - 1);
  }

  /// Lets the anchor name the node added last.
  anchored* name(const yaml_char_t* anchor) {
    auto& result = anchors_[std::string(view(anchor))];
    result = {last(), 0};
    return &result;
  }

  yaml_tree& tree_;
  std::vector<yaml_node>& nodes_;
  event_source& events_;
  std::vector<container> open_;
  std::unordered_map<std::string, anchored> anchors_;
  uint64_t weight_ = 0;         // of all so far, aliases written out
  uint64_t aliased_weight_ = 0; // of the aliases alone
};

bool yaml_tree::parse(std::string_view text) {
  assert(text.size() < std::numeric_limits<uint32_t>::max() / 2);
  event_source events{text};
  return builder(*this, events).run();
}

uint32_t yaml_tree::resolved(uint32_t position) const {
  auto& found = nodes_[position];
  // An alias always stands for a node with an anchor, never for an alias.
  return found.kind == yaml_kind::alias ? found.first : position;
}

const yaml_node& yaml_tree::root() const {
  return at(root_);
}

std::vector<const yaml_node*>
yaml_tree::children(const yaml_node& parent) const {
  std::vector<const yaml_node*> result;
  for (auto position = parent.first; position != 0;
       position = nodes_[position].next)
    result.push_back(&at(position));
  return result;
}

// -- editing ------------------------------------------------------------------

uint32_t yaml_tree::root_position() const {
  return resolved(root_);
}

void yaml_tree::root_position(uint32_t position) {
  root_ = position;
}

std::vector<uint32_t> yaml_tree::positions(uint32_t parent) const {
  std::vector<uint32_t> result;
  for (auto position = at(parent).first; position != 0;
       position = nodes_[position].next)
    result.push_back(resolved(position));
  return result;
}

uint32_t yaml_tree::add_scalar(std::string text, int line, int column) {
  nodes_.push_back({yaml_kind::scalar, line, column, 0, 0, std::move(text)});
  return static_cast<uint32_t>(nodes_.size() - 1);
}

uint32_t yaml_tree::add_container(yaml_kind kind,
                                  const std::vector<uint32_t>& children,
                                  int line, int column) {
  assert(kind == yaml_kind::map || kind == yaml_kind::sequence);
  assert(nodes_.size() + children.size()
         < std::numeric_limits<uint32_t>::max() / 2);
  auto result = static_cast<uint32_t>(nodes_.size());
  nodes_.push_back({kind, line, column, 0, 0, {}});
  auto last = result;
  for (auto child : children) {
    auto position = static_cast<uint32_t>(nodes_.size());
    (last == result ? nodes_[result].first : nodes_[last].next) = position;
    nodes_.push_back({yaml_kind::alias, 0, 0, 0, resolved(child), {}});
    last = position;
  }
  return result;
}

uint32_t& yaml_tree::link_to(uint32_t container, size_t index) {
  auto* link = &nodes_[container].first;
  for (; index > 0; --index) {
    assert(*link != 0);
    link = &nodes_[*link].next;
  }
  return *link;
}

void yaml_tree::replace_child(uint32_t container, size_t index,
                              uint32_t child) {
  auto position = link_to(container, index);
  assert(nodes_[position].kind == yaml_kind::alias);
  nodes_[position].first = resolved(child);
}

void yaml_tree::remove_child(uint32_t container, size_t index) {
  auto& link = link_to(container, index);
  link = nodes_[link].next;
}

void yaml_tree::append_child(uint32_t container, uint32_t child) {
  auto position = static_cast<uint32_t>(nodes_.size());
  auto target = resolved(child);
  size_t count = 0;
  for (auto at = nodes_[container].first; at != 0; at = nodes_[at].next)
    ++count;
  link_to(container, count) = position;
  nodes_.push_back({yaml_kind::alias, 0, 0, 0, target, {}});
}

} // namespace strowger::services::config
