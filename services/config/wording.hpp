#pragma once

#include <span>
#include <string>
#include <string_view>

/// Turns of phrase that the errors of a configuration share.
namespace strowger::services::config {

/// "text", in quotation marks.
std::string quoted(std::string_view text);

/// "; did you mean ...?" with the word nearest to `word`.
std::string did_you_mean(std::string_view word,
                         std::span<const std::string_view> words);

/// "a, b, c".
std::string one_of(std::span<const std::string_view> words);

} // namespace strowger::services::config
