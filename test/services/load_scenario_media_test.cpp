#include "services/load/scenario_reader.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace strowger;
using namespace strowger::services;
using namespace std::literals;

namespace {

load::scenario_result read(const std::string& media,
                           const std::string& of_population = "") {
  return load::read_scenario_text(
    "load: x\ntarget: 127.0.0.1:5060\nlisten: 127.0.0.1:5080\npopulations:\n"
    "- {name: p, users: [1], answers: {}"
      + of_population + "}\n" + media + "\n",
    "f");
}

std::string errors_of(const load::scenario_result& x) {
  std::string lines;
  for (auto& error : x.errors)
    lines += to_string(error) + "\n";
  return lines;
}

} // namespace

TEST_CASE("media is what a scenario says, or what users would expect") {
  auto none = read("");
  REQUIRE(none.value);
  CHECK(!none.value->media);
  auto plain = read("media: {}");
  REQUIRE(plain.value);
  REQUIRE(plain.value->media);
  CHECK(plain.value->media->codec == traffic::audio_codec::pcma);
  CHECK(plain.value->media->port_from == 40'000);
  CHECK(plain.value->media->port_to == 49'999);
  CHECK(plain.value->media->tone_hz == 440);
  CHECK(!plain.value->media->srtp);
  CHECK(plain.value->media->digits == traffic::digit_way::events);
  CHECK(plain.value->populations[0].media);
  auto all = read("media: {codec: PCMU, ports: {from: 42001, to: 42003}, "
                  "srtp: true, tone: 1.004 kHz, dtmf: in-band}",
                  ", media: off");
  CHECK(errors_of(all) == "");
  REQUIRE(all.value);
  CHECK(all.value->media->codec == traffic::audio_codec::pcmu);
  CHECK(all.value->media->port_from == 42'001);
  CHECK(all.value->media->port_to == 42'003);
  CHECK(all.value->media->srtp);
  CHECK(all.value->media->digits == traffic::digit_way::in_band);
  CHECK(all.value->media->tone_hz == 1004);
  CHECK(!all.value->populations[0].media);
}

TEST_CASE("mistakes in media are told with their place and what was expected") {
  for (auto& [text, errors] : {
         std::pair{"media: {codec: PCMX}"s,
                   "f:6:16: error: codec: \"PCMX\" is none of PCMA, "
                   "PCMU\n"s},
         {"media: {ports: {from: 40000}}", "f:6:16: error: ports has no to\n"},
         {"media: {ports: {from: 40001, to: 40001}}",
          "f:6:16: error: ports: there is no even port between from and to\n"},
         {"media: {ports: {from: 80, to: 40001}}", "f:6:23: error: from: "},
         {"media: {srtp: 1}",
          "f:6:15: error: srtp: \"1\" is none of true, false"},
         {"media: {tone: 440}", "f:6:15: error: tone: \"440\" has no unit; "
                                "expected one of Hz, kHz, such as "
                                "\"440 Hz\"\n"},
         {"media: {tone: 50 Hz}",
          "f:6:15: error: tone: \"50 Hz\" is less than 300 Hz, which "
          "telephones do not carry\n"},
         {"media: {tone: 4 kHz}",
          "f:6:15: error: tone: \"4 kHz\" is more than 3400 Hz\n"},
         {"media: {dtmf: loud}",
          "f:6:15: error: dtmf: \"loud\" is none of rfc4733, in-band, info"},
         {"media: loud", "f:6:8: error: media"},
       }) {
    CAPTURE(text);
    CHECK(errors_of(read(text)).substr(0, errors.size()) == errors);
  }
  CHECK(errors_of(read("", ", media: maybe"))
        == "f:5:45: error: media: \"maybe\" is none of on, off\n");
}
