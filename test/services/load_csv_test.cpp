#include "services/load/csv.hpp"
#include "services/load/scenario_reader.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <random>

using namespace strowger::services;
using namespace std::literals;

namespace {

const auto head = "load: x\ntarget: 127.0.0.1:5060\nlisten: 127.0.0.1:5080\n"s;

/// A population whose users stand in u.csv.
const auto with_users
  = head + "populations:\n- {name: p, users: {csv: u.csv}, answers: {}}\n";

/// The errors of a scenario in the folder, whose path each begins with.
std::string errors_of(const scratch_folder& folder, const std::string& text) {
  auto result = load::read_scenario_text(text, folder.file("f"));
  CHECK(result.value.has_value() == result.errors.empty());
  std::string lines;
  for (auto& error : result.errors) {
    auto line = to_string(error);
    CHECK(line.starts_with(folder.path() + "/"));
    lines += line.substr(folder.path().size() + 1) + "\n";
  }
  return lines;
}

struct bad_csv {
  std::string_view text;
  std::string_view errors;
};

/// As users of a population.
constexpr bad_csv bad_csvs[] = {
  {"", "u.csv:1:1: error: the file is empty; expected a header line with the "
       "columns number, password\n"},
  {"number\n", "u.csv:1:1: error: there is nothing below the header line\n"},
  {"nubmer,password\n2001,x\n",
   "u.csv:1:1: error: unknown column \"nubmer\"; expected number, password; "
   "did you mean \"number\"?\n"},
  {"number,number\n2001,2002\n",
   "u.csv:1:8: error: the column \"number\" is given twice\n"},
  {"password\nx\n", "u.csv:1:1: error: there is no column \"number\"\n"},
  {"number,password\n2001\n2002,x,y\n2003,z\n",
   "u.csv:2:1: error: the line has 1 values, the header 2\n"
   "u.csv:3:1: error: the line has 3 values, the header 2\n"},
  {"password,number\nx,20 01\n\ny,2002\nz,2002\n",
   "u.csv:2:3: error: users: \"20 01\" may only hold digits, letters and + * # "
   "- . _\n"
   "u.csv:5:3: error: users: 2002 is in population p already\n"},
  {"number\n\"2001\n\"2002\" x\n",
   "u.csv:2:1: error: the quotation mark is not closed in its line\n"
   "u.csv:3:8: error: expected a comma after the quotation mark\n"},
  {"number\n2001\n\xff\n", "u.csv:3:1: error: the text is not UTF-8\n"},
};

void write(const std::string& path, std::string_view text) {
  std::ofstream{path, std::ios::binary} << text;
}

} // namespace

TEST_CASE("a mistake in a CSV file is told with its file, line and column") {
  scratch_folder folder;
  for (auto& x : bad_csvs) {
    CAPTURE(std::string(x.text));
    write(folder.file("u.csv"), x.text);
    CHECK(errors_of(folder, with_users) == x.errors);
  }
}

TEST_CASE("values of the other CSV files are checked, too") {
  scratch_folder folder;
  write(folder.file("calls.csv"), "calls\n5\nmany\n-1\n");
  write(folder.file("none.csv"), "time,calls\n09:00,0\n");
  write(folder.file("talk.csv"), "duration\n5 s\n5\n");
  write(folder.file("both.csv"), "seconds,duration\n5,5 s\n");
  auto errors = [&](std::string_view calls) {
    auto caller = head
                  + "populations:\n- name: p\n  users: [1]\n  calls:\n"
                    "    to: [2]\n";
    return errors_of(folder, caller.append(calls));
  };
  CHECK(
    errors("    arrivals: {profile: calls.csv}\n"
           "    talk: {csv: talk.csv}\n"
           "    patience: {csv: both.csv}\n")
    == "both.csv:1:1: error: expected one of the columns seconds, "
       "duration\n"
       "calls.csv:3:1: error: calls: \"many\" is not a whole number from 0 "
       "to 1000000000\n"
       "calls.csv:4:1: error: calls: \"-1\" is not a whole number from 0 to "
       "1000000000\n"
       "talk.csv:3:1: error: talk csv: \"5\" has no unit; expected one of "
       "ms, s, min, h, such as \"180 s\"\n");
  CHECK(errors("    arrivals: {profile: none.csv}\n    talk: 1 s\n")
        == "f:9:25: error: profile: \"none.csv\" has no calls\n");
}

TEST_CASE("a CSV file of the wrong kind is given up after ten errors") {
  scratch_folder folder;
  std::string text = "number,password\n";
  for (auto i = 0; i < 1000; ++i)
    text += "x\n";
  write(folder.file("u.csv"), text);
  auto result = load::read_scenario_text(with_users, folder.file("f"));
  REQUIRE(result.errors.size() == 11);
  CHECK(to_string(result.errors.back())
        == folder.file("u.csv")
             + ":12:1: error: too many errors: nothing was read from here on");
}

TEST_CASE("no damage to a CSV file makes reading throw or hang") {
  constexpr load::csv_column columns[] = {{"a", true}, {"b", false}};
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    auto text = "a, \"b\"\r\n1,\"x, \"\"y\"\"\"\n\n 2 ,\n3,z\n"s;
    for (auto i = random() % 5; i-- > 0;)
      text.insert(random() % text.size(), 1, ",\"\n\r ab"[random() % 7]);
    auto faults = 0;
    load::csv_reader rows{text, columns, [&](int line, int column, auto) {
                            CHECK(std::min(line, column) >= 1);
                            ++faults;
                          }};
    auto count = 0;
    if (!rows.read_header())
      CHECK(faults > 0);
    else
      for (; rows.next(); ++count)
        CHECK(rows.find(0)->column >= 1);
    CHECK(count <= std::count(text.begin(), text.end(), '\n'));
  }
}
