#include "services/torture/cases.hpp"
#include "services/torture/vectors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

// What the messages of RFC 4475 and RFC 5118 should get. Both say what is wrong
// with a message and leave the answer to the reader more often than not; these
// tables are our reading of it, argued in README.md.

namespace strowger::services::torture {

namespace {

struct reading {
  std::string_view name;
  std::string_view section;
  std::string_view good;
  std::string_view allowed;
  std::string_view why;
};

// A well-formed message may be refused for who it is for, never as unreadable.
constexpr std::string_view readable = "any !400";
constexpr std::string_view unreadable = "none 4xx 5xx";

constexpr reading rfc4475[] = {
  {"wsinv", "3.1.1.1", readable, "",
   "folding, odd blanks and compact forms are well-formed"},
  {"intmeth", "3.1.1.2", "401 403 404 405 407 501", "any !400 !2xx",
   "any token is a method; a NUL in quotes ends nothing"},
  {"esc01", "3.1.1.3", readable, "", "an escape stands for its character"},
  {"escnull", "3.1.1.4", readable, "", "%00 is a character like others"},
  {"esc02", "3.1.1.5", "401 403 404 405 407 501", "any !400 !2xx",
   "methods and header names have no escapes: this is no REGISTER"},
  {"lwsdisp", "3.1.1.6", readable, "",
   "no blank is needed between name and bracket"},
  {"longreq", "3.1.1.7", "any !400 !513", "513",
   "long is not wrong; all 34 Vias come back"},
  {"dblreq", "3.1.1.8", readable, "",
   "over UDP what follows the message is ignored"},
  {"semiuri", "3.1.1.9", readable, "",
   "the semicolon belongs to the user part"},
  {"transports", "3.1.1.10", readable, "",
   "lower Vias may name transports that nobody knows"},
  {"mpart01", "3.1.1.11", readable, "", "a body may hold any bytes"},
  {"unreason", "3.1.1.12", "none", "", "a response to nothing is dropped"},
  {"noreason", "3.1.1.13", "none", "", "a response to nothing is dropped"},
  {"badinv01", "3.1.2.1", "400 none", "4xx 5xx",
   "the Via is unreadable, so silence is fine"},
  {"clerr", "3.1.2.2", "400", "none 4xx 5xx",
   "the body ends too early (RFC 3261 18.3)"},
  {"ncl", "3.1.2.3", "4xx none", "5xx", "a length below zero is no length"},
  {"scalar02", "3.1.2.4", "400", unreadable,
   "CSeq and Expires are beyond 2**32"},
  {"scalarlg", "3.1.2.5", "none", "", "a response to nothing is dropped"},
  {"quotbal", "3.1.2.6", "400", "any none",
   "the quote in To has no end; a device may infer one"},
  {"ltgtruri", "3.1.2.7", "400", "any none",
   "a Request-URI has no brackets; a device may read over them"},
  {"lwsruri", "3.1.2.8", "400", "any none",
   "a Request-URI has no blanks; a device may read over them"},
  {"lwsstart", "3.1.2.9", "any", "none", "refuse it, or read over the blanks"},
  {"trws", "3.1.2.10", "any", "none", "refuse it, or read over the blanks"},
  {"escruri", "3.1.2.11", "any", "none",
   "refuse it, or read over the Route in the Request-URI"},
  {"baddate", "3.1.2.12", "any", "none",
   "a Date that cannot be read harms nobody"},
  {"regbadct", "3.1.2.13", "400 2xx 401 403 404 405 407 501", "any none",
   "a Contact with ? needs brackets"},
  {"badaspec", "3.1.2.14", "any", "none", "refuse it, or read over the blanks"},
  {"baddn", "3.1.2.15", "any", "none",
   "refuse the comma in the display name, or read over it"},
  {"badvers", "3.1.2.16", "505", unreadable, "nobody speaks SIP/7.0"},
  {"mismatch01", "3.1.2.17", "400", unreadable, "CSeq says INVITE"},
  {"mismatch02", "3.1.2.18", "501 400 405", unreadable,
   "an unknown method, and CSeq says INVITE"},
  {"bigcode", "3.1.2.19", "none", "", "a response to nothing is dropped"},
  {"badbranch", "3.2.1", "any", "none",
   "a branch that is only the cookie is no branch"},
  {"insuf", "3.3.1", "400 none", "4xx 5xx", "no Call-ID, From and To"},
  {"unkscm", "3.3.2", "416", "4xx 5xx",
   "nobody knows this scheme (RFC 3261 8.2.2.1)"},
  {"novelsc", "3.3.3", "416 404", "4xx 5xx", "a scheme that is not for SIP"},
  {"unksm2", "3.3.4", "400 416", "4xx 5xx", "nobody registers a book"},
  {"bext01", "3.3.5", "420", "401 403 404 405 407 4xx",
   "extensions that nobody knows (RFC 3261 8.2.2.3)"},
  {"invut", "3.3.6", "415 401 403 404 407 480 488", "4xx 5xx 6xx",
   "a body of a kind that nobody knows"},
  {"regaut01", "3.3.7", "401 403 404 405 407 501 2xx", readable,
   "a scheme of authentication that nobody knows proves nothing"},
  {"multi01", "3.3.8", "400", unreadable,
   "twice what may stand once has two meanings"},
  {"mcl01", "3.3.9", "4xx none", "5xx", "two lengths are none"},
  {"bcast", "3.3.10", "none", "", "a response to nothing is dropped"},
  {"zeromf", "3.3.11", readable, "",
   "483 from a proxy; who is meant may answer"},
  {"cparam01", "3.3.12", readable, "",
   "an unknown parameter of Contact is no mistake"},
  {"cparam02", "3.3.13", readable, "",
   "an unknown parameter of a URI is no mistake"},
  {"regescrt", "3.3.14", readable, "", "an escaped Route belongs to the URI"},
  {"sdp01", "3.3.15", "406 400 401 403 404 407 480 488", "4xx 5xx 6xx",
   "who does not accept SDP cannot be answered"},
  {"inv2543", "3.4.1", "any", "none", "a request as of RFC 2543"},
  {"test", "archive", "any none", "",
   "in the archive only; not even a version"},
};

constexpr reading rfc5118[] = {
  {"ipv6-good", "4.1", readable, "", "well-formed"},
  {"ipv6-bad", "4.2", "400", unreadable,
   "an IPv6 address without brackets is ambiguous"},
  {"port-ambiguous", "4.3", readable, "", "5070 is a part of the address"},
  {"port-unambiguous", "4.4", readable, "", "5070 is the port"},
  {"via-received-param-with-delim", "4.5", "any !400 !2xx", "2xx",
   "brackets in received are against the grammar, and read; 481 for the BYE"},
  {"via-received-param-no-delim", "4.5", readable, "", "well-formed"},
  {"ipv6-in-sdp", "4.6", readable, "", "well-formed; 488 is fine"},
  {"mult-ip-in-header", "4.7", "any !400 !2xx", "2xx",
   "Vias of both families; 481 for the BYE"},
  {"mult-ip-in-sdp", "4.8", "any", "", "media lines of both families"},
  {"ipv4-mapped-ipv6", "4.9", readable, "", "a mapped address is an address"},
  {"ipv6-bug-abnf-3-colons", "4.10", "any", "none",
   "the grammar of RFC 3261 allowed three colons"},
  {"ipv6-correct-abnf-2-colons", "4.10", readable, "", "well-formed"},
};

// Over a stream a length that lies decides what else is read.
constexpr reading over_streams[] = {
  {"clerr", "3.1.2.2", "none 4xx", "5xx",
   "over TCP the rest of the body is waited for"},
  {"ncl", "3.1.2.3", "4xx none", "5xx",
   "nobody knows where the next message begins: the connection is closed"},
  {"mcl01", "3.3.9", "4xx none", "5xx",
   "nobody knows where the next message begins: the connection is closed"},
  {"inv2543", "3.4.1", "any none", "",
   "over TCP a message has to say how long it is"},
};

torture_case case_of(const reading& x, std::string_view rfc) {
  torture_case result;
  result.name = x.name;
  result.source = fmt::format("{} {}", rfc, x.section);
  result.expect = {std::string(x.good), std::string(x.allowed),
                   std::string(x.why)};
  return result;
}

void read(std::span<const reading> table, std::string_view rfc,
          std::string_view folder, std::vector<torture_case>& to) {
  for (auto& x : table) {
    auto vectors = test_vectors();
    auto found = std::ranges::find_if(
      vectors, [&](auto& y) { return y.rfc == folder && y.name == x.name; });
    assert(found != vectors.end());
    to.push_back(case_of(x, rfc));
    to.back().pieces = {std::string(found->bytes)};
  }
}

void adapt_to_stream(torture_case& x) {
  for (auto& other : over_streams)
    if (other.name == x.name)
      x.expect = case_of(other, "").expect;
  if (x.name == "clerr")
    x.then = ending::open;
  if (x.name == "ncl" || x.name == "mcl01")
    x.then = ending::closed;
  if (x.name == "dblreq") {
    x.answers = 2;
    x.expect.why = "over TCP these are two requests, and get two answers";
    x.expect.good = "any"; // the offer of the second one is broken
  }
}

} // namespace

std::vector<torture_case> rfc_cases(bool stream) {
  static_assert(std::size(rfc4475) == 50 && std::size(rfc5118) == 12);
  std::vector<torture_case> result;
  read(rfc4475, "RFC 4475", "rfc4475", result);
  read(rfc5118, "RFC 5118", "rfc5118", result);
  for (auto& x : result) {
    x.all_vias = x.name == "longreq" || x.name == "wsinv"
                 || x.name == "transports";
    if (stream)
      adapt_to_stream(x);
  }
  return result;
}

} // namespace strowger::services::torture
