#include "services/torture/draft.hpp"

#include "services/torture/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace strowger::services::torture {

std::string& draft::operator[](std::string_view name) {
  auto found = std::ranges::find_if(
    headers, [&](auto& x) { return is_named(x.first, name); });
  assert(found != headers.end());
  return found->second;
}

void draft::add(std::string name, std::string value) {
  headers.emplace_back(std::move(name), std::move(value));
}

void draft::remove(std::string_view name) {
  std::erase_if(headers, [&](auto& x) { return is_named(x.first, name); });
}

std::string draft::bytes() const {
  auto result = first_line + "\r\n";
  bool has_length = false;
  for (auto& [name, value] : headers) {
    result.append(name).append(": ").append(value).append("\r\n");
    has_length = has_length || is_named(name, "Content-Length");
  }
  if (!has_length)
    result += fmt::format("Content-Length: {}\r\n", body.size());
  return result.append("\r\n").append(body);
}

// -- requests -----------------------------------------------------------------

namespace {

std::string offer() {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
         "t=0 0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
}

} // namespace

draft valid_request(std::string_view method, const surroundings& around) {
  auto registers = method == "REGISTER";
  auto callee = fmt::format("sip:{}@{}", around.user, around.device);
  draft x;
  x.first_line = fmt::format("{} {} SIP/2.0", method,
                             registers ? "sip:" + around.device : callee);
  x.add("Via", fmt::format("SIP/2.0/{} {};branch=z9hG4bK{};rport",
                           around.transport, around.own, around.token));
  x.add("Max-Forwards", "70");
  // In an address of record the caller's port has no place.
  x.add("From", fmt::format("\"Torture\" <sip:torture@{}>;tag=t{}",
                            around.device, around.token));
  x.add("To", "<" + callee + ">");
  x.add("Call-ID", "torture" + around.token);
  x.add("CSeq", fmt::format("1 {}", method));
  x.add("Contact", fmt::format("<sip:torture@{}>", around.own));
  // Bound or subscribed for no longer than a run takes.
  if (registers || method == "SUBSCRIBE")
    x.add("Expires", "60");
  if (method == "SUBSCRIBE")
    x.add("Event", "presence");
  if (method == "INVITE") {
    x.add("Content-Type", "application/sdp");
    x.body = offer();
  }
  return x;
}

// -- chance -------------------------------------------------------------------

namespace {

std::mt19937_64 seeded(std::uint64_t seed, std::uint64_t n) {
  std::seed_seq words{
    static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
    static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(n >> 32)};
  return std::mt19937_64{words};
}

} // namespace

chooser::chooser(std::uint64_t seed, std::uint64_t n)
  : engine_(seeded(seed, n)) {}

std::size_t chooser::below(std::size_t n) {
  assert(n > 0);
  return engine_() % n; // that it is a little uneven does not matter here
}

std::size_t chooser::between(std::size_t first, std::size_t last) {
  return first + below(last - first + 1);
}

char chooser::byte() {
  return static_cast<char>(below(256));
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i)
    result += text;
  return result;
}

} // namespace strowger::services::torture
