#include "actors/model/final_status.hpp"

namespace strowger::model {

uint16_t status_to_caller(uint16_t status, bool local, bool trunk) {
  if (local)
    return trunk ? 503 : 480;
  switch (status) {
    case 503: // would make the caller's proxy give up on all of us
      return 500;
    case 401:
    case 407:
      return 403;
    case 422: // our own session timer, not the caller's affair
    case 491:
      return 500;
    case 481: // a dialog that the caller does not have
      return 480;
    default:
      return status;
  }
}

uint16_t status_of(refusal why, bool trunk) {
  switch (why) {
    case refusal::not_registered:
      return 480;
    case refusal::at_capacity:
      return trunk ? 503 : 486;
    case refusal::do_not_disturb:
      return 486;
    case refusal::out_of_service:
    case refusal::draining:
      return 503;
  }
  return 500;
}

bool try_elsewhere(uint16_t status, bool local) {
  return local || (status >= 500 && status < 600) || status == 408;
}

bool better_failure(uint16_t a, uint16_t b) {
  if (a == 0 || b == 0)
    return b == 0;
  auto global = [](uint16_t x) { return x >= 600; };
  if (global(a) != global(b))
    return global(a);
  if (a / 100 != b / 100)
    return a / 100 < b / 100;
  // Within a class, busy and "who are you" tell more than "nobody home".
  auto says_little = [](uint16_t x) {
    return x == 408 || x == 480 || x == 503;
  };
  return says_little(b) && !says_little(a);
}

call_state state_of(uint16_t status) {
  switch (status) {
    case 486:
    case 600:
      return call_state::busy;
    case 408:
    case 480:
    case 487:
      return call_state::no_answer;
    case 404:
    case 410:
    case 484:
    case 604:
      return call_state::sit_invalid_number;
    case 502:
    case 503:
    case 504:
      return call_state::all_trunks_busy;
    default:
      return status >= 500 && status < 600 ? call_state::system_error
                                           : call_state::general_error;
  }
}

fault fault_of(uint16_t status) {
  switch (state_of(status)) {
    case call_state::busy:
      return fault::busy;
    case call_state::no_answer:
      return fault::no_answer;
    case call_state::sit_invalid_number:
      return fault::invalid_called_dn;
    case call_state::all_trunks_busy:
      return fault::no_trunk;
    default:
      return fault::rejected;
  }
}

fault fault_of(refusal why) {
  switch (why) {
    case refusal::not_registered:
      return fault::not_registered;
    case refusal::at_capacity:
    case refusal::do_not_disturb:
      return fault::busy;
    case refusal::out_of_service:
    case refusal::draining:
      return fault::out_of_service;
  }
  return fault::rejected;
}

call_result result_of(uint16_t status) {
  switch (status) {
    case 486:
    case 600:
      return call_result::busy;
    case 408:
    case 480:
    case 487: // not the caller's doing: the called side's own
      return call_result::no_answer;
    case 404:
    case 410:
    case 484:
    case 604:
      return call_result::invalid;
    case 403:
    case 603:
      return call_result::rejected;
    case 503:
      return call_result::no_trunk;
    default:
      return call_result::failed;
  }
}

} // namespace strowger::model
