#include "services/load/socket_drops.hpp"

#include <doctest/doctest.h>

#include <array>
#include <sstream>

using strowger::services::load::socket_drops;

TEST_CASE("drops are those of our ports, in both kinds of address") {
  std::istringstream table{
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
    "retrnsmt   uid  timeout inode ref pointer drops\n"
    "  513: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 "
    "00000000     0        0 1 2 0 5\n"
    " 4321: 0100007F:13C5 00000000:13C4 07 00000000:00000000 00:00000000 "
    "00000000     0        0 1 2 0 70\n"
    "    7: 00000000000000000000000001000000:13C6 "
    "00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 "
    "00000000     0        0 1 2 0 11\n"
    "\n"
    ":\n"
    "nonsense\n"};
  std::array<unsigned, 2> ours{5060, 5062};
  CHECK(socket_drops(table, ours) == 16);
}
