#include "sip/leg.hpp"

#include "sip/text.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace strowger::sip {

// -- tags ---------------------------------------------------------------------

namespace {

constexpr std::size_t tag_length = 16 + 2 + 8;

} // namespace

std::string make_tag(model::leg_name x, uint32_t random) {
  std::string result;
  result.reserve(tag_length);
  append_hex(result, x.call.value, 16);
  append_hex(result, x.leg, 2);
  append_hex(result, random, 8);
  return result;
}

std::optional<model::leg_name> parse_tag(const char* tag) {
  if (tag == nullptr || std::strlen(tag) != tag_length)
    return std::nullopt;
  std::string_view text(tag);
  model::leg_name result;
  uint64_t leg = 0;
  if (!read_hex(text.substr(0, 16), result.call.value)
      || !read_hex(text.substr(16, 2), leg))
    return std::nullopt;
  result.leg = static_cast<model::leg_number>(leg);
  return result;
}

std::string make_call_id(model::leg_name x, std::string_view host) {
  return model::sip_call_id_of(x.call, x.leg).append("@").append(host);
}

// -- transactions -------------------------------------------------------------

namespace {

template <class List, class Match>
auto* find_in(List& list, Match match) {
  auto i = std::find_if(list.begin(), list.end(), match);
  return i == list.end() ? nullptr : &*i;
}

template <class List, class Element>
void erase_from(List& list, const Element* x) {
  assert(x >= list.data() && x < list.data() + list.size());
  list.erase(list.begin() + (x - list.data()));
  // Held calls have no transaction: let them not keep room for one.
  if (list.empty())
    List{}.swap(list);
}

} // namespace

server_transaction* leg::find(const nta_incoming_s* irq) {
  return find_in(servers, [=](const auto& x) { return x.irq == irq; });
}

client_transaction* leg::find(const nta_outgoing_s* orq) {
  return find_in(clients, [=](const auto& x) { return x.orq == orq; });
}

server_transaction* leg::server(model::txn_number number) {
  return find_in(servers, [=](const auto& x) { return x.number == number; });
}

client_transaction* leg::client(model::txn_number number) {
  return find_in(clients, [=](const auto& x) { return x.number == number; });
}

void leg::erase(const server_transaction* x) {
  erase_from(servers, x);
}

void leg::erase(const client_transaction* x) {
  erase_from(clients, x);
}

// A peer that never sends the last NOTIFY is not asked as often as this.
constexpr std::size_t open_refers_max = 8;

void leg::open_refer(uint32_t cseq) {
  if (open_refers.size() == open_refers_max)
    open_refers.erase(open_refers.begin());
  open_refers.push_back(cseq);
}

void leg::close_refer(uint32_t cseq) {
  std::erase(open_refers, cseq);
}

bool leg::server_invite_pending() const {
  return std::any_of(servers.begin(), servers.end(), [](const auto& x) {
    return x.method == model::method::invite && x.status < 200;
  });
}

bool leg::client_invite_pending() const {
  return std::any_of(clients.begin(), clients.end(), [](const auto& x) {
    return x.method == model::method::invite && x.status < 200;
  });
}

leg* call_entry::find(model::leg_number number) const {
  for (const auto& x : legs)
    if (x->name.leg == number)
      return x.get();
  return nullptr;
}

} // namespace strowger::sip
