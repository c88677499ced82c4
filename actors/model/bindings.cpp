#include "actors/model/bindings.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace strowger::model {

namespace {

// -- header parameters --------------------------------------------------------

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view spaces = " \t\r\n";
  const auto first = text.find_first_not_of(spaces);
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

// Where the parameter that starts at `at` ends: at the next ';' outside quotes.
std::size_t end_of_param(std::string_view params, std::size_t at) {
  bool quoted = false;
  for (; at < params.size() && (quoted || params[at] != ';'); ++at) {
    if (params[at] == '"')
      quoted = !quoted;
    else if (quoted && params[at] == '\\')
      ++at;
  }
  return std::min(at, params.size());
}

// RFC 3261 §20.10: "0", "1", up to three decimals; anything else counts as 1.
int read_q(std::string_view text) {
  constexpr int best = 1000;
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')
      || (text.size() > 1 && text[1] != '.'))
    return best;
  int value = (text[0] - '0') * 1000;
  int weight = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (c < '0' || c > '9')
      return best;
    value += (c - '0') * weight;
    weight /= 10;
  }
  return std::min(value, best);
}

// Seconds; numbers beyond 32 bits saturate. Nothing for what is no number: the
// caller takes its default then (RFC 3261 §10.2.1.1).
std::optional<std::uint32_t> read_seconds(std::string_view text) {
  std::uint32_t value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument)
    return std::nullopt;
  return error == std::errc::result_out_of_range ? UINT32_MAX : value;
}

struct contact_params {
  std::string kept; // all but expires, as received
  std::optional<std::uint32_t> expires_s;
  int q_thousandths = 1000;
};

contact_params read_params(std::string_view params) {
  contact_params result;
  while (!params.empty()) {
    // The leading ';' belongs to the parameter.
    const auto start = params.front() == ';' ? 1u : 0u;
    const auto end = end_of_param(params, start);
    const auto whole = params.substr(0, end);
    const auto body = whole.substr(start);
    const auto equals = std::min(body.find('='), body.size());
    const auto name = trim(body.substr(0, equals));
    const auto value = trim(body.substr(std::min(equals + 1, body.size())));
    params.remove_prefix(end);
    if (same_word(name, "expires")) {
      result.expires_s = read_seconds(value);
      continue;
    }
    if (same_word(name, "q"))
      result.q_thousandths = read_q(value);
    result.kept += whole;
  }
  return result;
}

// -- order --------------------------------------------------------------------

bool better(const binding& a, const binding& b) {
  if (a.q_thousandths != b.q_thousandths)
    return a.q_thousandths > b.q_thousandths;
  return a.updated > b.updated;
}

// §10.3 steps 6 and 7: the same client must count its requests upward.
bool out_of_order(const binding& entry, const register_request& request) {
  return entry.call_id == request.call_id && request.cseq <= entry.cseq;
}

auto find_binding(std::vector<binding>& list, std::string_view uri) {
  return std::find_if(list.begin(), list.end(), [&](const binding& entry) {
    return same_uri(entry.contact_uri, uri);
  });
}

binding make_binding(const register_request& request,
                     const contact_value& contact, contact_params params,
                     time_point now, std::uint32_t expires_s) {
  binding entry;
  entry.contact_uri = contact.uri;
  entry.params = std::move(params.kept);
  entry.received = request.received;
  entry.call_id = request.call_id;
  entry.cseq = request.cseq;
  entry.path = request.path;
  entry.q_thousandths = params.q_thousandths;
  entry.expires = now + std::chrono::seconds{expires_s};
  entry.updated = now;
  entry.user_agent = request.user_agent;
  return entry;
}

// Applies one contact to `next`; `before` is what the CSeq is held against, so
// that a contact listed twice does not stumble over itself. Returns a status.
int apply_contact(std::vector<binding>& next, std::vector<binding>& before,
                  const register_request& request, const contact_value& contact,
                  time_point now, const register_limits& limits) {
  const auto old = find_binding(before, contact.uri);
  if (old != before.end() && out_of_order(*old, request))
    return 500;
  auto params = read_params(contact.params);
  auto expires_s = params.expires_s.value_or(
    request.expires.value_or(limits.expires_default_s));
  if (expires_s != 0 && expires_s < limits.expires_min_s)
    return 423;
  expires_s = std::min(expires_s, limits.expires_max_s);

  const auto found = find_binding(next, contact.uri);
  if (found != next.end())
    next.erase(found);
  if (expires_s != 0)
    next.push_back(
      make_binding(request, contact, std::move(params), now, expires_s));
  return 200;
}

// Turns `next`, a copy of `before`, into what the request asks for. Returns a
// status; unless it is 200, `next` is of no use.
int apply_request(std::vector<binding>& next, std::vector<binding>& before,
                  const register_request& request, time_point now,
                  const register_limits& limits) {
  if (request.star) {
    if (!request.contacts.empty() || request.expires != 0u)
      return 400;
    for (const auto& entry : before)
      if (out_of_order(entry, request))
        return 500;
    next.clear();
  }
  for (const auto& contact : request.contacts) {
    const auto status = apply_contact(next, before, request, contact, now,
                                      limits);
    if (status != 200)
      return status;
  }
  // A limit lowered by a reload does not turn refreshes away.
  if (next.size() > limits.contacts_max && next.size() > before.size())
    return 403;
  std::stable_sort(next.begin(), next.end(), better);
  return 200;
}

} // namespace

// -- public -------------------------------------------------------------------

register_result bindings::apply(const register_request& request, time_point now,
                                const register_limits& limits) {
  const bool was_registered = !list_.empty();
  // What has expired no longer counts, even if nobody has cleared it away yet.
  const bool expired = expire(now);
  auto next = list_;
  register_result result;
  result.status = apply_request(next, list_, request, now, limits);
  result.changed = expired;
  if (result.status == 423)
    result.min_expires_s = limits.expires_min_s;
  if (result.status == 200 && next != list_) {
    list_ = std::move(next);
    result.changed = true;
  }
  result.became_registered = !was_registered && !list_.empty();
  result.became_unregistered = was_registered && list_.empty();
  return result;
}

void bindings::restore(binding stored, time_point now) {
  if (stored.expires <= now)
    return;
  const auto found = find_binding(list_, stored.contact_uri);
  if (found != list_.end())
    list_.erase(found);
  list_.insert(std::upper_bound(list_.begin(), list_.end(), stored, better),
               std::move(stored));
}

bool bindings::expire(time_point now) {
  return std::erase_if(
           list_, [&](const binding& entry) { return entry.expires <= now; })
         != 0;
}

std::optional<time_point> bindings::next_expiry() const {
  if (list_.empty())
    return std::nullopt;
  return std::min_element(list_.begin(), list_.end(),
                          [](const binding& a, const binding& b) {
                            return a.expires < b.expires;
                          })
    ->expires;
}

std::string contact_header(const binding& entry, time_point now) {
  const auto left = std::max(entry.expires - now, duration{0});
  const auto left_s = std::chrono::ceil<std::chrono::seconds>(left).count();
  std::string text;
  text.reserve(entry.contact_uri.size() + entry.params.size() + 24);
  text.append("<").append(entry.contact_uri).append(">");
  text.append(entry.params);
  text.append(";expires=").append(std::to_string(left_s));
  return text;
}

} // namespace strowger::model
