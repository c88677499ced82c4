#include "actors/model/signal.hpp"

namespace strowger::model {

std::string sip_call_id_of(call_id call, leg_number leg) {
  constexpr auto digits = "0123456789abcdef";
  std::string result;
  result.reserve(20);
  for (int shift = 60; shift >= 0; shift -= 4)
    result += digits[(call.value >> shift) & 15];
  result += '-';
  result += std::to_string(leg);
  return result;
}

} // namespace strowger::model
