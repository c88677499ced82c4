#include "services/torture/mutation.hpp"

#include <fmt/format.h>

#include <algorithm>

// What is wrong here are bytes, wherever they stand.

namespace strowger::services::torture {

namespace {

constexpr std::string_view whatever = "none any";

std::string flipped(draft x, chooser& choose, std::string& what) {
  auto bytes = x.bytes();
  auto count = choose.between(1, 30);
  for (std::size_t i = 0; i < count; ++i)
    bytes[choose.below(bytes.size())] ^= static_cast<char>(1U
                                                           << choose.below(8));
  what = fmt::format("{} bits are others", count);
  return bytes;
}

std::string overwritten(draft x, chooser& choose, std::string& what) {
  auto bytes = x.bytes();
  auto count = choose.between(1, 30);
  for (std::size_t i = 0; i < count; ++i)
    bytes[choose.below(bytes.size())] = choose.byte();
  what = fmt::format("{} bytes are others", count);
  return bytes;
}

std::string inserted(draft x, chooser& choose, std::string& what) {
  auto bytes = x.bytes();
  auto count = choose.between(1, 200);
  std::string noise;
  for (std::size_t i = 0; i < count; ++i)
    noise += choose.byte();
  auto at = choose.below(bytes.size());
  bytes.insert(at, noise);
  what = fmt::format("{} random bytes at {}", count, at);
  return bytes;
}

std::string deleted(draft x, chooser& choose, std::string& what) {
  auto bytes = x.bytes();
  auto at = choose.below(bytes.size());
  auto count = choose.between(1, 60);
  bytes.erase(at, count);
  what = fmt::format("{} bytes at {} are gone", count, at);
  return bytes;
}

std::string doubled(draft x, chooser& choose, std::string& what) {
  auto bytes = x.bytes();
  auto at = choose.below(bytes.size());
  auto part = bytes.substr(at, choose.between(1, 100));
  auto times = choose.between(2, 100);
  bytes.insert(at, repeated(part, times));
  what = fmt::format("{} bytes at {} come {} times more", part.size(), at,
                     times);
  return bytes;
}

std::string swapped(draft x, chooser& choose, std::string& what) {
  auto bytes = x.bytes();
  auto a = choose.below(bytes.size()), b = choose.below(bytes.size());
  auto size = choose.between(1, 40);
  auto one = bytes.substr(a, size), other = bytes.substr(b, size);
  bytes.replace(a, one.size(), other);
  if (b < bytes.size())
    bytes.replace(b, std::min(other.size(), bytes.size() - b), one);
  what = fmt::format("{} bytes at {} and {} change places", size, a, b);
  return bytes;
}

std::string noise(draft, chooser& choose, std::string& what) {
  std::string bytes;
  auto count = choose.between(1, 2'000);
  for (std::size_t i = 0; i < count; ++i)
    bytes += choose.byte();
  what = fmt::format("{} random bytes and nothing else", count);
  return bytes;
}

std::string hardly_anything(draft, chooser& choose, std::string& what) {
  using namespace std::literals;
  constexpr std::string_view texts[] = {"\r\n\r\n"sv,
                                        "\0\0\0\0"sv,
                                        "\r"sv,
                                        " "sv,
                                        "INVITE"sv,
                                        "SIP/2.0"sv,
                                        "\r\n\r\n\r\n\r\n\r\n"sv};
  auto text = choose.one_of(texts);
  what = fmt::format("{} bytes that say nothing", text.size());
  return std::string(text);
}

constexpr mutation_kind kinds[] = {
  {"bits", "", flipped, whatever, "", "random bits were flipped"},
  {"bytes", "", overwritten, whatever, "", "random bytes were written"},
  {"inserted", "", inserted, whatever, "", "random bytes were put in"},
  {"deleted", "", deleted, whatever, "", "bytes were taken out"},
  {"doubled", "", doubled, whatever, "", "a part comes again and again"},
  {"swapped", "", swapped, whatever, "", "two parts changed places"},
  {"noise", "", noise, "none", "4xx", "nothing in it is SIP"},
  {"hardly-anything", "", hardly_anything, "none", "4xx",
   "there is nothing to answer"},
};

} // namespace

std::span<const mutation_kind> byte_mutations() {
  return kinds;
}

} // namespace strowger::services::torture
