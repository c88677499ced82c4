#include "services/torture/answers.hpp"

#include <doctest/doctest.h>

using namespace strowger::services::torture;

TEST_CASE("answers are sets of statuses, and silence is one of them") {
  struct {
    std::string_view words;
    std::optional<int> answer;
    bool has;
  } const rows[] = {
    {"400", 400, true},
    {"400", 401, false},
    {"400", {}, false},
    {"none", {}, true},
    {"none", 200, false},
    {"4xx none", 499, true},
    {"4xx none", 500, false},
    {"4xx none", {}, true},
    {"any", 100, true},
    {"any", 699, true},
    {"any", {}, false},
    {"any !400", 400, false},
    {"any !400", 401, true},
    {"!2xx any", 204, false},
    {"any !2xx !none", {}, false},
    {"", 200, false},
    {"", {}, false},
    {"any", 700, false},
    {"any", 0, false},
    {"any", -1, false},
    {"1xx", 180, true},
  };
  for (auto& x : rows) {
    CAPTURE(x.words);
    auto set = answer_set::parse(x.words);
    REQUIRE(set.has_value());
    CHECK(set->has(x.answer) == x.has);
  }
}

TEST_CASE("a word that is no answer is refused") {
  for (auto x : {"all", "40", "4000", "0xx", "7xx", "xxx", "!", "4x4", "None"})
    CHECK_FALSE(answer_set::parse(x).has_value());
}
