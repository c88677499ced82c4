#include "sip/refusal.hpp"

#include "sip/sofia.hpp"

#include <array>
#include <charconv>

#include <arpa/inet.h>

namespace strowger::sip {

void refuse(nta_agent_s* agent, msg_s* request, const refusal& why,
            probe& counters) {
  counters.rejections[static_cast<std::size_t>(why.label)].add();
  const auto sip = sip_object(request);
  if (why.status == 0 || !sip || !sip->sip_request
      || sip->sip_request->rq_method == sip_method_ack) {
    msg_destroy(request);
    return;
  }
  const auto phrase = why.phrase.empty() ? sip_status_phrase(why.status)
                                         : why.phrase.c_str();
  counters.responses[static_cast<std::size_t>(heading::out)]
                    [static_cast<std::size_t>(why.status / 100 - 1)]
                      .add();
  nta_msg_treply(agent, request, why.status, phrase,
                 TAG_IF(!why.headers.empty(),
                        SIPTAG_HEADER_STR(why.headers.c_str())),
                 TAG_END());
}

std::string to_string(const arrival& from) {
  std::array<char, INET6_ADDRSTRLEN> host;
  const auto v4 = from.source.is_v4();
  inet_ntop(v4 ? AF_INET : AF_INET6,
            from.source.bytes.data() + (v4 ? 12 : 0), host.data(),
            host.size());
  std::string result{from.protocol};
  result += v4 ? ":" : ":[";
  result += host.data();
  result += v4 ? ":" : "]:";
  result += std::to_string(from.port);
  return result;
}

} // namespace strowger::sip
