#include "sip/verbatim.hpp"

#include "sip/intake.hpp"
#include "sip/sofia.hpp"

#include <cassert>
#include <type_traits>

namespace strowger::sip {

namespace {

using header_class = std::remove_const_t<msg_hclass_t>;

// The flag is set once the first line is read and not for the whole agent:
// the intake wants that line where it was received. The home of a header that
// is read off the wire is its message.
template <header_class& Before>
issize_t read_and_keep(su_home_t* home, msg_header_t* h, char* s,
                       isize_t length) {
  auto result = Before.hc_parse(home, h, s, length);
  msg_set_flags(reinterpret_cast<msg_t*>(home), MSG_FLG_EXTRACT_COPY);
  return result;
}

header_class request_before;
header_class status_before;
header_class request_now;
header_class status_now;

msg_mclass_t* make_class() {
  auto* result = msg_mclass_clone(message_class(), 0, 0);
  assert(result != nullptr);
  request_before = *result->mc_request->hr_class;
  request_now = request_before;
  request_now.hc_parse = read_and_keep<request_before>;
  result->mc_request->hr_class = &request_now;
  status_before = *result->mc_status->hr_class;
  status_now = status_before;
  status_now.hc_parse = read_and_keep<status_before>;
  result->mc_status->hr_class = &status_now;
  return result;
}

} // namespace

const msg_mclass_s* verbatim_class() {
  static const auto* only = make_class(); // read-only once made
  return only;
}

} // namespace strowger::sip
