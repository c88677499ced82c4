#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// UserData of T-Library: what routing strategies and desktops attach to a call
/// and all its parties see.
namespace strowger::model {

struct user_pair;

/// Pairs in the order in which they were attached; keys are unique.
using user_data = std::vector<user_pair>;

/// Bytes that are not text.
struct binary {
  std::string bytes;
  bool operator==(const binary&) const = default;
};

/// A value: text, a number, bytes, or a list of pairs.
struct user_value {
  std::variant<std::string, int64_t, binary, user_data> is;
  bool operator==(const user_value& x) const;
};

/// A key and its value; a std::pair could not hold a type that it is part of.
struct user_pair {
  std::string first;
  user_value second;
  bool operator==(const user_pair&) const = default;
};

/// UserData as events share it; null is an empty list.
using shared_user_data = std::shared_ptr<const user_data>;

/// What may be attached to one call.
struct user_data_limits {
  size_t pairs = 1000;      // nested ones included
  size_t bytes = 64 * 1024; // keys and values together
  size_t key_bytes = 256;
  size_t depth = 8; // of nested lists
};

/// Adds pairs; those whose key is there already replace the old value in its
/// place. Returns what is wrong with them (a limit, an empty key, a key twice
/// in one list), having changed nothing, or nothing. `pairs` must not be `to`.
std::optional<std::string> attach(user_data& to, const user_data& pairs,
                                  const user_data_limits& limits = {});

/// Removes the pair of this key; false if there is none.
bool remove(user_data& from, std::string_view key);

/// The value of this key, or null.
const user_value* find(const user_data& in, std::string_view key);

/// Bytes that keys and values take together; a number takes 8.
size_t size_of(const user_data& x);

} // namespace strowger::model
