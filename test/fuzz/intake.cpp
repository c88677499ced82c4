// Everything a stranger's datagram meets before a call or a DN sees it:
// parsing, the guard, the translation to the model, and the readers of bodies
// and of credentials. The input is one message as it came off the wire.
#include "sip/intake.hpp"

#include "actors/model/directory.hpp"
#include "actors/model/hold.hpp"
#include "sip/digest.hpp"
#include "sip/guard.hpp"
#include "sip/identify.hpp"
#include "sip/reference.hpp"
#include "sip/registrar.hpp"
#include "sip/sdp.hpp"
#include "sip/sofia.hpp"
#include "sip/translate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace strowger;

namespace {

struct message_deleter {
  void operator()(msg_t* x) const {
    msg_destroy(x);
  }
};

using message = std::unique_ptr<msg_t, message_deleter>;

message parse(const std::uint8_t* data, std::size_t size) {
  message result{msg_create(sip::message_class(), 0)};
  msg_iovec_t place[2] = {};
  if (msg_recv_iovec(result.get(), place, 2, size, 1) != 1)
    return nullptr;
  std::copy(data, data + size, static_cast<char*>(place[0].mv_base));
  msg_recv_commit(result.get(), size, 1);
  // A datagram has an address; the intake looks at it.
  auto* address = msg_addr(result.get());
  address->su_family = AF_INET;
  msg_addrinfo(result.get())->ai_socktype = SOCK_DGRAM;
  msg_addrinfo(result.get())->ai_addrlen = sizeof(address->su_sin);
  msg_extract(result.get());
  return result;
}

void read_request(const sip_t& request, sip::guard& judge,
                  const sip::identifier& who, const model::directory& config,
                  std::size_t size) {
  sip::arrival from;
  from.source = *sip::parse_address("192.0.2.1");
  from.port = 5060;
  from.size = size;
  if (judge.judge(request, from))
    return;
  static sip::challenger challenger{sip::authenticator::secret{}};
  static strowger::probe counters;
  static sip::registrar registrar{challenger, counters};
  challenger.configure(config);
  registrar.read(request, from, config);
  sip::method_of(request);
  sip::user_of(request.sip_request->rq_url);
  who.identify(from.source, from.port, sip::user_of(request.sip_from->a_url));
  sip::caller_of(request, true);
  sip::read_refer_to(request);
  sip::notification_of(request);
  if (request.sip_replaces)
    sip::read_replaces(sip::value_of(request.sip_replaces));
  for (const auto* x = request.sip_authorization; x; x = x->au_next)
    sip::digest_parameters::parse(sip::value_of(x));
}

void read_message(const sip_t& parsed) {
  sip::passing_headers(parsed);
  sip::session_of(parsed);
  sip::contacts_of(parsed);
  sip::allows_update(parsed);
  sip::route_set_of(parsed);
  auto body = sip::body_of(parsed);
  model::direction_of(body.data);
  auto held = model::as_held(body.data, true);
  if (model::as_held(held, true) != held)
    std::abort(); // holding what is held changes nothing
  sip::with_origin(body.data, {1, 2, "192.0.2.1", false});
  sip::hash_but_origin(body.data);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static auto config = [] {
    su_init();
    su_log_set_level(nullptr, 0);
    model::directory_builder b{"fuzz"};
    b.add("2001", model::dn_type::extension);
    b.add("2002", model::dn_type::extension,
          {{model::option::password, std::string{"s3cret"}},
           {model::option::authenticate_requests,
            std::vector<std::string>{"register"}}});
    return b.build();
  }();
  static sip::identifier who;
  static auto judge = [] {
    who.configure(*config);
    sip::guard g{who};
    g.configure(*config);
    return g;
  }();
  if (size == 0 || size > 65'535)
    return 0;
  auto received = parse(data, size);
  const auto* parsed = received ? sip_object(received.get()) : nullptr;
  if (!parsed)
    return 0;
  if (parsed->sip_request)
    read_request(*parsed, judge, who, *config, size);
  else if (!sip::guard::is_sane(*parsed))
    return 0;
  read_message(*parsed);
  return 0;
}
