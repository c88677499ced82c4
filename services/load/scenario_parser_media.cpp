#include "services/config/wording.hpp"
#include "services/load/scenario_parser.hpp"

#include <algorithm>
#include <cmath>

/// RTP: what users send, from where, and who has none.
namespace strowger::services::load {

namespace {

using config::quoted;

constexpr std::string_view media_keys[] = {"codec", "ports", "srtp", "tone",
                                           "dtmf"};
constexpr std::string_view port_keys[] = {"from", "to"};
constexpr std::string_view codecs[] = {"PCMA", "PCMU"};
/// In the order of traffic::digit_way.
constexpr std::string_view digit_ways[] = {"rfc4733", "in-band", "info"};
constexpr std::string_view switches[] = {"on", "off"};

constexpr double lowest_hz = 300;
constexpr uint64_t first_port = 1024; // below, one has to be root

} // namespace

void scenario_parser::read_media(const node& map) {
  auto fields = read_fields(map, "media", media_keys);
  auto& x = value_.media.emplace();
  if (auto codec = fields["codec"]) {
    std::string word;
    read_word("codec", *codec, codecs, word);
    x.codec = word == "PCMU" ? traffic::audio_codec::pcmu
                             : traffic::audio_codec::pcma;
  }
  if (auto ports = fields["ports"])
    read_ports(*ports, x);
  read_flag("srtp", fields["srtp"], x.srtp);
  if (auto way = fields["dtmf"]) {
    std::string word;
    read_word("dtmf", *way, digit_ways, word);
    if (!word.empty())
      x.digits = static_cast<traffic::digit_way>(
        std::ranges::find(digit_ways, word) - std::begin(digit_ways));
  }
  double hz = x.tone_hz;
  read_quantity("tone", fields["tone"], tone_hz, hz);
  if (hz < lowest_hz)
    fail(*fields["tone"], "tone: " + quoted(fields["tone"]->text)
                            + " is less than 300 Hz, which telephones do not "
                              "carry");
  x.tone_hz = static_cast<unsigned>(std::lround(hz));
}

void scenario_parser::read_ports(const node& map, traffic::media_plan& x) {
  auto before = errors_.size();
  auto fields = read_fields(map, "ports", port_keys, {"from", "to"});
  auto port = [&](std::string_view name, uint16_t& out) {
    if (auto value = fields[name])
      out = static_cast<uint16_t>(
        read_whole(name, *value, first_port, 65535).value_or(out));
  };
  port("from", x.port_from);
  port("to", x.port_to);
  // Even ones, so one of two neighbours will do.
  if (errors_.size() == before && x.port_from + x.port_from % 2 > x.port_to)
    fail(map, "ports: there is no even port between from and to");
}

void scenario_parser::read_media_switch(const node& value,
                                        traffic::population& x) {
  std::string word;
  read_word("media", value, switches, word);
  x.media = word != "off";
}

} // namespace strowger::services::load
