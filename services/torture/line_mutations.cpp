#include "services/torture/message.hpp"
#include "services/torture/mutation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// What is wrong here is the first line, how lines are made, or what the whole
// message is.

namespace strowger::services::torture {

namespace {

using namespace std::literals;

constexpr auto refused = "none 4xx 5xx 6xx"sv;
constexpr auto whatever = "none any"sv;

/// The Request-URI: between the two blanks of the first line.
place uri_of(const draft& x) {
  auto first = x.first_line.find(' ') + 1;
  return {first, x.first_line.rfind(' ') - first};
}

void set_uri(draft& x, std::string_view by) {
  auto uri = uri_of(x);
  x.first_line.replace(uri.at, uri.size, by);
}

void set_method(draft& x, std::string_view by) {
  x.first_line.replace(0, x.first_line.find(' '), by);
  x["CSeq"] = fmt::format("1 {}", by);
}

// -- the first line -----------------------------------------------------------

std::string weird_uri(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view uris[] = {"sip:",
                                       "sip:@",
                                       "sip:%00@invalid",
                                       "sip:%zz@invalid",
                                       "sip:a@",
                                       "sip:a@:5060",
                                       "sip:a@invalid:0",
                                       "sip:a@invalid:99999",
                                       "sip:a@invalid:-1",
                                       "sip:a@[::1",
                                       "sip:a@[1:2:3:4:5:6:7:8:9]",
                                       "sip:a@[]",
                                       "sip:a@256.256.256.256",
                                       "tel:",
                                       "tel:+1;phone-context=",
                                       "urn:service:sos",
                                       "sips:a@invalid",
                                       "sip:a:b:c@invalid",
                                       "*",
                                       "%",
                                       "sip:a@b@c@invalid",
                                       "sip:a@invalid?To=%0d%0aX:%20y",
                                       "<sip:a@invalid>",
                                       "sip:a;b;c;;d=;=e@invalid;;;",
                                       "\"sip:a@invalid\"",
                                       "::::"};
  auto kind = choose.below(std::size(uris) + 2);
  auto uri = std::string(x.first_line.substr(uri_of(x).at, uri_of(x).size));
  if (kind < std::size(uris))
    uri = uris[kind];
  else if (kind == std::size(uris))
    uri.insert(4, repeated("u", choose.between(1'000, 30'000)));
  else
    uri += repeated(";p=v", choose.between(100, 7'000));
  set_uri(x, uri);
  what = "Request-URI " + uri.substr(0, 80);
  return x.bytes();
}

std::string weird_method(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view methods[] = {
    "invite",        "INVITEX",   "I", "!%*_+`'~.",
    "INV\xc3\x8dTE", "OPTIONS\"", "(", "SIP/2.0"};
  auto kind = choose.below(std::size(methods) + 1);
  auto method = kind < std::size(methods) ? std::string(methods[kind])
                                          : repeated("M", 20'000);
  set_method(x, method);
  what = "method " + method.substr(0, 40);
  return x.bytes();
}

std::string weird_version(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view versions[] = {
    "SIP/2.1",  "SIP/3.0", "SIP/2.0.0",
    "SIP/22.0", "SIP/2",   "SIP/-2.0",
    "HTTP/1.1", "SIP2.0",  "SIP/99999999999999999999.0",
    ""};
  auto version = choose.one_of(versions);
  x.first_line.replace(x.first_line.rfind(' ') + 1, x.first_line.npos, version);
  what = fmt::format("version '{}'", version);
  return x.bytes();
}

std::string first_line_blanks(draft x, chooser& choose, std::string& what) {
  auto& line = x.first_line;
  switch (choose.below(4)) {
    case 0:
      line.insert(0, " ");
      what = "a blank before the first line";
      break;
    case 1:
      line.replace(line.find(' '), 1, repeated(" ", choose.between(2, 5'000)));
      what = "many blanks in the first line";
      break;
    case 2:
      std::ranges::replace(line, ' ', '\t');
      what = "tabs in the first line";
      break;
    default:
      line.insert(0, repeated("\r\n", choose.between(1, 2'000)));
      what = "empty lines before the message";
  }
  return x.bytes();
}

std::string no_request(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view lines[] = {
    "SIP/2.0 200 OK",     "SIP/2.0 100 Trying",      "SIP/2.0 000 Nought",
    "SIP/2.0 999 Beyond", "SIP/2.0 99999999999 Far", "SIP/2.0 -1 Minus",
    "SIP/2.0 401 Prove",  "SIP/2.0 302 There",       "SIP/2.0",
    "SIP/2.0 20",         "SIP/2.0 OK 200"};
  x.first_line = choose.one_of(lines);
  what = x.first_line;
  return x.bytes();
}

std::string ack(draft x, chooser&, std::string& what) {
  set_method(x, "ACK");
  what = "an ACK for nothing";
  return x.bytes();
}

std::string cancel(draft x, chooser&, std::string& what) {
  set_method(x, "CANCEL");
  what = "a CANCEL for nothing";
  return x.bytes();
}

// -- lines --------------------------------------------------------------------

std::string fold(draft x, chooser& choose, std::string& what) {
  auto count = choose.between(1, 500);
  auto name = choose.one_of(std::array{"From"sv, "To"sv, "CSeq"sv});
  auto& value = x[name];
  value = repeated("\r\n ", count) + value;
  what = fmt::format("{} folded over {} lines", name, count);
  return x.bytes();
}

std::string line_ends(draft x, chooser& choose, std::string& what) {
  auto bytes = x.bytes();
  auto kind = choose.below(3);
  what = std::array{"lines end with LF", "lines end with CR",
                    "some lines end with LF"}[kind];
  std::string result;
  for (auto c : bytes) {
    auto dropped = kind == 0   ? c == '\r'
                   : kind == 1 ? c == '\n'
                               : c == '\r' && choose.below(2) == 0;
    if (!dropped)
      result += c;
  }
  return result;
}

std::string header_names(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view lines[] = {":",
                                        ": value",
                                        "no colon",
                                        "two words: value",
                                        "\x01\x02: value",
                                        "a\tb: value",
                                        "\"quoted\": value",
                                        "Content-Length ;: 0",
                                        "-:-",
                                        "\xff\xfe: value",
                                        "Via",
                                        "::::"};
  auto line = choose.one_of(lines);
  auto at = choose.below(x.headers.size());
  auto bytes = x.bytes();
  auto place = bytes.find(x.headers[at].first + ": ");
  bytes.insert(place, std::string(line) + "\r\n");
  what = fmt::format("a line before {}: {}", x.headers[at].first, line);
  return bytes;
}

std::string nul(draft x, chooser& choose, std::string& what) {
  auto& [name, value] = x.headers[choose.below(x.headers.size())];
  auto count = choose.between(1, 100);
  value.insert(choose.below(value.size() + 1), count, '\0');
  what = fmt::format("{} NULs in {}", count, name);
  return x.bytes();
}

std::string no_utf8(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view bytes[] = {
    "\xff", "\xc0\xaf", "\xed\xa0\x80",        "\xf4\x90\x80\x80",
    "\x80", "\xe2\x82", "\xf8\x88\x80\x80\x80"};
  auto bad = repeated(choose.one_of(bytes), choose.between(1, 500));
  auto name = choose.one_of(std::array{"From"sv, "To"sv, "Subject"sv});
  if (name == "Subject")
    x.add("Subject", bad);
  else
    x[name] = fmt::format("\"{}\" {}", bad, x[name].substr(x[name].find('<')));
  what = fmt::format("bytes that are not UTF-8 in {}", name);
  return x.bytes();
}

std::string escapes(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view kinds[] = {"%",      "%0",        "%00", "%%%%",
                                        "%0d%0a", "%25%34%31", "%ff", "%u0041"};
  auto text = repeated(choose.one_of(kinds), choose.between(1, 1'000));
  auto uri = uri_of(x);
  auto at = x.first_line.find(':', uri.at) + 1;
  auto name = choose.one_of(std::array{"From"sv, "To"sv, "Contact"sv});
  if (choose.below(2) == 0)
    x.first_line.insert(at, text + "@");
  else
    x[name].insert(x[name].find("sip:") + 4, text);
  what = "escapes " + text.substr(0, 20);
  return x.bytes();
}

std::string cut(draft x, chooser& choose, std::string& what) {
  auto bytes = x.bytes();
  auto fields = headers_of(bytes);
  auto& field = fields[choose.below(fields.size())];
  auto value = field.value.at;
  auto end = value + field.value.size;
  auto begin = value - field.name.size() - 2;
  struct cutting {
    std::size_t at;
    std::string_view where;
  };
  const cutting places[] = {
    {choose.below(x.first_line.size()), "in the first line"},
    {x.first_line.size() + 1, "between CR and LF"},
    {begin + 1, "in the name of"},
    {value - 1, "behind the colon of"},
    {value + field.value.size / 2, "in the value of"},
    {end, "before the end of line of"},
    {end + 1, "in the end of line of"},
    {end + 2, "behind"},
    {bytes.size() - x.body.size() - 2, "before the empty line"},
    {bytes.size() - x.body.size() / 2 - 1, "near the end"},
  };
  auto& here = choose.one_of(places);
  what = fmt::format("cut at {} of {}, {} {}", here.at, bytes.size(),
                     here.where, field.name);
  return bytes.substr(0, here.at);
}

constexpr mutation_kind kinds[] = {
  {"weird-uri", "", weird_uri, whatever, "",
   "400, 404, 416: a device may like some of them"},
  {"weird-method", "", weird_method, refused, "any",
   "405 or 501 is best (RFC 3261 8.2.1)"},
  {"weird-version", "", weird_version, refused, "any",
   "505 is best (RFC 3261 21.5.6)"},
  {"first-line-blanks", "", first_line_blanks, whatever, "",
   "empty lines before a message are fine (RFC 3261 7.5)"},
  {"no-request", "", no_request, "none", "",
   "a response is never answered (RFC 3261 18.1.2)"},
  {"ack", "", ack, "none", "", "an ACK is never answered (RFC 3261 17)"},
  {"cancel", "", cancel, "481", "none 4xx 5xx",
   "481, there is nothing to cancel (RFC 3261 9.2)"},
  {"fold", "", fold, "any !400", "none 400",
   "folding is well-formed (RFC 3261 7.3.1)"},
  {"line-ends", "", line_ends, whatever, "", "CRLF ends a line, nothing else"},
  {"header-names", "", header_names, whatever, "",
   "a line that is no header; 400, or as if it were not there"},
  {"nul", "", nul, whatever, "", "a NUL ends nothing and breaks nothing"},
  {"no-utf8", "", no_utf8, whatever, "", "text should be UTF-8"},
  {"escapes", "", escapes, whatever, "", "escapes that are none, or odd ones"},
  {"cut", "", cut, refused, "any", "the message ends too early"},
};

} // namespace

std::span<const mutation_kind> line_mutations() {
  return kinds;
}

} // namespace strowger::services::torture
