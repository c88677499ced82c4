#include "services/config/overlay.hpp"

#include "services/config/reader.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <limits>
#include <utility>

namespace strowger::services::config {

namespace {

/// What the entry with index i has put into a document stands in this line plus
/// i. No file has so many.
constexpr int first_line = 1'000'000'000;

/// More entries are no overlay but another configuration.
constexpr size_t entries_max = 100'000;

int line_of(size_t entry) {
  return first_line + static_cast<int>(entry);
}

/// The entry that a line belongs to.
std::optional<size_t> entry_at(int line, size_t entries) {
  if (line < first_line || line - first_line >= static_cast<int>(entries))
    return std::nullopt;
  return static_cast<size_t>(line - first_line);
}

/// A message about an entry, as in "first defined in line 3", where the line is
/// one that no file has.
struct mention {
  std::optional<size_t> entry; // the first
  std::string message;         // in other words
};

mention reword(const std::string& message, const overlay& entries) {
  constexpr std::string_view word = "line ";
  mention result;
  size_t done = 0;
  for (auto at = message.find(word); at != std::string::npos;
       at = message.find(word, at + 1)) {
    int line = 0;
    auto digits = message.data() + at + word.size();
    auto stop
      = std::from_chars(digits, message.data() + message.size(), line).ptr;
    auto found = entry_at(line, entries.size());
    if (!found)
      continue;
    if (!result.entry)
      result.entry = found;
    result.message.append(message, done, at - done)
      .append("a change of " + to_string(entries[*found].is.object));
    done = static_cast<size_t>(stop - message.data());
  }
  result.message.append(message, done);
  return result;
}

/// A file with an overlay, as it is read and checked.
class attempt {
public:
  attempt(yaml_tree& tree, const overlay& entries)
    : tree_(tree), entries_(entries), objects_(tree) {
    for (size_t i = 0; i < entries.size(); ++i)
      if (entries[i].inactive.empty())
        if (auto fault = objects_.apply(entries[i].is, line_of(i));
            !fault.empty())
          blames_.push_back(
            {i, true, std::move(fault), entries[i].is.object, {}});
  }

  /// What is wrong, and which entry is to blame for it.
  struct blame {
    std::optional<size_t> entry;
    bool is_certain = false;
    std::string message;
    object_id object;
    std::string key;
  };

  /// Reads it; nothing if something is wrong.
  std::optional<settings> read(const std::string& file) {
    auto before = tree_.root_position();
    objects_.finish();
    auto result = reader(tree_, file).read();
    tree_.root_position(before); // for the next attempt
    for (auto& error : result.errors)
      blames_.push_back(judge(error));
    return blames_.empty() ? std::move(result.value) : std::nullopt;
  }

  const std::vector<blame>& blames() const {
    return blames_;
  }

private:
  blame judge(const load_error& error);
  blame locate(const load_error& error);

  yaml_tree& tree_;
  const overlay& entries_;
  object_tree objects_;
  std::vector<blame> blames_;
  std::vector<listed_object> listed_; // for locate()
};

attempt::blame attempt::judge(const load_error& error) {
  blame result;
  auto [mentioned, message] = reword(error.message, entries_);
  result.entry = entry_at(error.line, entries_.size());
  if (result.entry) {
    result.is_certain = true;
    auto& x = entries_[*result.entry].is;
    result.object = x.object;
    auto index = static_cast<size_t>(std::max(error.column - 2, 0));
    if (error.column > 1 && index < x.settings.size())
      result.key = x.settings[index].key;
  } else {
    result = locate(error);
    result.entry = mentioned;
    result.is_certain = mentioned.has_value();
    // Likely the last change of the object broke it.
    for (size_t i = entries_.size(); i > 0 && !result.entry; --i)
      if (entries_[i - 1].inactive.empty()
          && entries_[i - 1].is.object == result.object)
        result.entry = i - 1;
  }
  result.message = std::move(message);
  return result;
}

/// The object and the key of an error in the file itself.
attempt::blame attempt::locate(const load_error& error) {
  auto place = [](auto& x) { return std::pair(x.line, x.column); };
  auto where = place(error);
  const listed_object* best = nullptr;
  if (listed_.empty())
    listed_ = objects_.objects();
  for (auto& x : listed_)
    if (place(*x.map) <= where && (!best || place(*best->map) < place(*x.map)))
      best = &x;
  blame result;
  if (!best)
    return result;
  result.object = best->id;
  if (best->name && place(*best->name) == where)
    return result;
  const yaml_node* nearest = nullptr;
  for (auto& x : objects_.settings(*best))
    if (place(*x.key) <= where
        && (!nearest || place(*nearest) < place(*x.key))) {
      nearest = x.key;
      result.key = x.is.key;
    }
  return result;
}

bool same_target(const change& a, const change& b) {
  return a.object == b.object && a.key() == b.key();
}

/// Does nothing of the second count after the first?
bool covers(const change& later, const change& before) {
  return later.object == before.object
         && (later.key().empty() || later.key() == before.key());
}

/// Carries a change out on an overlay.
class merger {
public:
  merger(yaml_tree& tree, overlay& entries) : tree_(tree), entries_(entries) {
    rebuild();
  }

  /// Returns why it cannot be carried out, or nothing.
  std::string add(const change& x, const change_stamp& by) {
    if (x.verb == change_verb::revert)
      return revert(x);
    if (auto fault = objects_->apply(x, first_line); !fault.empty())
      return fault;
    overlay_entry made{x, by, {}};
    if (x.verb == change_verb::set)
      if (auto old = std::ranges::find_if(
            entries_, [&](auto& y) { return same_target(y.is, x); });
          old != entries_.end()) {
        *old = std::move(made);
        return {};
      }
    auto dropped = std::erase_if(entries_,
                                 [&](auto& y) { return covers(x, y.is); });
    // What was there by an entry that has gone need not be taken away.
    auto takes = x.verb == change_verb::unset || x.verb == change_verb::remove;
    if (takes && dropped > 0) {
      rebuild();
      auto found = x.verb == change_verb::remove
                     ? objects_->has(x.object)
                     : objects_->has(x.object, x.key());
      if (!found)
        return {};
      objects_->apply(x, first_line);
    }
    entries_.push_back(std::move(made));
    return entries_.size() > entries_max ? "there are too many changes" : "";
  }

private:
  std::string revert(const change& x) {
    auto dropped = std::erase_if(entries_,
                                 [&](auto& y) { return covers(x, y.is); });
    if (dropped == 0)
      return to_string(x.object) + " has no such change";
    rebuild();
    return {};
  }

  void rebuild() {
    objects_.emplace(tree_);
    for (auto& x : entries_)
      if (x.inactive.empty())
        objects_->apply(x.is, first_line); // the attempt says what is wrong
  }

  yaml_tree& tree_;
  overlay& entries_;
  std::optional<object_tree> objects_;
};

/// The change that made the entry, or that was the only one.
std::optional<size_t> change_of(const attempt::blame& x, const overlay& entries,
                                std::span<const change> changes,
                                const change_stamp& by) {
  if (x.entry && entries[*x.entry].by == by)
    for (size_t i = changes.size(); i > 0; --i)
      if (covers(entries[*x.entry].is, changes[i - 1]))
        return i - 1;
  for (size_t i = changes.size(); i > 0; --i)
    if (changes[i - 1].object == x.object)
      return i - 1;
  if (changes.size() == 1)
    return 0;
  return std::nullopt;
}

} // namespace

std::string to_string(const change_fault& x) {
  std::string result;
  if (x.change)
    result = "change " + std::to_string(*x.change + 1) + ", ";
  result += to_string(x.object);
  if (!x.key.empty())
    result += " " + x.key;
  return result + ": " + x.message;
}

overlaid apply(const file_text& file, const overlay& before,
               std::span<const change> changes, const change_stamp& by) {
  overlaid result;
  result.entries = before;
  yaml_tree tree;
  if (!tree.parse(file.text)) {
    result.faults.push_back({{}, object_id{}, {}, tree.fault().message});
    return result;
  }
  merger merge{tree, result.entries};
  for (size_t i = 0; i < changes.size(); ++i) {
    auto& x = changes[i];
    auto fault = fault_of(x);
    if (fault.empty())
      fault = merge.add(x, by);
    if (!fault.empty())
      result.faults.push_back(
        {i, x.object, std::string{x.key()}, std::move(fault)});
  }
  // Goes on after a fault, so that one run shows them all.
  attempt whole{tree, result.entries};
  result.value = whole.read(file.name);
  for (auto& x : whole.blames()) {
    auto at = change_of(x, result.entries, changes, by);
    result.faults.push_back({at, x.object, x.key, x.message});
  }
  if (!result.faults.empty())
    result.value.reset();
  std::ranges::stable_sort(result.faults, {}, [](auto& x) {
    return x.change.value_or(std::numeric_limits<size_t>::max());
  });
  return result;
}

// -- reading a file anew ------------------------------------------------------

namespace {

/// Makes those inactive that something is certainly wrong with; false if there
/// are none.
bool leave_out(const attempt& failed, overlay& entries) {
  auto some = false;
  for (auto& x : failed.blames())
    if (x.is_certain && entries[*x.entry].inactive.empty()) {
      entries[*x.entry].inactive = x.message;
      some = true;
    }
  return some;
}

/// Makes the entry inactive with which the file turns wrong.
void leave_out_first(yaml_tree& tree, const std::string& file, std::string why,
                     overlay& entries) {
  // Right with the first `good` entries, wrong with the first `bad`.
  size_t good = 0;
  size_t bad = entries.size();
  while (bad - good > 1) {
    auto half = good + (bad - good) / 2;
    overlay some{entries.begin(),
                 entries.begin() + static_cast<std::ptrdiff_t>(half)};
    attempt x{tree, some};
    (x.read(file) ? good : bad) = half;
    if (bad == half)
      why = x.blames().front().message;
  }
  entries[bad - 1].inactive = std::move(why);
}

} // namespace

restored restore(const file_text& file, overlay entries) {
  restored result;
  result.result = load_text(file.text, file.name);
  for (auto& x : entries)
    x.inactive.clear();
  if (!result.result.value || entries.empty()) {
    result.entries = std::move(entries);
    return result;
  }
  yaml_tree tree;
  auto parsed = tree.parse(file.text);
  assert(parsed); // it was a moment ago
  static_cast<void>(parsed);
  for (;;) {
    attempt whole{tree, entries};
    if (auto value = whole.read(file.name)) {
      result.result.value = std::move(value);
      break;
    }
    if (!leave_out(whole, entries))
      leave_out_first(tree, file.name, whole.blames().front().message, entries);
  }
  result.entries = std::move(entries);
  return result;
}

// -- listing ------------------------------------------------------------------

overlaid_document::overlaid_document(const file_text& file,
                                     const overlay& entries)
  : entries_(entries) {
  tree_.parse(file.text);
  objects_.emplace(tree_);
  for (size_t i = 0; i < entries.size(); ++i)
    if (entries[i].inactive.empty())
      objects_->apply(entries[i].is, line_of(i));
}

const overlay_entry* overlaid_document::origin(const yaml_node* of) const {
  auto entry = of ? entry_at(of->line, entries_.size()) : std::nullopt;
  return entry ? &entries_[*entry] : nullptr;
}

} // namespace strowger::services::config
