#include "services/torture/cases.hpp"

#include <fmt/format.h>

#include <utility>

namespace strowger::services::torture {

namespace {

/// Makes requests, each with a branch and a Call-ID of its own.
class framer {
public:
  explicit framer(const surroundings& around) : around_(around) {}

  draft options() {
    auto own = around_;
    own.token += fmt::format("x{:02}", ++count_);
    tokens_.push_back(own.token);
    return valid_request("OPTIONS", own);
  }

  std::string with_length(std::string length, std::string body) {
    auto x = options();
    x.add("Content-Type", "text/plain");
    x.add("Content-Length", std::move(length));
    x.body = std::move(body);
    return x.bytes();
  }

  std::string without_length() {
    auto bytes = options().bytes();
    auto at = bytes.find("Content-Length");
    return bytes.erase(at, bytes.find('\n', at) + 1 - at);
  }

  /// The tokens of the requests since the last time.
  std::vector<std::string> tokens() {
    return std::exchange(tokens_, {});
  }

private:
  const surroundings& around_;
  std::size_t count_ = 0;
  std::vector<std::string> tokens_;
};

torture_case made(std::string_view name, std::vector<std::string> pieces,
                  expectation expect) {
  torture_case x;
  x.name = name;
  x.source = "framing";
  x.pieces = std::move(pieces);
  x.expect = std::move(expect);
  return x;
}

void well_framed(framer& make, std::vector<torture_case>& to) {
  auto add = [&](std::string_view name, std::vector<std::string> pieces,
                 expectation expect) {
    to.push_back(made(name, std::move(pieces), std::move(expect)));
    to.back().keys = make.tokens();
    to.back().then = ending::open;
  };
  auto first = make.options().bytes();
  add("frame-two", {first + make.options().bytes()},
      {"any", "", "two requests in one segment, two answers"});
  to.back().answers = 2;
  auto x = make.options().bytes();
  add("frame-pieces", {x.substr(0, 20), x.substr(20, 200), x.substr(220)},
      {"any", "", "a request may come in pieces"});
  x = make.options().bytes();
  std::vector<std::string> letters;
  for (std::size_t i = 0; i < 12; ++i)
    letters.push_back(x.substr(i, 1));
  letters.push_back(x.substr(12));
  add("frame-bytes", letters, {"any", "", "a request may come byte by byte"});
  x = make.options().bytes();
  add("frame-split-end", {x.substr(0, x.size() - 3), x.substr(x.size() - 3)},
      {"any", "", "the empty line may come in pieces"});
  add("frame-empty-lines", {"\r\n\r\n\r\n\r\n" + make.options().bytes()},
      {"any", "", "empty lines before it are skipped (RFC 3261 7.5)"});
  add("frame-keep-alive", {"\r\n\r\n"},
      {"none", "", "two empty lines are a ping (RFC 5626 3.5.1)"});
  add("frame-body-later", {make.with_length("10", "12345"), "67890"},
      {"any", "", "the body is waited for"});
}

void ill_framed(framer& make, std::vector<torture_case>& to) {
  auto add = [&](std::string_view name, std::string bytes, expectation expect,
                 ending then = ending::any) -> torture_case& {
    to.push_back(made(name, {std::move(bytes)}, std::move(expect)));
    to.back().keys = make.tokens();
    to.back().then = then;
    return to.back();
  };
  add("frame-too-long", make.with_length("9999", "x"),
      {"none", "4xx", "the rest of the body is waited for"});
  add("frame-too-long-end", make.with_length("9999", "x"),
      {"none 4xx", "5xx", "the sender ended within the body"}, ending::closed)
    .ends_stream
    = true;
  add("frame-too-short", make.with_length("5", "1234567890123456789\r\n"),
      {"any", "", "what follows the body is another message, and a bad one"});
  add("frame-negative", make.with_length("-1", "x"),
      {"none 4xx", "5xx", "nobody knows where it ends"}, ending::closed);
  add("frame-overflow", make.with_length("18446744073709551617", "x"),
      {"none 4xx", "5xx", "2**64 + 1 is not 1"});
  auto two = make.options();
  two.add("Content-Length", "5");
  two.add("Content-Length", "1");
  two.body = "12345";
  add("frame-two-lengths", two.bytes(),
      {"none 4xx", "5xx", "nobody knows where it ends"}, ending::closed);
  add("frame-no-length", make.without_length(),
      {"any", "none", "over TCP the length has to be said (RFC 3261 20.14)"});
  add("frame-half", make.options().bytes().substr(0, 160),
      {"none", "4xx", "the sender ended within the headers"}, ending::closed)
    .ends_stream
    = true;
  add("frame-no-sip", repeated("no SIP at all ", 5'000),
      {"none 4xx", "5xx", "70 kB without an end of line"});
  auto endless = make.options();
  endless.add("X-Endless", repeated("x", 2'000'000));
  add("frame-endless", endless.bytes(),
      {"none any", "", "2 MB of one header; a device has a limit"});
}

} // namespace

std::vector<torture_case> framing_cases(const surroundings& around) {
  std::vector<torture_case> result;
  framer make{around};
  well_framed(make, result);
  ill_framed(make, result);
  return result;
}

} // namespace strowger::services::torture
