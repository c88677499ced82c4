#pragma once

#include <cstdint>
#include <string>

struct msg_s;
struct nta_agent_s;
struct sip_s;

namespace strowger::sip {

/// RFC 3261 §8.1.1.6.
inline constexpr uint16_t max_forwards_default = 70;

/// A dialog as plain facts (RFC 3261 §12), so that it is small and could be
/// made anew from them; sofia holds nothing for it beyond open transactions.
struct dialog {
  bool settled = false; // fixed by a 2xx, or by a NOTIFY that was faster
  std::string call_id;
  std::string local_tag;
  std::string remote_tag;
  std::string local;  // value of our From, tag included
  std::string remote; // value of our To, without tag
  std::string remote_target;
  std::string route; // values of Route, separated by commas
  uint32_t local_cseq = 0;
  uint32_t remote_cseq = 0;
};

/// What a response says about the dialog (RFC 3261 §12.1.2): an early dialog
/// may be replaced by another one (forking), a 2xx settles it.
void learn_dialog(dialog& d, const sip_s& response, uint16_t status);

/// A NOTIFY that overtakes the 2xx settles the dialog, too (RFC 6665 §4.4.1).
void settle_dialog(dialog& d, const sip_s& notify);

/// A request in the dialog with all that it needs but Contact, other header
/// lines and a body; null if a URI of the dialog cannot be read. `method` is
/// sofia's number.
msg_s* make_request(nta_agent_s* agent, const dialog& d, int method,
                    const char* name, uint32_t cseq, uint16_t max_forwards);

} // namespace strowger::sip
