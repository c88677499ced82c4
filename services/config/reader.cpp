#include "services/config/reader.hpp"

#include "services/config/wording.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

namespace strowger::services::config {

namespace {

using namespace std::literals;

constexpr std::string_view top_keys[] = {
  "switch", "control",      "metrics",   "data",   "log",
  "cdr",    "options",      "dns",       "agents", "agent-groups",
  "places", "place-groups", "strategies"};
constexpr std::string_view log_keys[] = {"level", "format", "file"};
constexpr std::string_view log_levels[] = {"trace",   "debug", "info",
                                           "warning", "error", "off"};
constexpr std::string_view log_formats[] = {"text", "json"};
constexpr std::string_view cdr_keys[] = {"file"};
constexpr std::string_view section_keys[] = {"TServer", "extrouter"};
constexpr std::string_view dn_keys[] = {"number", "numbers", "type", "options"};
constexpr std::string_view range_keys[] = {"from", "to"};

/// More is a typing error: a switch of this size would not fit a process.
constexpr uint64_t max_range = 1'000'000;

/// Longer numbers are not dialled (ITU-T E.164 has 15 digits at most).
constexpr size_t max_range_digits = 15;

} // namespace

reader::reader(const yaml_tree& tree, std::string file)
  : tree_(tree), file_(std::move(file)) {
  // nop
}

load_result reader::read() {
  read_document(tree_.root());
  settings_.directory = builder_.build();
  if (settings_.directory)
    check_strategies(*settings_.directory);
  for (auto& error : builder_.errors())
    errors_.push_back({file_, std::max(error.line, 1),
                       std::max(error.column, 1), error.message});
  if (!cdr_file_given_)
    settings_.cdr.file = settings_.data_folder + "/cdr.jsonl";
  load_result result;
  if (errors_.empty())
    result.value = std::move(settings_);
  auto place = [](auto& error) { return std::pair(error.line, error.column); };
  std::stable_sort(errors_.begin(), errors_.end(),
                   [&](auto& a, auto& b) { return place(a) < place(b); });
  result.errors = std::move(errors_);
  return result;
}

void reader::fail(const node& where, std::string message) {
  errors_.push_back({file_, where.line, where.column, std::move(message)});
}

// -- shapes -------------------------------------------------------------------

void reader::read_map(
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

const std::string* reader::scalar(std::string_view what, const node& value) {
  if (value.kind == yaml_kind::scalar)
    return &value.text;
  fail(value, std::string(what)
                + (value.kind == yaml_kind::null
                     ? " has no value"
                     : " must be one value, not a list or map"));
  return nullptr;
}

void reader::read_text(std::string_view what, const node& value,
                       std::string& out) {
  auto text = scalar(what, value);
  if (!text)
    return;
  if (text->empty())
    fail(value, std::string(what) + " is empty");
  else
    out = *text;
}

void reader::read_word(std::string_view what, const node& value,
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

void reader::read_list(const node& sequence, std::string_view what,
                       std::string_view items,
                       void (reader::*read_item)(const node&)) {
  if (sequence.kind != yaml_kind::sequence) {
    fail(sequence,
         std::string(what) + " must be a list of " + std::string(items));
    return;
  }
  for (auto item : tree_.children(sequence))
    (this->*read_item)(*item);
}

void reader::read_address(std::string_view what, const node& value,
                          std::string& out) {
  auto text = scalar(what, value);
  if (!text)
    return;
  if (*text == "off")
    out.clear();
  else if (!parse_listen_address(*text))
    fail(value, std::string(what) + ": " + quoted(*text)
                  + " is not an address (host:port, or off)");
  else
    out = *text;
}

// -- sections -----------------------------------------------------------------

void reader::read_document(const node& root) {
  if (root.kind == yaml_kind::null) {
    fail(root, "the configuration is empty");
    return;
  }
  read_map(root, "the configuration", top_keys,
           [this](const std::string& key, const node& value) {
             if (key == "switch")
               read_text(key, value, settings_.switch_name);
             else if (key == "control")
               read_control(value);
             else if (key == "metrics")
               read_address(key, value, settings_.metrics);
             else if (key == "data")
               read_text(key, value, settings_.data_folder);
             else if (key == "log")
               read_log(value);
             else if (key == "cdr")
               read_cdr(value);
             else if (key == "options")
               read_sections(value);
             else if (key == "dns")
               read_list(value, key, "DNs", &reader::read_dn);
             else if (key == "agents")
               read_list(value, key, "agents", &reader::read_agent);
             else if (key == "agent-groups")
               read_list(value, key, "agent groups", &reader::read_agent_group);
             else if (key == "places")
               read_list(value, key, "places", &reader::read_place);
             else if (key == "place-groups")
               read_list(value, key, "place groups", &reader::read_place_group);
             else
               read_list(value, key, "strategies", &reader::read_strategy);
           });
  builder_.switch_name(settings_.switch_name);
}

void reader::read_log(const node& map) {
  read_map(
    map, "log", log_keys, [this](const std::string& key, const node& value) {
      if (key == "level")
        read_word("log level", value, log_levels, settings_.log.level);
      else if (key == "format")
        read_word("log format", value, log_formats, settings_.log.format);
      else
        read_text("log file", value, settings_.log.file);
    });
}

void reader::read_cdr(const node& map) {
  read_map(map, "cdr", cdr_keys, [this](const std::string&, const node& value) {
    read_text("cdr file (or off)", value, settings_.cdr.file);
    if (settings_.cdr.file == "off")
      settings_.cdr.file.clear();
    cdr_file_given_ = true;
  });
}

void reader::read_sections(const node& map) {
  read_map(map, "options", section_keys,
           [this](const std::string& key, const node& section) {
             if (key == "TServer")
               read_options(section, model::level::application, key,
                            [this](auto id, auto value, auto& where) {
                              builder_.set(id, std::move(value), where.line,
                                           where.column);
                            });
             else
               read_options(section, model::level::extrouter, key,
                            [this](auto id, auto value, auto&) {
                              builder_.set_extrouter(id, std::move(value));
                            });
           });
}

// -- DNs ----------------------------------------------------------------------

void reader::read_dn(const node& map) {
  const node* number = nullptr;
  const node* numbers = nullptr;
  const node* type_word = nullptr;
  const node* options = nullptr;
  auto before = errors_.size();
  read_map(map, "a DN", dn_keys,
           [&](const std::string& key, const node& value) {
             (key == "number"    ? number
              : key == "numbers" ? numbers
              : key == "type"    ? type_word
                                 : options)
               = &value;
           });
  if (map.kind != yaml_kind::map)
    return;
  if (!number == !numbers && errors_.size() == before)
    fail(map, "a DN has either number or numbers");
  model::dn entry;
  auto levels = model::level::any_dn;
  if (!type_word) {
    if (errors_.size() == before)
      fail(map, "the DN has no type");
  } else if (auto word = scalar("type", *type_word)) {
    if (auto type = model::parse_dn_type(*word)) {
      entry.type = *type;
      levels = model::level::of(*type);
    } else {
      std::vector<std::string_view> words;
      for (size_t i = 0; i < model::dn_type_count; ++i)
        words.push_back(to_string(static_cast<model::dn_type>(i)));
      fail(*type_word,
           "unknown DN type " + quoted(*word) + did_you_mean(*word, words));
    }
  }
  if (options) {
    auto values = std::make_shared<model::option_values>();
    auto where = levels == model::level::any_dn ? "this DN"sv
                                                : to_string(entry.type);
    read_options(*options, levels, where, [&](auto id, auto value, auto&) {
      values->set(id, std::move(value));
    });
    entry.options = std::move(values);
  }
  if (numbers) {
    add_range(*numbers, entry);
  } else if (auto text = number ? scalar("number", *number) : nullptr) {
    entry.number = *text;
    entry.line = number->line;
    entry.column = number->column;
    builder_.add(std::move(entry));
  }
}

void reader::add_range(const node& numbers, model::dn& prototype) {
  const node* from = nullptr;
  const node* to = nullptr;
  auto before = errors_.size();
  read_map(numbers, "numbers", range_keys,
           [&](const std::string& key, const node& value) {
             (key == "from" ? from : to) = &value;
           });
  if ((!from || !to) && errors_.size() == before)
    fail(numbers, "numbers needs from and to");
  auto read_end = [this](std::string_view what, const node* end) {
    uint64_t value = 0;
    auto text = end ? scalar(what, *end) : nullptr;
    if (!text)
      return std::pair{false, value};
    auto last = text->data() + text->size();
    auto [stop, failure] = std::from_chars(text->data(), last, value);
    auto good = failure == std::errc{} && stop == last
                && text->size() <= max_range_digits;
    if (!good)
      fail(*end, std::string(what) + ": " + quoted(*text)
                   + " is not a number of 1 to "
                   + std::to_string(max_range_digits) + " digits");
    return std::pair{good, value};
  };
  auto [from_good, first] = read_end("from", from);
  auto [to_good, last] = read_end("to", to);
  if (!from_good || !to_good)
    return;
  auto zeros = from->text.front() == '0' || to->text.front() == '0';
  if (first > last)
    fail(*to, "the range ends (" + to->text + ") before it starts ("
                + from->text + ")");
  else if (last - first >= max_range)
    fail(*to, "the range has " + std::to_string(last - first + 1)
                + " numbers; at most " + std::to_string(max_range)
                + " are allowed");
  else if (zeros && from->text.size() != to->text.size())
    fail(*to, "with leading zeros, from and to must have as many digits");
  else {
    prototype.line = from->line;
    prototype.column = from->column;
    builder_.add_range(first, last, zeros ? from->text.size() : 0, prototype);
  }
}

} // namespace strowger::services::config
