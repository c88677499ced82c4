#include "sip/message.hpp"

#include "sip/sofia.hpp"

#include <cstring>

namespace strowger::sip {

char* copy_text(su_home_s* home, std::string_view text) {
  auto* result = static_cast<char*>(su_alloc(home, text.size() + 1));
  std::memcpy(result, text.data(), text.size());
  result[text.size()] = '\0';
  return result;
}

// Sofia prints a header only when it has no text yet, so one header of the
// class for unknown headers can carry any number of lines.
void add_lines(msg_s* message, std::string_view lines) {
  if (lines.empty())
    return;
  auto* home = msg_home(message);
  auto* h = msg_header_alloc(home, sip_unknown_class, 0);
  h->sh_data = copy_text(home, lines);
  h->sh_len = lines.size();
  msg_header_insert(message, nullptr, h);
}

void add_payload(msg_s* message, std::string_view data) {
  if (data.empty())
    return;
  auto* home = msg_home(message);
  auto* h = msg_header_alloc(home, sip_payload_class, 0);
  auto* payload = h->sh_payload;
  payload->pl_data = copy_text(home, data);
  payload->pl_len = data.size();
  h->sh_data = payload->pl_data;
  h->sh_len = data.size();
  msg_header_insert(message, nullptr, h);
}

std::size_t size_of(const msg_s& message) {
  std::size_t result = 0;
  for (const auto* h = *msg_chain_head(&message); h != nullptr; h = h->sh_succ)
    result += h->sh_len;
  return result;
}

} // namespace strowger::sip
