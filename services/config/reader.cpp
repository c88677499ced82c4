#include "services/config/reader.hpp"

#include "services/config/wording.hpp"

#include <algorithm>
#include <memory>
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

/// More is a typing error: a switch of this size would not fit a process.
constexpr uint64_t max_range = 1'000'000;

} // namespace

reader::reader(const yaml_tree& tree, std::string file)
  : document_reader(tree, std::move(file)) {
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
  result.errors = take_errors();
  return result;
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
  read_map(
    root, "the configuration", top_keys,
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
        read_list(value, key, "DNs", [this](auto& x) { read_dn(x); });
      else if (key == "agents")
        read_list(value, key, "agents", [this](auto& x) { read_agent(x); });
      else if (key == "agent-groups")
        read_list(value, key, "agent groups",
                  [this](auto& x) { read_agent_group(x); });
      else if (key == "places")
        read_list(value, key, "places", [this](auto& x) { read_place(x); });
      else if (key == "place-groups")
        read_list(value, key, "place groups",
                  [this](auto& x) { read_place_group(x); });
      else
        read_list(value, key, "strategies",
                  [this](auto& x) { read_strategy(x); });
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
  auto range = read_range("numbers", numbers, max_range);
  if (!range)
    return;
  prototype.line = range->from->line;
  prototype.column = range->from->column;
  builder_.add_range(range->first, range->last, range->width, prototype);
}

} // namespace strowger::services::config
