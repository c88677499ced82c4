// What the SIP stack alone costs: a B2BUA over nta with a happy path and
// nothing else, no actors, no model, no events, no records. The floor that the
// switch is measured against. Listens on 127.0.0.1:5082, sends calls to
// 127.0.0.1:5090.
#include "sip/sofia.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

namespace {

constexpr auto here = "sip:127.0.0.1:5082;transport=udp";
constexpr auto there = "127.0.0.1:5090";

struct bridge {
  nta_leg_t* caller = nullptr;
  nta_leg_t* callee = nullptr;
  nta_incoming_t* invite_in = nullptr;
  nta_outgoing_t* invite_out = nullptr;
  nta_incoming_t* bye_in = nullptr;
  nta_outgoing_t* bye_out = nullptr;

  ~bridge() {
    nta_incoming_destroy(invite_in);
    nta_outgoing_destroy(invite_out);
    nta_incoming_destroy(bye_in);
    nta_outgoing_destroy(bye_out);
    nta_leg_destroy(caller);
    nta_leg_destroy(callee);
  }
};

nta_agent_t* agent = nullptr;
su_home_t* home = nullptr;

bridge& of(void* magic) {
  return *static_cast<bridge*>(magic);
}

int on_bye_answer(nta_outgoing_magic_t* magic, nta_outgoing_t* request,
                  const sip_t*) {
  auto* b = &of(magic);
  if (nta_outgoing_status(request) < 200)
    return 0;
  nta_incoming_treply(b->bye_in, SIP_200_OK, TAG_END());
  delete b;
  return 0;
}

int on_leg_request(nta_leg_magic_t* magic, nta_leg_t* leg, nta_incoming_t* in,
                   const sip_t* sip) {
  auto& b = of(magic);
  if (sip->sip_request->rq_method != sip_method_bye)
    return sip->sip_request->rq_method == sip_method_ack ? 0 : 200;
  b.bye_in = in;
  b.bye_out = nta_outgoing_tcreate(leg == b.caller ? b.callee : b.caller,
                                   on_bye_answer, &b, nullptr, SIP_METHOD_BYE,
                                   nullptr, TAG_END());
  return 0;
}

int on_ack(nta_incoming_magic_t* magic, nta_incoming_t*, const sip_t* sip) {
  auto& b = of(magic);
  if (!sip || sip->sip_request->rq_method != sip_method_ack)
    return 0;
  auto* cseq = sip_cseq_create(home, nta_outgoing_cseq(b.invite_out),
                               SIP_METHOD_ACK);
  nta_outgoing_destroy(nta_outgoing_tcreate(b.callee, nullptr, nullptr, nullptr,
                                            SIP_METHOD_ACK, nullptr,
                                            SIPTAG_CSEQ(cseq), TAG_END()));
  su_free(home, cseq);
  nta_outgoing_destroy(b.invite_out);
  nta_incoming_destroy(b.invite_in);
  b.invite_out = nullptr;
  b.invite_in = nullptr;
  return 0;
}

int on_answer(nta_outgoing_magic_t* magic, nta_outgoing_t* request,
              const sip_t* sip) {
  auto& b = of(magic);
  auto status = nta_outgoing_status(request);
  if (status == 100)
    return 0;
  if (status >= 200 && status < 300) {
    nta_leg_rtag(b.callee, sip->sip_to->a_tag);
    nta_leg_client_route(b.callee, sip->sip_record_route, sip->sip_contact);
  }
  nta_incoming_treply(
    b.invite_in, status, sip ? sip->sip_status->st_phrase : "Failed",
    SIPTAG_CONTACT(nta_agent_contact(agent)),
    TAG_IF(sip && sip->sip_payload, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
    TAG_IF(sip && sip->sip_payload, SIPTAG_PAYLOAD(sip->sip_payload)),
    TAG_END());
  if (status >= 300)
    delete &b;
  return 0;
}

int on_request(nta_leg_magic_t*, nta_leg_t*, nta_incoming_t* in,
               const sip_t* sip) {
  auto method = sip->sip_request->rq_method;
  if (method == sip_method_options)
    return 200;
  if (method != sip_method_invite)
    return method == sip_method_ack ? 0 : 481;
  auto* b = new bridge;
  b->invite_in = in;
  nta_incoming_bind(in, on_ack, b);
  b->caller = nta_leg_tcreate(
    agent, on_leg_request, b, SIPTAG_CALL_ID(sip->sip_call_id),
    SIPTAG_FROM(sip->sip_to), SIPTAG_TO(sip->sip_from), TAG_END());
  nta_incoming_tag(in, nta_leg_tag(b->caller, nullptr));
  nta_leg_server_route(b->caller, sip->sip_record_route, sip->sip_contact);
  nta_incoming_treply(in, SIP_100_TRYING, TAG_END());
  auto url = "sip:" + std::string{sip->sip_request->rq_url->url_user} + "@"
             + there;
  auto to = "<" + url + ">";
  b->callee = nta_leg_tcreate(agent, on_leg_request, b,
                              SIPTAG_FROM_STR("<sip:5551000@127.0.0.1:5082>"),
                              SIPTAG_TO_STR(to.c_str()), TAG_END());
  nta_leg_tag(b->callee, nullptr);
  b->invite_out = nta_outgoing_tcreate(
    b->callee, on_answer, b, nullptr, SIP_METHOD_INVITE,
    URL_STRING_MAKE(url.c_str()), SIPTAG_CONTACT(nta_agent_contact(agent)),
    SIPTAG_CONTENT_TYPE_STR("application/sdp"),
    SIPTAG_PAYLOAD(sip->sip_payload), TAG_END());
  return 0;
}

} // namespace

int main() {
  su_init();
  su_log_set_level(nullptr, 0);
  home = static_cast<su_home_t*>(su_home_new(sizeof(su_home_t)));
  auto* root = su_root_create(nullptr);
  agent = nta_agent_create(root, URL_STRING_MAKE(here), nullptr, nullptr,
                           NTATAG_UA(1), NTATAG_MAX_PROCEEDING(1'000'000),
                           TAG_END());
  if (!agent)
    return 1;
  nta_leg_tcreate(agent, on_request, nullptr, NTATAG_NO_DIALOG(1), TAG_END());
  su_root_run(root);
}
