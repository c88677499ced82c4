#include "sip/text.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace strowger::sip;

TEST_CASE("whatever is escaped reads back the same, but for NUL") {
  auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 500; ++i) {
    std::string text;
    for (auto n = random() % 20; n > 0; --n)
      text += static_cast<char>(random() % 255 + 1);
    std::string escaped;
    append_escaped(escaped, text, "-_.");
    CHECK(escaped.find_first_of("@;=&?<> \r\n") == escaped.npos);
    CHECK(unescaped(escaped) == text);
  }
  CHECK(unescaped("a%00b%4") == "a%00b%4");
  CHECK(unescaped("%41%4a%zz%") == "AJ%zz%");
}

TEST_CASE("a header line is found by its name, in any case") {
  const std::string lines
    = "X-A: Referred-By: x\r\nrEFERRED-bY : <sip:a@b>\r\n";
  CHECK(has_line(lines, "Referred-By"));
  CHECK(has_line(lines, "x-a"));
  CHECK(!has_line(lines, "Referred"));
  CHECK(!has_line("X-A: Referred-By: x\r\n", "Referred-By"));
  CHECK(!has_line("", "Referred-By"));
}

TEST_CASE("an empty value makes no line") {
  std::string lines;
  append_line(lines, "A", "");
  append_line(lines, "B", "x");
  CHECK(lines == "B: x\r\n");
}
