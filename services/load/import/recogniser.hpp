#pragma once

#include "services/load/import/behaviour.hpp"
#include "services/load/import/ledger.hpp"

#include <vector>

namespace strowger::services::load::sipp {

/// What a scenario of SIPp is about, and what has become of its elements.
struct recognised {
  behaviour who; // nobody: there is no user in it
  std::vector<finding> findings;
};

/// Of the ways through a scenario, the one that is most of a call; those that
/// differ from it by chance in how a call is answered become chances.
recognised recognise(const document& of);

} // namespace strowger::services::load::sipp
