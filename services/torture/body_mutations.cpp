#include "services/torture/mutation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

// What is wrong here is the body, or what the message says about it.

namespace strowger::services::torture {

namespace {

constexpr std::string_view whatever = "none any";

void replace(std::string& text, std::string_view what, std::string_view by) {
  if (auto at = text.find(what); at != text.npos)
    text.replace(at, what.size(), by);
}

std::string sdp_line(draft x, chooser& choose, std::string& what) {
  constexpr std::pair<std::string_view, std::string_view> kinds[] = {
    {"v=0\r\n", ""},
    {"v=0", "v=99999999999999999999"},
    {"o=- 1 1 IN IP4 127.0.0.1\r\n", ""},
    {"o=- 1 1", "o=- 99999999999999999999 -1"},
    {"s=-\r\n", ""},
    {"c=IN IP4 127.0.0.1\r\n", ""},
    {"c=IN IP4 127.0.0.1", "c=IN IP4 999.0.0.1/127/3"},
    {"c=IN IP4 127.0.0.1", "c=IN IP9 x"},
    {"t=0 0", "t=-1 99999999999999999999"},
    {"m=audio 9 RTP/AVP 0\r\n", ""},
    {"m=audio 9", "m=audio 99999"},
    {"m=audio 9", "m=audio -1"},
    {"m=audio 9", "m=audio 9/4294967295"},
    {"RTP/AVP 0", "RTP/AVP"},
    {"RTP/AVP 0", "RTP/AVP 999 -1 x"},
    {"RTP/AVP", "NO/SUCH/PROFILE"},
    {"a=rtpmap:0 PCMU/8000", "a=rtpmap:"},
    {"a=rtpmap:0 PCMU/8000", "a=rtpmap:999 \"/0/0/0"},
    {"a=rtpmap", "=rtpmap"},
    {"m=audio", "m =audio"}};
  auto& [from, to] = choose.one_of(kinds);
  replace(x.body, from, to);
  what = fmt::format("'{}' in place of '{}'", to, from.substr(0, 40));
  return x.bytes();
}

std::string sdp_size(draft x, chooser& choose, std::string& what) {
  struct growth {
    std::string_view line;
    std::size_t most;
  };
  constexpr growth kinds[] = {
    {"a=x\r\n", 10'000},
    {"m=audio 9 RTP/AVP 0\r\n", 2'500},
    {"a=rtpmap:96 x/8000\r\n", 2'500},
    {"a=candidate:1 1 UDP 1 127.0.0.1 9 typ host\r\n", 1'000}};
  auto& kind = choose.one_of(kinds);
  auto count = choose.between(kind.most / 10, kind.most);
  x.body += repeated(kind.line, count);
  what = fmt::format("{} times {}", count,
                     kind.line.substr(0, kind.line.size() - 2));
  return x.bytes();
}

std::string sdp_form(draft x, chooser& choose, std::string& what) {
  switch (choose.below(5)) {
    case 0:
      std::erase(x.body, '\r');
      what = "SDP whose lines end with LF";
      break;
    case 1:
      x.body.clear();
      what = "SDP that is empty";
      break;
    case 2:
      x.body.resize(x.body.size() / 2);
      what = "SDP cut in the middle";
      break;
    case 3:
      std::ranges::generate(x.body, [&] { return choose.byte(); });
      what = "SDP of random bytes";
      break;
    default:
      x.body.insert(choose.below(x.body.size()), 3, '\0');
      what = "NULs in SDP";
  }
  return x.bytes();
}

std::string content_type(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view types[] = {"application/sdp;charset=\"",
                                        "application",
                                        "/",
                                        "application/sdp, x/y",
                                        "application/unknownformat",
                                        "multipart/mixed",
                                        "",
                                        "message/sip",
                                        "application/sdp;;;;",
                                        "*/*"};
  x["Content-Type"] = choose.one_of(types);
  what = "Content-Type: " + x["Content-Type"];
  return x.bytes();
}

std::string content_encoding(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view codings[] = {"gzip", "deflate, gzip, gzip",
                                          "nobody-knows", ","};
  x.add("Content-Encoding", std::string(choose.one_of(codings)));
  what = "Content-Encoding: " + x["Content-Encoding"];
  return x.bytes();
}

std::string multipart(draft x, chooser& choose, std::string& what) {
  auto depth = choose.between(1, 200);
  auto closed = choose.below(2) == 0;
  std::string body;
  for (std::size_t i = 0; i < depth; ++i)
    body += fmt::format("--b{}\r\nContent-Type: multipart/mixed;"
                        "boundary=b{}\r\n\r\n",
                        i, i + 1);
  for (auto i = closed ? depth : 0; i > 0; --i)
    body += fmt::format("\r\n--b{}--\r\n", i - 1);
  x.remove("Content-Type");
  x.add("Content-Type", "multipart/mixed;boundary=b0");
  x.body = std::move(body);
  what = fmt::format("multipart {} deep, {}", depth,
                     closed ? "closed" : "never closed");
  return x.bytes();
}

std::string length_too_short(draft x, chooser& choose, std::string& what) {
  auto length = choose.below(x.body.size());
  x.add("Content-Length", std::to_string(length));
  what = fmt::format("Content-Length {} of {}", length, x.body.size());
  return x.bytes();
}

constexpr mutation_kind kinds[] = {
  {"sdp-line", "INVITE", sdp_line, whatever, "",
   "a line of the offer is wrong; 400 or 488 is best"},
  {"sdp-size", "INVITE", sdp_size, whatever, "",
   "a large offer; a device may have a limit"},
  {"sdp-form", "INVITE", sdp_form, whatever, "",
   "what should be SDP is none; 400 or 488 is best"},
  {"content-type", "INVITE", content_type, whatever, "",
   "the body says strange things of itself; 415 is best"},
  {"content-encoding", "INVITE", content_encoding, whatever, "",
   "the body is not encoded as it says; 415 is best"},
  {"multipart", "", multipart, whatever, "",
   "parts in parts; no stack may run over"},
  {"length-too-short", "INVITE", length_too_short, whatever, "",
   "more comes than the length says; over UDP it is ignored (RFC 3261 18.3)"},
};

} // namespace

std::span<const mutation_kind> body_mutations() {
  return kinds;
}

} // namespace strowger::services::torture
