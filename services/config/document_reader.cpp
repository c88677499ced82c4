#include "services/config/document_reader.hpp"

#include "services/config/wording.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>
#include <utility>

namespace strowger::services::config {

namespace {

constexpr std::string_view range_keys[] = {"from", "to"};

/// Longer numbers are not dialled (ITU-T E.164 has 15 digits at most).
constexpr size_t max_range_digits = 15;

} // namespace

std::optional<uint64_t> parse_whole(std::string_view text) {
  uint64_t result = 0;
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, result);
  if (failure != std::errc{} || stop != end)
    return std::nullopt;
  return result;
}

bool parse_document(std::string_view text, const std::string& name,
                    yaml_tree& tree, std::vector<load_error>& errors) {
  if (auto line = line_without_utf8(text)) {
    errors.push_back({name, *line, 1, "the text is not UTF-8"});
    return false;
  }
  if (tree.parse(text))
    return true;
  auto& fault = tree.fault();
  errors.push_back({name, fault.line, fault.column, fault.message});
  return false;
}

document_reader::document_reader(const yaml_tree& tree, std::string file)
  : tree_(tree), file_(std::move(file)) {
  // nop
}

void document_reader::fail(const node& where, std::string message) {
  errors_.push_back({file_, where.line, where.column, std::move(message)});
}

std::vector<load_error> document_reader::take_errors() {
  auto place = [this](const load_error& x) {
    auto other = x.file == file_ ? std::string_view{} : x.file;
    return std::tuple(other, x.line, x.column);
  };
  std::ranges::stable_sort(errors_, {}, place);
  return std::move(errors_);
}

// -- shapes -------------------------------------------------------------------

void document_reader::read_map(
  const node& map, std::string_view what,
  std::span<const std::string_view> keys,
  const std::function<void(const std::string&, const node&)>& visit) {
  if (map.kind != yaml_kind::map) {
    fail(map, std::string(what) + " must be a map (key: value)");
    return;
  }
  std::map<std::string_view, int> lines;
  auto pairs = tree_.children(map);
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
    auto& key = *pairs[i];
    if (key.kind != yaml_kind::scalar) {
      fail(key, "a key of " + std::string(what) + " must be a word");
      continue;
    }
    auto [first, is_new] = lines.emplace(key.text, key.line);
    if (!is_new)
      fail(key, quoted(key.text) + " is given twice in " + std::string(what)
                  + ", first in line " + std::to_string(first->second));
    else if (keys.empty() || std::ranges::find(keys, key.text) != keys.end())
      visit(key.text, *pairs[i + 1]);
    else
      fail(key, "unknown key " + quoted(key.text) + " in " + std::string(what)
                  + did_you_mean(key.text, keys));
  }
}

const std::string* document_reader::scalar(std::string_view what,
                                           const node& value) {
  if (value.kind == yaml_kind::scalar)
    return &value.text;
  fail(value, std::string(what)
                + (value.kind == yaml_kind::null
                     ? " has no value"
                     : " must be one value, not a list or map"));
  return nullptr;
}

void document_reader::read_text(std::string_view what, const node& value,
                                std::string& out) {
  auto text = scalar(what, value);
  if (!text)
    return;
  if (text->empty())
    fail(value, std::string(what) + " is empty");
  else
    out = *text;
}

void document_reader::read_word(std::string_view what, const node& value,
                                std::span<const std::string_view> words,
                                std::string& out) {
  auto text = scalar(what, value);
  if (!text)
    return;
  if (std::ranges::find(words, *text) == words.end())
    fail(value, std::string(what) + ": " + quoted(*text) + " is none of "
                  + one_of(words));
  else
    out = *text;
}

void document_reader::read_list(const node& sequence, std::string_view what,
                                std::string_view items,
                                const std::function<void(const node&)>& visit) {
  if (sequence.kind != yaml_kind::sequence) {
    fail(sequence,
         std::string(what) + " must be a list of " + std::string(items));
    return;
  }
  for (auto item : tree_.children(sequence))
    visit(*item);
}

std::optional<uint64_t> document_reader::read_whole(std::string_view what,
                                                    const node& value,
                                                    uint64_t min,
                                                    uint64_t max) {
  auto text = scalar(what, value);
  if (!text)
    return std::nullopt;
  auto result = parse_whole(*text);
  if (result && *result >= min && *result <= max)
    return result;
  fail(value, std::string(what) + ": " + quoted(*text)
                + " is not a whole number from " + std::to_string(min) + " to "
                + std::to_string(max));
  return std::nullopt;
}

// -- ranges -------------------------------------------------------------------

std::optional<uint64_t> document_reader::read_end(std::string_view what,
                                                  const node* value) {
  auto text = value ? scalar(what, *value) : nullptr;
  if (!text)
    return std::nullopt;
  auto result = parse_whole(*text);
  if (result && text->size() <= max_range_digits)
    return result;
  fail(*value, std::string(what) + ": " + quoted(*text)
                 + " is not a number of 1 to "
                 + std::to_string(max_range_digits) + " digits");
  return std::nullopt;
}

std::optional<document_reader::number_range> document_reader::read_range(
  std::string_view what, const node& map, uint64_t max) {
  const node* from = nullptr;
  const node* to = nullptr;
  auto before = errors_.size();
  read_map(map, what, range_keys,
           [&](const std::string& key, const node& value) {
             (key == "from" ? from : to) = &value;
           });
  if ((!from || !to) && errors_.size() == before)
    fail(map, std::string(what) + " needs from and to");
  auto first = read_end("from", from);
  auto last = read_end("to", to);
  if (!first || !last)
    return std::nullopt;
  auto zeros = from->text.front() == '0' || to->text.front() == '0';
  if (*first > *last)
    fail(*to, "the range ends (" + to->text + ") before it starts ("
                + from->text + ")");
  else if (*last - *first >= max)
    fail(*to, "the range has " + std::to_string(*last - *first + 1)
                + " numbers; at most " + std::to_string(max) + " are allowed");
  else if (zeros && from->text.size() != to->text.size())
    fail(*to, "with leading zeros, from and to must have as many digits");
  else
    return number_range{*first, *last, zeros ? from->text.size() : 0, from};
  return std::nullopt;
}

} // namespace strowger::services::config
