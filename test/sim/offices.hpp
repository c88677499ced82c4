#pragma once

#include "actors/model/directory.hpp"
#include "test/sim/dice.hpp"

#include <string>

/// The configurations that worlds take place in.
namespace strowger::sim {

/// One of a handful, by number; made once.
const model::directory& office(uint64_t number);

/// A DN, trunk or nothing that the INVITE comes from.
std::string some_source(dice&);

/// A number to dial: mostly one that leads somewhere.
std::string some_number(dice&);

} // namespace strowger::sim
