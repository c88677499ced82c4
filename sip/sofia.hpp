#pragma once

/// The one door to sofia-sip: no other file includes its headers. Sofia lets
/// each program choose the types of its context pointers by macros that must
/// be the same in every translation unit, so they are set here and nowhere
/// else. All of them are `void`: every callback casts to what it bound.

#define SU_ROOT_MAGIC_T void
#define SU_TIMER_ARG_T void
#define SU_WAKEUP_ARG_T void
#define SU_MSG_ARG_T void
#define NTA_AGENT_MAGIC_T void
#define NTA_LEG_MAGIC_T void
#define NTA_INCOMING_MAGIC_T void
#define NTA_OUTGOING_MAGIC_T void
#define NTA_RELIABLE_MAGIC_T void

#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_buffer.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/msg_types.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_tag.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url.h>

/// Sofia's hook for its clock: called with every time that su_time() has read.
/// Exported for its own tests, and in no header of its.
extern "C" void (*_su_time)(su_time_t* now);

namespace strowger::sip {

/// Sofia takes URLs as text by this cast.
inline const url_string_t* as_url(const char* text) {
  return reinterpret_cast<const url_string_t*>(text);
}

} // namespace strowger::sip
