#pragma once

#include "actors/handles.hpp"
#include "actors/model/signal.hpp"
#include "sip/dialog.hpp"
#include "sip/sdp.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct nta_incoming_s;
struct nta_outgoing_s;
struct sip_s;

namespace strowger::sip {

class edge;
struct leg;

// -- tags ---------------------------------------------------------------------

/// A tag of ours names the leg it belongs to, so that a request inside a dialog
/// finds its leg without an index of dialogs; of a leg that has moved, it keeps
/// the first name. 16 hex digits of the call, 2 of the leg, 8 random ones.
std::string make_tag(model::leg_name x, uint32_t random);
std::optional<model::leg_name> parse_tag(const char* tag);

/// `<16 hex of the call>-<leg>@<host>`.
std::string make_call_id(model::leg_name x, std::string_view host);

// -- transactions -------------------------------------------------------------

/// A request of the peer that is not over.
struct server_transaction {
  nta_incoming_s* irq = nullptr;
  model::txn_number number = 0;
  model::method method = model::method::invite;
  uint16_t status = 0; // sent last
};

/// A request of ours that is not over: an INVITE until its 2xx is acknowledged.
struct client_transaction {
  nta_outgoing_s* orq = nullptr;
  model::txn_number number = 0;
  model::method method = model::method::invite;
  uint32_t cseq = 0;
  uint16_t status = 0;       // received last
  std::string authorization; // header line sent; not empty: challenged once
  uint32_t rseq = 0;         // last reliable provisional seen (RFC 3262 §4)
  std::string rseq_tag;      // and the early dialog that it belongs to
  std::unique_ptr<model::command> again; // to repeat it with credentials
};

// -- leg ----------------------------------------------------------------------

/// One dialog of a call.
struct leg : dialog {
  edge* wire = nullptr;
  model::leg_name name; // of today: a leg may move to another call
  dialog_user* handle = nullptr;
  bool caller = false;          // the peer opened it
  bool by_refer = false;        // opened by REFER: there is no session in it
  bool referred_again = false;  // the peer's REFER was not its first
  uint32_t peer_refer_cseq = 0; // of the one that was accepted last
  uint32_t our_refer_cseq = 0;  // of the one that we sent last in a session
  // And of those whose last NOTIFY has not come.
  std::vector<uint32_t> open_refers;

  std::string flow; // "udp:192.0.2.1:5060": send there whatever else is said
  uint8_t transport = 0; // index of the Contact to show

  uint64_t session_id = 0;
  session_version version;
  model::credentials login;

  model::txn_number next_server_txn = 1;
  std::vector<server_transaction> servers;
  std::vector<client_transaction> clients;

  server_transaction* find(const nta_incoming_s* irq);
  client_transaction* find(const nta_outgoing_s* orq);
  server_transaction* server(model::txn_number number);
  client_transaction* client(model::txn_number number);
  void erase(const server_transaction* x);
  void erase(const client_transaction* x);

  /// A REFER of ours goes out; it is refused, or has had its last NOTIFY.
  void open_refer(uint32_t cseq);
  void close_refer(uint32_t cseq);

  /// Is an INVITE of the peer, or of ours, without a final response?
  bool server_invite_pending() const;
  bool client_invite_pending() const;
};

/// One call as the edge sees it.
struct call_entry {
  model::call_id id;
  dialog_user handle;
  model::time_point received_at{};
  bool delay_known = false; // something has come of the INVITE
  std::vector<std::unique_ptr<leg>> legs;

  leg* find(model::leg_number number) const;
};

} // namespace strowger::sip
