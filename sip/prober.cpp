#include "sip/prober.hpp"

#include "sip/sofia.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <utility>

namespace strowger::sip {

struct prober::one {
  prober* owner = nullptr;
  uint64_t key = 0;
  probe_listener asker;
  nta_outgoing_t* transaction = nullptr;
};

prober::prober(nta_agent_s* agent, std::string from)
  : agent_(agent), from_(std::move(from)) {
  // nop
}

prober::~prober() {
  close();
}

void prober::close() {
  for (auto& [key, x] : out_)
    nta_outgoing_destroy(x->transaction);
  out_.clear();
}

void prober::probe(const std::string& uri, probe_listener asker) {
  auto key = asker.id();
  auto [place, fresh] = out_.try_emplace(key);
  if (!fresh)
    return;
  place->second = std::make_unique<one>();
  auto& x = *place->second;
  x.owner = this;
  x.key = key;
  x.asker = std::move(asker);
  auto* message = nta_msg_create(agent_, 0);
  auto* home = msg_home(message);
  auto* sip = sip_object(message);
  auto to = "<" + uri + ">";
  auto from = "<" + from_ + ">;tag=probe" + std::to_string(++serial_);
  auto* line = sip_request_create(home, SIP_METHOD_OPTIONS,
                                  as_url(uri.c_str()), nullptr);
  sip_add_tl(message, sip, SIPTAG_REQUEST(line), SIPTAG_TO_STR(to.c_str()),
             SIPTAG_FROM_STR(from.c_str()),
             SIPTAG_CALL_ID(sip_call_id_create(home, nullptr)),
             SIPTAG_CSEQ(sip_cseq_create(home, serial_, SIP_METHOD_OPTIONS)),
             SIPTAG_MAX_FORWARDS_STR("70"),
             SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
  if (line != nullptr)
    x.transaction = nta_outgoing_mcreate(agent_, on_response, &x, nullptr,
                                         message, TAG_END());
  if (x.transaction == nullptr) {
    msg_destroy(message);
    finish(x, 0);
  }
}

int prober::on_response(void* magic, nta_outgoing_s* transaction,
                        const sip_s* response) {
  auto& x = *static_cast<one*>(magic);
  auto status = nta_outgoing_status(transaction);
  if (status < 200)
    return 0;
  // Sofia's own verdict (time-out, transport, DNS) may look like a response.
  bool answered = response != nullptr && !nta_sip_is_internal(response);
  x.owner->finish(x, answered ? static_cast<uint16_t>(status) : 0);
  return 0;
}

void prober::finish(one& x, std::uint16_t status) {
  caf::anon_send(x.asker, probed{status});
  if (x.transaction != nullptr)
    nta_outgoing_destroy(x.transaction);
  out_.erase(x.key);
}

} // namespace strowger::sip
