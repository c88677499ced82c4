#include "actors/model/spelling.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace strowger::model {

namespace {

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> costs(b.size() + 1); // of one row of the matrix
  std::iota(costs.begin(), costs.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    auto diagonal = costs[0];
    costs[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      auto replaced = diagonal + (to_lower(a[i]) == to_lower(b[j]) ? 0 : 1);
      diagonal = costs[j + 1];
      costs[j + 1] = std::min({replaced, costs[j] + 1, costs[j + 1] + 1});
    }
  }
  return costs.back();
}

std::string_view nearest_word(std::string_view word,
                              std::span<const std::string_view> words) {
  // No word of ours is that long, so the rest cannot bring one nearer.
  word = word.substr(0, 64);
  std::string_view best;
  auto best_distance = static_cast<size_t>(-1);
  for (auto candidate : words) {
    auto distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

} // namespace strowger::model
