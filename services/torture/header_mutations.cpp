#include "services/torture/mutation.hpp"

#include <fmt/format.h>

// What is wrong here is one header, or how many of one there are.

namespace strowger::services::torture {

namespace {

// Answers to what is broken beyond doubt: a device may refuse it, or be silent.
constexpr std::string_view refused = "none 4xx 5xx 6xx";
constexpr std::string_view whatever = "none any";

constexpr std::string_view single[] = {"From", "To", "Call-ID", "CSeq",
                                       "Max-Forwards"};
constexpr std::string_view needed[] = {"Via", "From", "To", "Call-ID", "CSeq"};
constexpr std::string_view addresses[] = {"From", "To", "Contact"};
constexpr std::string_view no_numbers[] = {
  "-1",
  "",
  "x",
  "4294967296",
  "18446744073709551616",
  "0x10",
  "1e9",
  "99999999999999999999999999999999999999999999",
  "1 1",
  "1.5"};

std::string overlong(draft x, chooser& choose, std::string& what) {
  auto size = choose.between(1'000, 40'000);
  constexpr std::string_view names[] = {
    "Subject", "User-Agent", "X-Torture", "From", "To", "Contact", "Call-ID"};
  auto name = choose.one_of(names);
  what = fmt::format("{} with {} characters more", name, size);
  auto more = repeated("a", size);
  if (name == "Subject" || name == "User-Agent" || name == "X-Torture")
    x.add(std::string(name), more);
  else if (name == "Call-ID")
    x[name] += more;
  else
    x[name] = fmt::format("\"{}\" {}", more, x[name].substr(x[name].find('<')));
  return x.bytes();
}

std::string many(draft x, chooser& choose, std::string& what) {
  auto count = choose.between(200, 2'000);
  for (std::size_t i = 0; i < count; ++i)
    x.add(fmt::format("X-{}", i), "v");
  what = fmt::format("{} headers more", count);
  return x.bytes();
}

std::string repeat(draft x, chooser& choose, std::string& what) {
  std::string name(choose.one_of(single));
  auto value = x[name];
  if (choose.below(2) == 0)
    value = name == "CSeq"           ? "2 OPTIONS"
            : name == "Max-Forwards" ? "5"
            : name == "Call-ID"      ? "another"
                                     : "<sip:other@invalid>;tag=o";
  what = fmt::format("{} a second time: {}", name, value);
  x.add(name, value);
  return x.bytes();
}

std::string missing(draft x, chooser& choose, std::string& what) {
  auto name = choose.one_of(needed);
  x.remove(name);
  what = fmt::format("no {}", name);
  return x.bytes();
}

std::string cseq_number(draft x, chooser& choose, std::string& what) {
  auto& value = x["CSeq"];
  value.replace(0, 1, choose.one_of(no_numbers));
  what = "CSeq: " + value;
  return x.bytes();
}

std::string other_number(draft x, chooser& choose, std::string& what) {
  std::string name(choose.below(2) == 0 ? "Max-Forwards" : "Expires");
  x.remove(name);
  x.add(name, std::string(choose.one_of(no_numbers)));
  what = fmt::format("{}: {}", name, x[name]);
  return x.bytes();
}

std::string length_too_long(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view lengths[] = {"65536",      "2147483647",
                                          "2147483648", "4294967295",
                                          "4294967297", "18446744073709551615"};
  x.add("Content-Length", std::string(choose.one_of(lengths)));
  what = "Content-Length: " + x["Content-Length"];
  return x.bytes();
}

std::string length_no_number(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view lengths[] = {"-1",   "-2147483648", "x",
                                          "0x10", "1,2",         "7 8"};
  x.add("Content-Length", std::string(choose.one_of(lengths)));
  what = "Content-Length: " + x["Content-Length"];
  return x.bytes();
}

std::string other_method(draft x, chooser&, std::string& what) {
  x["CSeq"] = x["CSeq"] == "1 INVITE" ? "1 OPTIONS" : "1 INVITE";
  what = "CSeq: " + x["CSeq"];
  return x.bytes();
}

std::string deep_quotes(draft x, chooser& choose, std::string& what) {
  auto depth = choose.between(50, 4'000);
  auto& value = x[choose.one_of(addresses)];
  value = fmt::format("\"{}\" {}", repeated("\\\"\\\\", depth),
                      value.substr(value.find('<')));
  what = fmt::format("a display name of {} escaped quotes", depth);
  return x.bytes();
}

std::string open_quote(draft x, chooser& choose, std::string& what) {
  auto name = choose.one_of(addresses);
  x[name] = "\"" + repeated("\\", choose.below(2)) + "no end "
            + x[name].substr(x[name].find('<'));
  what = fmt::format("{}: {}", name, x[name]);
  return x.bytes();
}

std::string deep_brackets(draft x, chooser& choose, std::string& what) {
  auto depth = choose.between(2, 2'000);
  auto name = choose.one_of(addresses);
  x[name] = repeated("<", depth) + x[name].substr(x[name].find("sip:"));
  what = fmt::format("{} with {} angle brackets open", name, depth);
  return x.bytes();
}

std::string deep_comments(draft x, chooser& choose, std::string& what) {
  auto depth = choose.between(100, 10'000);
  x.add("User-Agent", "torture " + repeated("(", depth) + "deep"
                        + repeated(")", choose.below(2) * depth));
  what = fmt::format("User-Agent with comments {} deep", depth);
  return x.bytes();
}

std::string parameters(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view kinds[] = {";a=b", ";;",     ";=",     ";tag=x",
                                        ";a",   ";lr=\"", ";%61=%", ";maddr=;"};
  auto kind = choose.one_of(kinds);
  auto name = choose.one_of(addresses);
  auto count = choose.between(1, 3'000);
  x[name] += repeated(kind, count);
  what = fmt::format("{} with {} times {}", name, count, kind);
  return x.bytes();
}

std::string tags(draft x, chooser& choose, std::string& what) {
  auto& from = x["From"];
  from.resize(from.find(";tag="));
  constexpr std::string_view kinds[] = {
    "", ";tag=", ";tag", ";tag=a;tag=b", ";tag=\"q\"", ";tag=<>"};
  auto kind = choose.below(std::size(kinds) + 1);
  from += kind < std::size(kinds) ? std::string(kinds[kind])
                                  : ";tag=" + repeated("t", 20'000);
  what = "From: " + from.substr(0, 100);
  return x.bytes();
}

std::string contacts(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view kinds[] = {
    "*",
    "*, <sip:a@invalid>",
    "<sip:a@invalid>;q=9.9.9",
    "<sip:a@invalid>;expires=-1",
    "<sip:>",
    "<>",
    "sip:a@invalid?x=y",
    "<sip:a@[::1>",
    "<tel:+1>;expires=99999999999999999999"};
  auto kind = choose.below(std::size(kinds) + 1);
  x["Contact"] = kind < std::size(kinds)
                   ? std::string(kinds[kind])
                   : "<sip:a@invalid>" + repeated(", <sip:b@invalid>", 1'000);
  what = "Contact: " + x["Contact"].substr(0, 100);
  return x.bytes();
}

std::string many_vias(draft x, chooser& choose, std::string& what) {
  auto count = choose.between(70, 500);
  auto own = x.headers.begin() + 1;
  for (std::size_t i = 0; i < count; ++i)
    own = x.headers.insert(
      own,
      {"Via", fmt::format("SIP/2.0/UDP h{}.invalid;branch=z9hG4bKv{}", i, i)});
  what = fmt::format("{} Vias more", count);
  return x.bytes();
}

std::string many_routes(draft x, chooser& choose, std::string& what) {
  auto count = choose.between(20, 1'000);
  auto name = choose.below(2) == 0 ? "Route" : "Record-Route";
  // Back to the device, but not for long: nobody else gets anything from us.
  auto device = x.first_line.substr(x.first_line.find("sip:"));
  device = device.substr(4, device.find(' ') - 4);
  device = device.substr(device.find('@') + 1);
  x["Max-Forwards"] = "2";
  for (std::size_t i = 0; i < count; ++i)
    x.add(name, fmt::format("<sip:{};lr>", device));
  what = fmt::format("{} times {}", count, name);
  return x.bytes();
}

std::string authorization(draft x, chooser& choose, std::string& what) {
  constexpr std::string_view kinds[] = {
    "Digest",
    "Digest ,,,,",
    "Digest username=\"",
    "Basic ====",
    "Digest username=\"a\",username=\"b\",realm=,nonce=\"\\",
    "Digest nc=ffffffffffffffffff,qop=auth,response=\"x\"",
    ""};
  auto kind = choose.below(std::size(kinds) + 1);
  x.add("Authorization", kind < std::size(kinds)
                           ? std::string(kinds[kind])
                           : "Digest realm=\"" + repeated("r", 20'000) + "\"");
  what = "Authorization: " + x["Authorization"].substr(0, 100);
  return x.bytes();
}

std::string require(draft x, chooser& choose, std::string& what) {
  auto count = choose.between(1, 500);
  for (std::size_t i = 0; i < count; ++i)
    x.add("Require", fmt::format("nobody-knows-{}", i));
  what = fmt::format("Require with {} unknown extensions", count);
  return x.bytes();
}

constexpr mutation_kind kinds[] = {
  {"overlong-header", "", overlong, whatever, "",
   "long is not wrong, but a device may have a limit"},
  {"many-headers", "", many, whatever, "",
   "many are not wrong, but a device may have a limit"},
  {"repeated-header", "", repeat, refused, "any",
   "what may stand once stands twice; 400 is best"},
  {"missing-header", "", missing, refused, "",
   "without it nothing is a request (RFC 3261 8.1.1)"},
  {"cseq-number", "", cseq_number, refused, "",
   "CSeq has no number below 2**31 (RFC 3261 8.1.1.5)"},
  {"other-number", "", other_number, whatever, "",
   "Max-Forwards or Expires is no number"},
  {"length-too-long", "", length_too_long, "none 4xx", "5xx",
   "the body ends too early (RFC 3261 18.3)"},
  {"length-no-number", "", length_no_number, "none 4xx", "5xx",
   "nobody knows where the message ends"},
  {"other-method", "", other_method, refused, "",
   "the first line and CSeq differ (RFC 3261 8.1.1.5)"},
  {"deep-quotes", "", deep_quotes, whatever, "", "odd, but well-formed"},
  {"open-quote", "", open_quote, refused, "any",
   "a quoted text has no end; a device may infer one"},
  {"deep-brackets", "", deep_brackets, refused, "any",
   "an address has too many brackets"},
  {"deep-comments", "", deep_comments, whatever, "",
   "a comment may hold comments; no stack may run over"},
  {"parameters", "", parameters, whatever, "",
   "more parameters than anybody needs"},
  {"tags", "", tags, whatever, "", "From has a strange tag, or none"},
  {"contacts", "", contacts, whatever, "", "Contact is strange"},
  {"many-vias", "", many_vias, whatever, "", "it came by many hops"},
  {"many-routes", "", many_routes, whatever, "",
   "it has many hops to go; Max-Forwards ends it soon"},
  {"authorization", "", authorization, whatever, "",
   "credentials that nobody can read are none"},
  {"require", "", require, refused, "any",
   "420 with Unsupported is best (RFC 3261 8.2.2.3)"},
};

} // namespace

std::span<const mutation_kind> header_mutations() {
  return kinds;
}

} // namespace strowger::services::torture
