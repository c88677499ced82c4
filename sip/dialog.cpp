#include "sip/dialog.hpp"

#include "sip/sofia.hpp"
#include "sip/translate.hpp"

namespace strowger::sip {

// -- facts --------------------------------------------------------------------

void learn_dialog(dialog& d, const sip_s& response, uint16_t status) {
  const auto* tag = response.sip_to->a_tag;
  if (!d.settled) {
    d.remote_tag = tag != nullptr ? tag : "";
    d.route = route_set_of(response);
    d.settled = status >= 200;
  }
  if (const auto* contact = response.sip_contact)
    d.remote_target = text_of(contact->m_url);
}

void settle_dialog(dialog& d, const sip_s& notify) {
  const auto* tag = notify.sip_from->a_tag;
  d.settled = true;
  d.remote_tag = tag != nullptr ? tag : "";
  d.route = route_set_of(notify);
  if (const auto* contact = notify.sip_contact)
    d.remote_target = text_of(contact->m_url);
}

// -- requests -----------------------------------------------------------------

msg_s* make_request(nta_agent_s* agent, const dialog& d, int method,
                    const char* name, uint32_t cseq, uint16_t max_forwards) {
  auto* message = nta_msg_create(agent, 0);
  auto* sip = sip_object(message);
  auto* home = msg_home(message);
  auto number = static_cast<sip_method_t>(method);

  const std::string* target = &d.remote_target;
  std::string strict_target;
  sip_route_t* route = nullptr;
  if (!d.route.empty()) {
    auto text = d.route;
    route = sip_route_make(home, text.c_str());
    if (route != nullptr && !url_has_param(route->r_url, "lr")) {
      // A strict router wants to be the Request-URI (RFC 3261 §12.2.1.1).
      strict_target = text_of(route->r_url);
      text += ", <" + d.remote_target + ">";
      route = sip_route_make(home, text.c_str());
      route = sip_route_dup(home, route->r_next);
      target = &strict_target;
    }
  }
  auto insert = [&](auto* header) {
    if (header != nullptr)
      msg_header_insert(message, nullptr,
                        reinterpret_cast<msg_header_t*>(header));
  };
  insert(
    sip_request_create(home, number, name, as_url(target->c_str()), nullptr));
  insert(route);
  sip_max_forwards_t forwards;
  sip_max_forwards_init(&forwards);
  forwards.mf_count = max_forwards;
  insert(sip_max_forwards_dup(home, &forwards));
  insert(sip_from_make(home, d.local.c_str()));
  auto* to = sip_to_make(home, d.remote.c_str());
  if (to != nullptr && to->a_tag == nullptr && !d.remote_tag.empty())
    sip_to_tag(home, to, d.remote_tag.c_str());
  insert(to);
  insert(sip_call_id_make(home, d.call_id.c_str()));
  insert(sip_cseq_create(home, cseq, number, name));
  if (sip->sip_request != nullptr && sip->sip_from != nullptr
      && sip->sip_to != nullptr)
    return message;
  msg_destroy(message);
  return nullptr;
}

} // namespace strowger::sip
