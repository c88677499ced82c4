#include "services/load/socket_drops.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::load {

namespace {

/// The local port of " 4321: 0100007F:13C4 00000000:0000 …". With RTP there are
/// thousands of such lines each second, of which hardly any is asked for.
unsigned port_of(std::string_view line) {
  auto colon = line.find(':', std::min(line.find(':'), line.size() - 1) + 1);
  unsigned result = 0;
  if (colon != std::string_view::npos)
    std::from_chars(line.data() + colon + 1, line.data() + line.size(), result,
                    16);
  return result;
}

} // namespace

std::uint64_t socket_drops(std::istream& table,
                           std::span<const unsigned> ports) {
  std::uint64_t result = 0;
  std::string line;
  std::getline(table, line); // headings
  while (std::getline(table, line)) {
    if (line.empty()
        || std::find(ports.begin(), ports.end(), port_of(line)) == ports.end())
      continue;
    std::istringstream words{line};
    std::vector<std::string> row;
    for (std::string word; words >> word;)
      row.push_back(std::move(word));
    if (row.size() < 3)
      continue;
    std::uint64_t drops = 0; // the last column
    auto& last = row.back();
    std::from_chars(last.data(), last.data() + last.size(), drops);
    result += drops;
  }
  return result;
}

std::uint64_t socket_drops(std::span<const unsigned> ports) {
  std::uint64_t result = 0;
  for (auto* path : {"/proc/net/udp", "/proc/net/udp6"}) {
    std::ifstream table{path};
    result += socket_drops(table, ports);
  }
  return result;
}

} // namespace strowger::services::load
