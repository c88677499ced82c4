#include "actors/model/ip_network.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace strowger::model {

namespace {

/// A whole unsigned number of at most `digits` digits.
std::optional<unsigned> parse_number(std::string_view text, int base,
                                     size_t digits) {
  auto value = 0u;
  auto end = text.data() + text.size();
  if (text.empty() || text.size() > digits)
    return std::nullopt;
  auto [stop, failure] = std::from_chars(text.data(), end, value, base);
  if (failure != std::errc{} || stop != end)
    return std::nullopt;
  return value;
}

/// The text up to the separator, which is removed, too.
std::string_view take_until(std::string_view& text, char separator) {
  auto length = text.find(separator);
  auto result = text.substr(0, length);
  text.remove_prefix(length == std::string_view::npos ? text.size()
                                                      : length + 1);
  return result;
}

std::optional<std::array<uint8_t, 4>> parse_v4(std::string_view text) {
  if (std::ranges::count(text, '.') != 3)
    return std::nullopt;
  std::array<uint8_t, 4> result = {};
  for (auto& byte : result) {
    auto part = take_until(text, '.');
    auto value = parse_number(part, 10, 3);
    if (!value || *value > 255 || (part.size() > 1 && part[0] == '0'))
      return std::nullopt;
    byte = static_cast<uint8_t>(*value);
  }
  return result;
}

/// The groups on one side of `::`; how many bytes they fill, or nothing. The
/// last group of an address may be an IPv4 address.
std::optional<size_t> parse_groups(std::string_view text, bool v4_allowed,
                                   ip_address& bytes) {
  size_t used = 0;
  while (!text.empty()) {
    auto last = text.find(':') == std::string_view::npos;
    if (!last && text.find(':') + 1 == text.size())
      return std::nullopt;
    auto part = take_until(text, ':');
    if (auto v4 = last && v4_allowed ? parse_v4(part) : std::nullopt) {
      if (used + 4 > bytes.size())
        return std::nullopt;
      std::ranges::copy(*v4, bytes.begin() + static_cast<ptrdiff_t>(used));
      return used + 4;
    }
    auto value = parse_number(part, 16, 4);
    if (!value || used + 2 > bytes.size())
      return std::nullopt;
    bytes[used++] = static_cast<uint8_t>(*value >> 8);
    bytes[used++] = static_cast<uint8_t>(*value & 0xff);
  }
  return used;
}

std::optional<ip_address> parse_v6(std::string_view text) {
  ip_address head = {};
  auto gap = text.find("::");
  auto is_whole = gap == std::string_view::npos;
  auto head_size = parse_groups(text.substr(0, gap), is_whole, head);
  if (!head_size)
    return std::nullopt;
  if (is_whole)
    return *head_size == head.size() ? std::optional{head} : std::nullopt;
  ip_address tail = {};
  auto tail_size = parse_groups(text.substr(gap + 2), true, tail);
  if (!tail_size || *head_size + *tail_size > head.size() - 2)
    return std::nullopt;
  std::copy_n(tail.begin(), *tail_size,
              head.end() - static_cast<ptrdiff_t>(*tail_size));
  return head;
}

} // namespace

std::optional<ip_address> parse_ip_address(std::string_view text) {
  if (auto v4 = parse_v4(text)) {
    ip_address result = {};
    result[10] = result[11] = 0xff;
    std::ranges::copy(*v4, result.begin() + 12);
    return result;
  }
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  return text.find(':') == std::string_view::npos ? std::nullopt
                                                  : parse_v6(text);
}

bool ip_network::contains(const ip_address& other) const {
  auto whole = prefix_bits / 8;
  if (!std::equal(address.begin(), address.begin() + whole, other.begin()))
    return false;
  auto rest = prefix_bits % 8;
  if (rest == 0)
    return true;
  auto at = static_cast<size_t>(whole);
  return ((address[at] ^ other[at]) >> (8 - rest)) == 0;
}

std::optional<ip_network> parse_ip_network(std::string_view text) {
  auto slash = text.find('/');
  auto address = parse_ip_address(text.substr(0, slash));
  if (!address)
    return std::nullopt;
  ip_network result{*address, 128};
  if (slash == std::string_view::npos)
    return result;
  auto is_v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  auto bits = parse_number(text.substr(slash + 1), 10, 3);
  if (!bits || *bits > (is_v4 ? 32u : 128u))
    return std::nullopt;
  result.prefix_bits = static_cast<int>(*bits) + (is_v4 ? 96 : 0);
  for (int i = result.prefix_bits; i < 128; ++i)
    if (result.address[static_cast<size_t>(i / 8)] & (0x80 >> (i % 8)))
      return std::nullopt;
  return result;
}

} // namespace strowger::model
