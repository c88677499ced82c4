#include "sip/sdp.hpp"

#include <charconv>
#include <cstddef>
#include <cstring>
#include <limits>

namespace strowger::sip {

namespace {

struct span_of_line {
  std::size_t begin = 0;
  std::size_t end = 0; // without the line ending
};

// The o= line stands in the session part, that is before the first m= line.
bool find_origin(std::string_view body, span_of_line& line) {
  for (std::size_t begin = 0; begin < body.size();) {
    auto end = body.find('\n', begin);
    const auto next = end == body.npos ? body.size() : end + 1;
    if (end == body.npos)
      end = body.size();
    if (body.compare(begin, 2, "o=") == 0) {
      if (end > begin && body[end - 1] == '\r')
        --end;
      line = {begin, end};
      return true;
    }
    if (body.compare(begin, 2, "m=") == 0)
      return false;
    begin = next;
  }
  return false;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 32);
}

// Eight bytes at a time; the length at the end tells "ab","c" from "a","bc".
std::uint64_t hash_text(std::uint64_t hash, std::string_view text) {
  const auto length = text.size();
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), 8);
    hash = mix(hash, word);
  }
  std::uint64_t rest = 0;
  if (!text.empty())
    std::memcpy(&rest, text.data(), text.size());
  return mix(mix(hash, rest), length);
}

} // namespace

std::string with_origin(std::string_view body, const sdp_origin& origin) {
  span_of_line line;
  if (!find_origin(body, line))
    return std::string{body};
  constexpr std::string_view user = "o=strowger ";
  constexpr auto digits_max = std::numeric_limits<std::uint64_t>::digits10 + 1;
  char numbers[2 * digits_max + 1];
  auto* end
    = std::to_chars(numbers, numbers + digits_max, origin.session_id).ptr;
  *end++ = ' ';
  end = std::to_chars(end, end + digits_max, origin.version).ptr;
  const std::string_view both(numbers, static_cast<std::size_t>(end - numbers));
  const std::string_view family = origin.ipv6 ? " IN IP6 " : " IN IP4 ";

  std::string result;
  result.reserve(body.size() - (line.end - line.begin) + user.size()
                 + both.size() + family.size() + origin.address.size());
  result.append(body.substr(0, line.begin));
  result.append(user).append(both).append(family).append(origin.address);
  result.append(body.substr(line.end));
  return result;
}

std::uint64_t hash_but_origin(std::string_view body) {
  constexpr std::uint64_t start = 0x5370726f77676572u;
  span_of_line line;
  if (!find_origin(body, line))
    return hash_text(hash_text(start, body), {});
  return hash_text(hash_text(start, body.substr(0, line.begin)),
                   body.substr(line.end));
}

bool same_session(std::string_view a, std::string_view b) {
  span_of_line in_a;
  span_of_line in_b;
  return find_origin(a, in_a) && find_origin(b, in_b)
         && a.substr(in_a.begin, in_a.end - in_a.begin)
              == b.substr(in_b.begin, in_b.end - in_b.begin);
}

std::uint64_t session_version::next(std::string_view body) {
  const auto hash = hash_but_origin(body);
  if (sent_ && hash != hash_)
    ++version_;
  hash_ = hash;
  sent_ = true;
  return version_;
}

} // namespace strowger::sip
