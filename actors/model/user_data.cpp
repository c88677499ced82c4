#include "actors/model/user_data.hpp"

#include <algorithm>

namespace strowger::model {

// Defaulted, it would crash clang 14, which builds the fuzz targets.
bool user_value::operator==(const user_value& x) const {
  return is == x.is;
}

namespace {

const user_data* list_in(const user_value& x) {
  return std::get_if<user_data>(&x.is);
}

std::string quoted(std::string_view text) {
  return std::string("\"").append(text).append("\"");
}

/// A key so long that it is refused is not worth repeating whole.
constexpr size_t shown_key = 40;

/// What is wrong with the keys and the depth of a list. Nothing below the
/// allowed depth is looked at, so a client cannot exhaust the stack.
std::optional<std::string> fault_of(const user_data& pairs, size_t depth,
                                    const user_data_limits& limits) {
  if (depth > limits.depth)
    return "lists are nested deeper than " + std::to_string(limits.depth);
  std::vector<std::string_view> keys;
  for (auto& [key, value] : pairs) {
    if (key.empty())
      return "a key is empty";
    if (key.size() > limits.key_bytes)
      return "the key " + quoted(key.substr(0, shown_key)) + "... has "
             + std::to_string(key.size()) + " bytes; at most "
             + std::to_string(limits.key_bytes) + " are allowed";
    keys.push_back(key);
    if (auto list = list_in(value))
      if (auto wrong = fault_of(*list, depth + 1, limits))
        return wrong;
  }
  std::ranges::sort(keys);
  if (auto twice = std::ranges::adjacent_find(keys); twice != keys.end())
    return "the key " + quoted(*twice) + " is given twice";
  return std::nullopt;
}

size_t count_of(const user_data& x) {
  auto result = x.size();
  for (auto& [key, value] : x)
    if (auto list = list_in(value))
      result += count_of(*list);
  return result;
}

size_t size_of(const user_value& x) {
  if (auto text = std::get_if<std::string>(&x.is))
    return text->size();
  if (auto bytes = std::get_if<binary>(&x.is))
    return bytes->bytes.size();
  if (auto list = list_in(x))
    return size_of(*list);
  return sizeof(int64_t);
}

auto position_of(auto& in, std::string_view key) {
  return std::ranges::find(in, key, &user_pair::first);
}

std::string too_much(std::string_view what, size_t is, size_t allowed) {
  return "the call would have " + std::to_string(is) + " " + std::string(what)
         + " of user data; at most " + std::to_string(allowed) + " are allowed";
}

} // namespace

std::optional<std::string> attach(user_data& to, const user_data& pairs,
                                  const user_data_limits& limits) {
  if (auto wrong = fault_of(pairs, 1, limits))
    return wrong;
  // Sizes before copies: what is refused should cost little.
  auto count = count_of(to) + count_of(pairs);
  auto bytes = size_of(to) + size_of(pairs);
  for (auto& [key, value] : pairs) {
    auto old = find(to, key);
    if (!old)
      continue;
    auto list = list_in(*old);
    count -= 1 + (list ? count_of(*list) : 0);
    bytes -= key.size() + size_of(*old);
  }
  if (count > limits.pairs)
    return too_much("pairs", count, limits.pairs);
  if (bytes > limits.bytes)
    return too_much("bytes", bytes, limits.bytes);
  for (auto& pair : pairs)
    if (auto old = position_of(to, pair.first); old != to.end())
      old->second = pair.second;
    else
      to.push_back(pair);
  return std::nullopt;
}

bool remove(user_data& from, std::string_view key) {
  auto position = position_of(from, key);
  if (position == from.end())
    return false;
  from.erase(position);
  return true;
}

const user_value* find(const user_data& in, std::string_view key) {
  auto position = position_of(in, key);
  return position == in.end() ? nullptr : &position->second;
}

size_t size_of(const user_data& x) {
  size_t result = 0;
  for (auto& [key, value] : x)
    result += key.size() + size_of(value);
  return result;
}

} // namespace strowger::model
