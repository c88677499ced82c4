#include "services/log/line_format.hpp"
#include "services/log/log.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <regex>
#include <sstream>

using namespace strowger;
using namespace strowger::services;

namespace {

std::string time_text(int64_t ms) {
  time_format format;
  text_buffer out;
  format.append(out, wall_time{std::chrono::milliseconds{ms}});
  return fmt::to_string(out);
}

std::string members(std::string_view text) {
  text_buffer out;
  append_members(out, text);
  return "{" + fmt::to_string(out) + "}";
}

std::string value(std::string_view text) {
  text_buffer out;
  append_value(out, text);
  return fmt::to_string(out);
}

/// What is in the file after one line each of debug, info and warning.
std::string logged(const std::string& level, const std::string& format,
                   const std::string& text) {
  scratch_folder folder;
  auto path = folder.file("log");
  auto log = open_log({.level = level, .format = format, .file = path});
  REQUIRE_MESSAGE(log.logger, log.error);
  for (auto severity :
       {spdlog::level::debug, spdlog::level::info, spdlog::level::warn})
    log.logger->log(severity, text);
  log.writer->flush();
  return read_file(path);
}

} // namespace

TEST_CASE("times are RFC 3339 in UTC with milliseconds") {
  CHECK(time_text(0) == "1970-01-01T00:00:00.000Z");
  CHECK(time_text(1795223123456) == "2026-11-21T01:05:23.456Z");
  CHECK(time_text(951782399999) == "2000-02-28T23:59:59.999Z");
  CHECK(time_text(951782400001) == "2000-02-29T00:00:00.001Z");
  CHECK(time_text(-1) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("a time format writes the same whatever it wrote before") {
  std::mt19937_64 random{20261121};
  time_format used;
  for (int i = 0; i < 10'000; ++i) {
    auto ms = static_cast<int64_t>(random() % 4'102'444'800'000);
    text_buffer out;
    used.append(out, wall_time{std::chrono::milliseconds{ms}});
    CHECK(fmt::to_string(out) == time_text(ms));
  }
}

TEST_CASE("switch time becomes time of day and back") {
  auto start = wall_time{std::chrono::seconds{1'795'223'123}};
  wall_clock clock{model::time_point{std::chrono::hours{7}}, start};
  auto later = model::time_point{std::chrono::hours{8}};
  CHECK(clock.at(later) == start + std::chrono::hours{1});
  CHECK(clock.from(clock.at(later)) == later);
}

TEST_CASE("a text line has time, level, and the text with its call id first") {
  auto text = logged("info", "text",
                     "call=0000a1b2c3d4e5f6 answered from=2001 to=12345");
  std::istringstream lines{text};
  std::string line;
  std::string names;
  while (std::getline(lines, line)) {
    std::smatch found;
    REQUIRE(std::regex_match(
      line, found,
      std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (\w+) )"
                 "call=0000a1b2c3d4e5f6 answered from=2001 to=12345"}));
    names += found[1].str() + " ";
  }
  CHECK(names == "info warning ");
}

TEST_CASE("a JSON line has the same fields as the text line") {
  auto text = logged("warning", "json",
                     "call=0000a1b2c3d4e5f6 answered from=2001 "
                     "name=\"Ada \\\"L\\\"\"");
  auto line = nlohmann::json::parse(text);
  CHECK(line["time"].get<std::string>().size() == 24);
  line.erase("time");
  CHECK(line
        == nlohmann::json{{"level", "warning"},
                          {"call", "0000a1b2c3d4e5f6"},
                          {"message", "answered"},
                          {"from", "2001"},
                          {"name", "Ada \"L\""}});
}

TEST_CASE("levels let through what is as grave or graver") {
  auto lines = [](const std::string& level) {
    auto text = logged(level, "text", "x");
    return std::count(text.begin(), text.end(), '\n');
  };
  CHECK(lines("trace") == 3);
  CHECK(lines("debug") == 3);
  CHECK(lines("info") == 2);
  CHECK(lines("warning") == 1);
  CHECK(lines("error") == 0);
  CHECK(lines("off") == 0);
}

TEST_CASE("a peer cannot forge a line") {
  auto text = logged("warning", "text", "from=x\n2026-01-01 error all is lost");
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(text.ends_with("from=x\\n2026-01-01 error all is lost\n"));
  CHECK(value("a b") == "\"a b\"");
  CHECK(value("a=b") == "\"a=b\"");
  CHECK(value("a\r\nb") == "\"a\\r\\nb\"");
  CHECK(value("") == "\"\"");
  CHECK(value("sip:2001@192.0.2.1:5060;transport=tcp")
        == "\"sip:2001@192.0.2.1:5060;transport=tcp\"");
  CHECK(value("sip:2001@192.0.2.1") == "sip:2001@192.0.2.1");
}

TEST_CASE("words before the first key are the message, the rest is fields") {
  struct row {
    std::string_view text;
    std::string_view json;
  };
  auto rows = {
    row{"", R"({"message":""})"},
    row{"hello world", R"({"message":"hello world"})"},
    row{"a=1", R"({"message":"","a":"1"})"},
    row{"listening address=\"udp:[::1]:5060\" tls=no",
        R"({"message":"listening","address":"udp:[::1]:5060","tls":"no"})"},
    row{"x a=1 and more", R"({"message":"x","a":"1","rest":"and more"})"},
    row{"x a=", R"({"message":"x","a":""})"},
    row{R"(x a="unclosed)", R"({"message":"x","a":"\"unclosed"})"},
    row{R"(x a="bad \q escape")",
        R"({"message":"x","a":"\"bad \\q escape\""})"},
    row{"2 < 3 = true", R"({"message":"2 < 3 = true"})"},
  };
  for (auto& [text, json] : rows)
    CHECK(members(text) == json);
}

TEST_CASE("whatever bytes come in, what goes out is valid JSON") {
  auto seed = 20261121u;
  INFO("seed ", seed);
  std::mt19937 random{seed};
  constexpr std::string_view spice = "\"\\ =\n\xc3\xa4\xed\xa0\x80\xf4u0aname";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto n = random() % 24; n > 0; --n)
      text += random() % 4 ? spice[random() % spice.size()]
                           : static_cast<char>(random());
    INFO("text ", text);
    CHECK(nlohmann::json::accept(members(text)));
    text_buffer out;
    append_json(out, text);
    CHECK(nlohmann::json::accept(fmt::to_string(out)));
  }
}

TEST_CASE("valid UTF-8 passes, anything else becomes U+FFFD") {
  auto json = [](std::string_view text) {
    text_buffer out;
    append_json(out, text);
    return fmt::to_string(out);
  };
  CHECK(json("J\xc3\xb6rg \xe2\x82\xac \xf0\x9f\x93\x9e")
        == "\"J\xc3\xb6rg \xe2\x82\xac \xf0\x9f\x93\x9e\"");
  CHECK(json("J\xf6rg") == "\"J\xef\xbf\xbdrg\"");
  CHECK(json("\xc0\xaf") == "\"\xef\xbf\xbd\xef\xbf\xbd\"");
  CHECK(json(std::string_view{"\0\x01", 2}) == "\"\\u0000\\u0001\"");
}

TEST_CASE("a log file that cannot be opened is an error") {
  scratch_folder folder;
  auto log = open_log({.file = folder.path()});
  CHECK_FALSE(log.logger);
  CHECK(log.error == "cannot open " + folder.path() + ": Is a directory");
}
