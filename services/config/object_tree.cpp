#include "services/config/object_tree.hpp"

#include "services/config/object_words.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <iterator>
#include <optional>

namespace strowger::services::config {

namespace {

// As the reader has it (ITU-T E.164).
constexpr size_t digits_max = 15;

std::optional<uint64_t> parse_digits(std::string_view text) {
  uint64_t result = 0;
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, result);
  if (failure != std::errc{} || stop != end || text.size() > digits_max)
    return std::nullopt;
  return result;
}

/// A number of a range, as it is dialled.
std::string number_text(uint64_t number, size_t width) {
  auto digits = std::to_string(number);
  return digits.size() < width
           ? std::string(width - digits.size(), '0') + digits
           : digits;
}

size_t index_of(object_kind kind) {
  return static_cast<size_t>(kind);
}

} // namespace

object_tree::object_tree(yaml_tree& tree) : tree_(tree) {
  auto root = tree.root_position();
  if (tree.at(root).kind != yaml_kind::map)
    return;
  root_ = root;
  for (auto kind : listed_kinds)
    if (auto value = value_at(root, std::array{std::string{list_key(kind)}}))
      read_section(kind, value);
}

void object_tree::read_section(object_kind kind, uint32_t position) {
  auto& to = sections_[index_of(kind)];
  to.is_list = tree_.at(position).kind != yaml_kind::map
               && tree_.at(position).kind != yaml_kind::scalar;
  for (auto child : tree_.positions(position)) {
    to.all.push_back(read_item(kind, child));
    enter(to, std::prev(to.all.end()));
  }
}

object_tree::item object_tree::read_item(object_kind kind,
                                         uint32_t position) const {
  item result{position, 0, {}, {}, false};
  if (tree_.at(position).kind != yaml_kind::map)
    return result;
  result.name = value_at(position, std::array{std::string{name_key(kind)}});
  if (result.name != 0 && tree_.at(result.name).kind == yaml_kind::scalar)
    result.text = tree_.at(result.name).text;
  else if (kind == object_kind::dn)
    if (auto numbers = value_at(position,
                                std::array<std::string, 1>{"numbers"}))
      return read_range(position, numbers);
  return result;
}

object_tree::item object_tree::read_range(uint32_t map,
                                          uint32_t numbers) const {
  item result{map, 0, {}, {}, false};
  auto from = value_at(numbers, std::array<std::string, 1>{"from"});
  auto to = value_at(numbers, std::array<std::string, 1>{"to"});
  if (from == 0 || to == 0)
    return result;
  auto& first = tree_.at(from).text;
  auto& last = tree_.at(to).text;
  auto low = parse_digits(first);
  auto high = parse_digits(last);
  if (!low || !high || *low > *high)
    return result;
  result.name = from;
  result.text = first + "-" + last;
  result.is_range = true;
  auto zeros = first.front() == '0' || last.front() == '0';
  result.range = {*low, *high, zeros ? first.size() : 0};
  return result;
}

void object_tree::enter(section& to, place x) {
  if (x->text.empty())
    return;
  to.by_name.emplace(x->text, x);
  if (x->is_range)
    to.ranges.emplace(std::pair{x->range.width, x->range.from}, x);
}

void object_tree::forget(section& from, place x) {
  from.by_name.erase(x->text);
  if (x->is_range)
    from.ranges.erase({x->range.width, x->range.from});
  x->map = 0;
}

// -- finding ------------------------------------------------------------------

uint32_t object_tree::value_at(uint32_t map,
                               std::span<const std::string> at) const {
  if (tree_.at(map).kind != yaml_kind::map)
    return 0;
  auto pairs = tree_.positions(map);
  for (size_t i = 0; i + 1 < pairs.size(); i += 2)
    if (tree_.at(pairs[i]).text == at.front())
      return at.size() == 1 ? pairs[i + 1]
                            : value_at(pairs[i + 1], at.subspan(1));
  return 0;
}

const object_tree::item*
object_tree::find_range(const section& in, const std::string& number) const {
  auto value = parse_digits(number);
  if (!value)
    return nullptr;
  for (auto width : {size_t{0}, number.size()}) {
    auto i = in.ranges.upper_bound({width, *value});
    if (i == in.ranges.begin())
      continue;
    auto& [key, found] = *std::prev(i);
    if (key.first == width && *value <= found->range.to
        && number_text(*value, width) == number)
      return &*found;
  }
  return nullptr;
}

uint32_t object_tree::position_of(const object_id& x) const {
  if (x.kind == object_kind::switch_itself)
    return root_;
  auto& in = sections_[index_of(x.kind)];
  if (auto i = in.by_name.find(x.name); i != in.by_name.end())
    return i->second->map;
  auto range = x.kind == object_kind::dn ? find_range(in, x.name) : nullptr;
  return range ? range->map : 0;
}

bool object_tree::lists(const object_id& x) const {
  return x.kind == object_kind::switch_itself
         || sections_[index_of(x.kind)].by_name.contains(x.name);
}

bool object_tree::has(const object_id& x) const {
  return position_of(x) != 0;
}

bool object_tree::has(const object_id& x, std::string_view key) const {
  auto map = position_of(x);
  if (map == 0)
    return false;
  for (auto& path : paths_of(x.kind, key))
    if (value_at(map, path) != 0)
      return true;
  return false;
}

// -- ranges -------------------------------------------------------------------

object_tree::item object_tree::part(const item& of, uint64_t from,
                                    uint64_t to) {
  auto width = of.range.width;
  auto first = number_text(from, width);
  // Mistakes in what is left are still mistakes of whoever made the range.
  auto& where = tree_.at(of.name);
  spot at{where.line, where.column};
  if (from == to)
    return single(of, first, at);
  auto last = number_text(to, width);
  auto name = tree_.add_scalar(first, at.line, at.column);
  auto numbers = tree_.add_container(
    yaml_kind::map,
    {tree_.add_scalar("from", at.line, at.column), name,
     tree_.add_scalar("to", at.line, at.column),
     tree_.add_scalar(last, at.line, at.column)},
    at.line, at.column);
  auto map = edited(of.map, std::array<std::string, 1>{"numbers"}, numbers, at);
  return {map, name, first + "-" + last, {from, to, width}, true};
}

object_tree::item object_tree::single(const item& of, const std::string& number,
                                      spot at) {
  auto name = tree_.add_scalar(number, at.line, at.column);
  auto map = edited(of.map, std::array<std::string, 1>{"numbers"}, 0, at);
  map = edited(map, std::array<std::string, 1>{"number"}, name, at);
  return {map, name, number, {}, false};
}

object_tree::place object_tree::cut_out(section& in, const std::string& number,
                                        spot at) {
  auto range = find_range(in, number);
  if (!range)
    return in.all.end();
  owned_.clear(); // the parts share what is in the range
  auto whole = in.by_name.find(range->text)->second;
  auto of = *whole;
  auto value = *parse_digits(number);
  auto next = std::next(whole);
  forget(in, whole);
  in.all.erase(whole);
  auto add = [&](item x) {
    auto made = in.all.insert(next, std::move(x));
    enter(in, made);
    return made;
  };
  if (of.range.from < value)
    add(part(of, of.range.from, value - 1));
  auto result = add(single(of, number, at));
  if (value < of.range.to)
    add(part(of, value + 1, of.range.to));
  return result;
}

// -- changing -----------------------------------------------------------------

std::string object_tree::apply(const change& x, int line) {
  assert(x.verb != change_verb::revert);
  auto& in = sections_[index_of(x.object.kind)];
  if (root_ == 0 || !in.is_list)
    return "the file is none";
  in.changed = true;
  if (x.verb == change_verb::put)
    return put(x, line);
  if (x.object.kind != object_kind::switch_itself
      && !in.by_name.contains(x.object.name)
      && (x.object.kind != object_kind::dn
          || cut_out(in, x.object.name, {line, 1}) == in.all.end()))
    return "there is no " + to_string(x.object);
  if (x.verb != change_verb::remove)
    return change_setting(x, line);
  auto found = in.by_name.find(x.object.name)->second;
  forget(in, found);
  in.all.erase(found);
  return {};
}

std::string object_tree::put(const change& x, int line) {
  auto& in = sections_[index_of(x.object.kind)];
  auto found = in.by_name.find(x.object.name);
  auto at = found != in.by_name.end() ? found->second
            : x.object.kind == object_kind::dn
              ? cut_out(in, x.object.name, {line, 1})
              : in.all.end();
  auto made = in.all.insert(at, read_item(x.object.kind, make_object(x, line)));
  if (at != in.all.end()) {
    forget(in, at);
    in.all.erase(at);
  }
  enter(in, made);
  return {};
}

std::string object_tree::change_setting(const change& x, int line) {
  auto kind = x.object.kind;
  auto& what = x.settings.front();
  spot where{line, 2};
  auto map = position_of(x.object);
  auto paths = paths_of(kind, what.key);
  if (x.verb == change_verb::unset && !has(x.object, what.key))
    return to_string(x.object) + " has no " + what.key;
  // A key that may stand in two places stands in the first afterwards.
  for (auto& path : paths)
    if (value_at(map, path) != 0 && &path != &paths.front())
      map = edited(map, path, 0, where);
  auto value = x.verb == change_verb::set ? make_value(kind, what, where) : 0;
  map = edited(map, paths.front(), value, where);
  if (kind == object_kind::switch_itself)
    root_ = map;
  else
    sections_[index_of(kind)].by_name.find(x.object.name)->second->map = map;
  return {};
}

uint32_t object_tree::make_object(const change& x, int line) {
  auto kind = x.object.kind;
  spot at{line, 1};
  auto map = tree_.add_container(yaml_kind::map, {}, line, 1);
  auto scalar = [&](std::string text) {
    return tree_.add_scalar(std::move(text), at.line, at.column);
  };
  auto& name = x.object.name;
  auto dash = name.find('-');
  if (kind == object_kind::dn && dash != std::string::npos
      && parse_digits(name.substr(0, dash))
      && parse_digits(name.substr(dash + 1))) {
    auto numbers = tree_.add_container(
      yaml_kind::map,
      {scalar("from"), scalar(name.substr(0, dash)), scalar("to"),
       scalar(name.substr(dash + 1))},
      line, 1);
    map = edited(map, std::array<std::string, 1>{"numbers"}, numbers, at);
  } else {
    map = edited(map, std::array{std::string{name_key(kind)}}, scalar(name),
                 at);
  }
  for (auto& one : x.settings) {
    ++at.column;
    map = edited(map, paths_of(kind, one.key).front(),
                 make_value(kind, one, at), at);
  }
  return map;
}

uint32_t object_tree::make_value(object_kind kind, const setting& x, spot at) {
  std::vector<uint32_t> values;
  for (auto& value : x.values)
    values.push_back(tree_.add_scalar(value, at.line, at.column));
  if (values.size() == 1 && !is_list(kind, x.key))
    return values.front();
  return tree_.add_container(yaml_kind::sequence, values, at.line, at.column);
}

uint32_t object_tree::edited(uint32_t map, std::span<const std::string> at,
                             uint32_t value, spot where) {
  if (!owned_.contains(map))
    map = copied(map, where);
  auto pairs = tree_.positions(map);
  size_t i = 0;
  while (i + 1 < pairs.size() && tree_.at(pairs[i]).text != at.front())
    i += 2;
  auto found = i + 1 < pairs.size();
  if (at.size() > 1)
    value = edited(found ? pairs[i + 1] : 0, at.subspan(1), value, where);
  if (found && value == 0) {
    tree_.remove_child(map, i);
    tree_.remove_child(map, i);
  } else if (found) {
    tree_.replace_child(map, i + 1, value);
  } else if (value != 0) {
    tree_.append_child(map,
                       tree_.add_scalar(at.front(), where.line, where.column));
    tree_.append_child(map, value);
  }
  return map;
}

uint32_t object_tree::copied(uint32_t map, spot where) {
  auto& before = tree_.at(map);
  auto is_map = before.kind == yaml_kind::map;
  auto line = is_map ? before.line : where.line;
  auto column = is_map ? before.column : where.column;
  auto result = tree_.add_container(
    yaml_kind::map, is_map ? tree_.positions(map) : std::vector<uint32_t>{},
    line, column);
  owned_.insert(result);
  return result;
}

void object_tree::finish() {
  for (auto kind : listed_kinds) {
    auto& x = sections_[index_of(kind)];
    if (!x.changed || root_ == 0)
      continue;
    std::vector<uint32_t> maps;
    for (auto& one : x.all)
      maps.push_back(one.map);
    auto& old = tree_.at(root_);
    spot at{old.line, old.column};
    root_ = edited(
      root_, std::array{std::string{list_key(kind)}},
      tree_.add_container(yaml_kind::sequence, maps, at.line, at.column), at);
  }
  if (root_ != 0)
    tree_.root_position(root_);
}

// -- listing ------------------------------------------------------------------

std::vector<listed_object> object_tree::objects() const {
  std::vector<listed_object> result;
  if (root_ == 0)
    return result;
  result.push_back({object_id{}, &tree_.at(root_), nullptr, root_});
  for (auto kind : listed_kinds)
    for (auto& x : sections_[index_of(kind)].all)
      if (!x.text.empty())
        result.push_back({object_id{kind, x.text}, &tree_.at(x.map),
                          &tree_.at(x.name), x.map});
  return result;
}

std::vector<listed_setting>
object_tree::settings(const listed_object& x) const {
  std::vector<listed_setting> result;
  auto add = [&](auto& self, const path& at, uint32_t map) -> void {
    auto pairs = tree_.positions(map);
    for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
      auto here = at;
      here.push_back(tree_.at(pairs[i]).text);
      auto& value = tree_.at(pairs[i + 1]);
      if (is_structure(x.id.kind, here))
        continue;
      if (value.kind == yaml_kind::map) {
        self(self, here, pairs[i + 1]);
        continue;
      }
      setting one{key_of(x.id.kind, here), {}};
      if (value.kind == yaml_kind::scalar)
        one.values.push_back(value.text);
      for (auto item : tree_.children(value))
        one.values.push_back(item->text);
      result.push_back({std::move(one), &tree_.at(pairs[i]), &value});
    }
  };
  add(add, {}, x.position);
  return result;
}

} // namespace strowger::services::config
