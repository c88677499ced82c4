#include "services/ctl/config_verbs.hpp"
#include "services/ctl/fields.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <utility>

namespace strowger::services::ctl {

namespace {

bool read_object(const std::string& word, api::ConfigurationChange& to,
                 std::string& error) {
  auto slash = word.find('/');
  auto kind = word.substr(0, slash);
  auto value = find_word(*api::ObjectKind_descriptor(), kind);
  auto named = slash != std::string::npos && slash + 1 < word.size();
  if (value && named == (value->number() != api::OBJECT_KIND_SWITCH)) {
    to.set_kind(static_cast<api::ObjectKind>(value->number()));
    if (named)
      to.set_name(word.substr(slash + 1));
    return true;
  }
  error = "not an object: " + word
          + "; it is switch, or KIND/NAME with a kind "
            "of";
  for (auto& known : enum_words(*api::ObjectKind_descriptor()))
    if (known != "switch")
      error += " " + known;
  return false;
}

/// KEY=VALUE; a key that is given again is a list.
bool read_settings(std::span<const std::string> words, api::PutObject& to,
                   std::string& error) {
  for (auto& word : words) {
    auto end = word.find('=');
    if (end == std::string::npos || end == 0) {
      error = "not KEY=VALUE: " + word;
      return false;
    }
    auto key = word.substr(0, end);
    auto& all = *to.mutable_settings();
    auto old = std::find_if(all.begin(), all.end(),
                            [&](auto& x) { return x.key() == key; });
    auto& one = old == all.end() ? *all.Add() : *old;
    one.set_key(key);
    one.add_values(word.substr(end + 1));
  }
  return true;
}

/// How many words a change has after its object.
struct form {
  std::string_view verb;
  size_t least;
  size_t most;
};

constexpr size_t any = 1'000'000;
constexpr form forms[] = {
  {"set", 1, any},  {"unset", 1, 1},  {"put", 0, any},
  {"delete", 0, 0}, {"revert", 0, 1},
};

} // namespace

std::optional<api::ConfigurationChange>
make_change(const std::vector<std::string>& words, std::string& error) {
  auto verb = words.empty() ? std::string{} : words.front();
  auto known = std::ranges::find(forms, verb, &form::verb);
  if (known == std::end(forms)) {
    error = "not set, unset, put, delete or revert: " + verb;
    return std::nullopt;
  }
  auto more = words.size() < 2 ? 0 : words.size() - 2;
  if (words.size() < 2 || more < known->least || more > known->most) {
    error = verb + ": too many or too few words";
    return std::nullopt;
  }
  api::ConfigurationChange x;
  if (!read_object(words[1], x, error))
    return std::nullopt;
  auto rest = std::span{words}.subspan(2);
  if (verb == "set") {
    x.mutable_set()->set_key(rest.front());
    for (auto& value : rest.subspan(1))
      x.mutable_set()->add_values(value);
  } else if (verb == "unset") {
    x.mutable_unset()->set_key(rest.front());
  } else if (verb == "put") {
    if (!read_settings(rest, *x.mutable_put(), error))
      return std::nullopt;
  } else if (verb == "delete") {
    x.mutable_delete_();
  } else {
    x.mutable_revert()->set_key(rest.empty() ? "" : rest.front());
  }
  return x;
}

std::optional<std::vector<api::ConfigurationChange>>
read_changes(std::istream& from, std::string& error) {
  std::vector<api::ConfigurationChange> result;
  std::string line;
  for (int number = 1; std::getline(from, line); ++number) {
    std::istringstream in{line};
    std::vector<std::string> words;
    for (std::string word; in >> std::quoted(word);) {
      if (word.starts_with('#'))
        break;
      words.push_back(word);
    }
    if (words.empty())
      continue;
    auto x = make_change(words, error);
    if (!x) {
      error = "line " + std::to_string(number) + ": " + error;
      return std::nullopt;
    }
    result.push_back(std::move(*x));
  }
  return result;
}

// -- for people ---------------------------------------------------------------

namespace {

std::string text_of(const api::ConfigurationChange& x) {
  auto result = enum_word(
    *api::ObjectKind_descriptor()->FindValueByNumber(x.kind()));
  if (!x.name().empty())
    result += "/" + x.name();
  auto add = [&result](const std::string& word) {
    if (!word.empty())
      result += " " + word;
  };
  switch (x.change_case()) {
    case api::ConfigurationChange::kSet:
      add(x.set().key());
      for (auto& value : x.set().values())
        add(value);
      return "set " + result;
    case api::ConfigurationChange::kUnset:
      add(x.unset().key());
      return "unset " + result;
    case api::ConfigurationChange::kPut:
      for (auto& one : x.put().settings())
        for (auto& value : one.values())
          add(one.key() + "=" + value);
      return "put " + result;
    case api::ConfigurationChange::kDelete:
      return "delete " + result;
    case api::ConfigurationChange::kRevert:
      add(x.revert().key());
      return "revert " + result;
    case api::ConfigurationChange::CHANGE_NOT_SET:
      break;
  }
  return result;
}

} // namespace

std::string line_of(const api::WatchConfigurationResponse& x) {
  auto result = "revision " + std::to_string(x.revision());
  if (x.has_time())
    result = time_text(x.time().seconds(), "%T") + "  " + result;
  if (x.resync())
    result += ", some before it are missing";
  if (x.reloaded())
    result += ", read from the file";
  if (!x.client().empty())
    result += ", " + x.client();
  for (auto& change : x.changes())
    result += (&change == &x.changes(0) ? ": " : "; ") + text_of(change);
  return printable(result);
}

} // namespace strowger::services::ctl
