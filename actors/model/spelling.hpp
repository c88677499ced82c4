#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace strowger::model {

/// How many letters must be changed, added or removed to make one word of the
/// other (Levenshtein); upper and lower case are the same.
size_t edit_distance(std::string_view a, std::string_view b);

/// The word with the least distance, for "did you mean"; empty if there are no
/// words.
std::string_view nearest_word(std::string_view word,
                              std::span<const std::string_view> words);

} // namespace strowger::model
