#include "services/config/wording.hpp"

#include "actors/model/spelling.hpp"

namespace strowger::services::config {

std::string quoted(std::string_view text) {
  return std::string("\"").append(text).append("\"");
}

std::string did_you_mean(std::string_view word,
                         std::span<const std::string_view> words) {
  return "; did you mean " + quoted(model::nearest_word(word, words)) + "?";
}

std::string one_of(std::span<const std::string_view> words) {
  std::string result;
  for (auto word : words)
    result += (result.empty() ? "" : ", ") + std::string(word);
  return result;
}

} // namespace strowger::services::config
