#include "actors/model/user_data.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace strowger::model;
using namespace std::literals;

namespace {

user_value text(std::string x) {
  return {std::move(x)};
}

user_value number(int64_t x) {
  return {x};
}

user_value list(user_data x) {
  return {std::move(x)};
}

/// Lists in each other, the innermost empty: 1 is `x: []`.
user_data nested(size_t levels) {
  user_data result;
  for (size_t i = 0; i < levels; ++i)
    result = {{"x", list(std::move(result))}};
  return result;
}

} // namespace

TEST_CASE("attached pairs stay in their order, a new value in the old place") {
  user_data data;
  CHECK(!attach(data, {{"a", text("1")}, {"b", number(2)}}));
  CHECK(!attach(data, {{"c", {binary{"\0\xff"s}}}, {"a", number(7)}}));
  CHECK(data
        == user_data{
          {"a", number(7)}, {"b", number(2)}, {"c", {binary{"\0\xff"s}}}});
  REQUIRE(find(data, "b"));
  CHECK(*find(data, "b") == number(2));
  CHECK(find(data, "B") == nullptr);
  CHECK(size_of(data) == 3 + 8 + 8 + 2);
  CHECK(remove(data, "b"));
  CHECK(!remove(data, "b"));
  CHECK(data.size() == 2);
}

TEST_CASE("what breaks a limit is refused by name and changes nothing") {
  user_data_limits limits;
  limits.pairs = 4;
  limits.bytes = 40;
  limits.key_bytes = 5;
  limits.depth = 2;
  const user_data before{{"old", text("0123456789")}};
  struct {
    user_data pairs;
    std::string wrong;
  } const rows[] = {
    {{{"", number(1)}}, "a key is empty"},
    {{{"k", list({{"", number(1)}})}}, "a key is empty"},
    {{{"toolong", number(1)}},
     "the key \"toolong\"... has 7 bytes; at most 5 are allowed"},
    {{{"k", number(1)}, {"k", number(2)}}, "the key \"k\" is given twice"},
    {{{"k", list({{"i", number(1)}, {"i", number(2)}})}},
     "the key \"i\" is given twice"},
    {nested(3), "lists are nested deeper than 2"},
    {{{"a", {}}, {"b", {}}, {"c", {}}, {"d", {}}},
     "the call would have 5 pairs of user data; at most 4 are allowed"},
    {{{"k", list({{"a", {}}, {"b", {}}, {"c", {}}})}},
     "the call would have 5 pairs of user data; at most 4 are allowed"},
    {{{"k", text(std::string(27, 'x'))}},
     "the call would have 41 bytes of user data; at most 40 are allowed"},
    {{{"k", {binary{std::string(27, 'x')}}}},
     "the call would have 41 bytes of user data; at most 40 are allowed"},
  };
  for (auto& row : rows) {
    CAPTURE(row.wrong);
    auto data = before;
    auto wrong = attach(data, row.pairs, limits);
    REQUIRE(wrong);
    CHECK(*wrong == row.wrong);
    CHECK(data == before);
  }
}

TEST_CASE("a limit may be reached, and what is replaced does not count") {
  user_data_limits limits;
  limits.pairs = 2;
  limits.bytes = 20;
  limits.depth = 2;
  user_data data;
  CHECK(!attach(
    data, {{"a", text(std::string(9, 'x'))}, {"b", text(std::string(9, 'x'))}},
    limits));
  CHECK(size_of(data) == 20);
  CHECK(!attach(data, {{"a", text(std::string(9, 'y'))}}, limits));
  CHECK(!attach(data, {{"a", number(1)}, {"b", {}}}, limits));
  CHECK(size_of(data) == 10);
  CHECK(remove(data, "b"));
  CHECK(!attach(data, {{"a", list({{"n", number(1)}})}}, limits));
  CHECK(!attach(data, {{"a", list({{"m", number(1)}})}}, limits));
  CHECK(!attach(data, {{"a", number(1)}, {"b", number(1)}}, limits));
}

TEST_CASE("absurd depth is refused without following it") {
  user_data data;
  auto wrong = attach(data, nested(10'000));
  REQUIRE(wrong);
  CHECK(*wrong == "lists are nested deeper than 8");
}

TEST_CASE(
  "under random changes the data agrees with a map, within its limits") {
  user_data_limits limits;
  limits.pairs = 12;
  limits.bytes = 120;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    user_data data;
    std::map<std::string, user_value, std::less<>> wanted;
    for (int i = 0; i < 200; ++i) {
      auto key = std::string(1, static_cast<char>('a' + random() % 20));
      auto value = random() % 3 == 0
                     ? list({{"n", number(1)}, {"m", text("ab")}})
                     : text(std::string(random() % 30, 'x'));
      if (random() % 4 == 0)
        REQUIRE(remove(data, key) == (wanted.erase(key) == 1));
      else if (!attach(data, {{key, value}}, limits))
        wanted[key] = value;
      REQUIRE(data.size() == wanted.size());
      REQUIRE(size_of(data) <= limits.bytes);
      for (auto& [k, v] : wanted) {
        REQUIRE(find(data, k));
        REQUIRE(*find(data, k) == v);
      }
    }
  }
}
