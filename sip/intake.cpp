#include "sip/intake.hpp"

#include "sip/sofia.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <arpa/inet.h>
#include <sys/socket.h>

namespace strowger::sip {

namespace {

// -- request line ------------------------------------------------------------

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "-.!%*_+`'~";
  for (auto c : text) {
    const auto lower = static_cast<char>(c | 0x20);
    if ((lower < 'a' || lower > 'z') && (c < '0' || c > '9')
        && marks.find(c) == marks.npos)
      return false;
  }
  return !text.empty();
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// `METHOD anything SIP/x.y`, cut in place.
struct request_line {
  char* method = nullptr;
  char* uri = nullptr;
  char* version = nullptr;
};

bool split(char* s, std::size_t size, request_line& result) {
  auto end = s + size;
  while (end > s && is_blank(end[-1]))
    --end;
  auto version = end;
  while (version > s && !is_blank(version[-1]))
    --version;
  auto uri = s;
  while (uri < version && !is_blank(*uri))
    ++uri;
  auto uri_end = version;
  while (uri_end > uri && is_blank(uri_end[-1]))
    --uri_end;
  auto method_end = uri;
  while (uri < uri_end && is_blank(*uri))
    ++uri;
  if (uri == uri_end || end - version < 5
      || std::string_view{version, 4} != "SIP/")
    return false;
  *end = *uri_end = *method_end = '\0';
  result = {s, uri, version};
  return is_token(s);
}

// A NUL is legal behind a backslash, but to sofia it is the end of the text. A
// CR alone is legal nowhere, but to sofia it ends a line, and what we send of
// such a line would run into the next one. `from` is where the headers begin.
void mend_headers(msg_t* msg, char* from) {
  const auto begin = static_cast<char*>(msg_buf_committed_data(msg));
  const auto end = begin + msg_buf_committed(msg);
  if (from >= end)
    return;
  const std::string_view rest{from, static_cast<std::size_t>(end - from)};
  const auto body = rest.find("\r\n\r\n");
  const auto stop = body == rest.npos ? end : from + body;
  std::replace(from, stop, '\0', '\x1a');
  // What follows the last byte may still be under way.
  for (auto at = from; at + 1 < stop; ++at)
    if (*at == '\r' && at[1] != '\n')
      *at = ' ';
}

// Has the bytes of the headers that follow kept beside what is read from them.
// Not for the whole agent: the first line is wanted where it was received. The
// home of a header that is read off the wire is its message (see msg_home).
void keep_lines(su_home_t* home) {
  msg_set_flags(reinterpret_cast<msg_t*>(home), MSG_FLG_EXTRACT_COPY);
}

// Sofia's parser first; a line it cannot read is read again from a copy, as
// it cuts the line in place while it tries.
issize_t read_request(su_home_t* home, msg_header_t* h, char* s,
                      isize_t length) {
  const auto size = static_cast<std::size_t>(length);
  std::array<char, 2048> copy; // longer lines are not given another chance
  const auto kept = size < copy.size();
  if (kept)
    std::memcpy(copy.data(), s, size);
  mend_headers(reinterpret_cast<msg_t*>(home), s + size + 1);
  keep_lines(home);
  const auto status = sip_request_class->hc_parse(home, h, s, length);
  if (status >= 0 || !kept)
    return status;
  request_line line;
  const auto again = su_strndup(home, copy.data(), size);
  if (!again || !split(again, size, line))
    return -1;
  const auto rq = reinterpret_cast<sip_request_t*>(h);
  rq->rq_method = sip_method_code(line.method);
  rq->rq_method_name = line.method;
  if (rq->rq_method <= 0)
    rq->rq_method = sip_method_unknown;
  if (std::strpbrk(line.uri, " \t") || url_d(rq->rq_url, line.uri) < 0)
    url_init(rq->rq_url, url_invalid);
  rq->rq_version = strcasecmp(line.version, SIP_VERSION_CURRENT) == 0
                     ? SIP_VERSION_CURRENT
                     : line.version;
  return 0;
}

issize_t read_status(su_home_t* home, msg_header_t* h, char* s,
                     isize_t length) {
  keep_lines(home);
  return sip_status_class->hc_parse(home, h, s, length);
}

// -- headers -----------------------------------------------------------------

// The place of the header in the list of those that sofia could not read; it
// holds repeated ones, too, which are not of the class for errors.
msg_error_t** find_bad(sip_t& sip, std::string_view name) {
  auto place = &sip.sip_error;
  for (; *place; place = &(*place)->er_next)
    if ((*place)->er_common->h_class == sip_error_class
        && (*place)->er_name && name == (*place)->er_name)
      break;
  return place;
}

// Sofia refuses the CSeq of a method that is but a token.
void read_cseq(msg_t* msg, sip_t* sip) {
  const auto place = find_bad(*sip, "CSeq");
  const auto bad = *place;
  if (!bad || !bad->er_common->h_data || sip->sip_cseq)
    return;
  std::string_view raw{static_cast<const char*>(bad->er_common->h_data),
                       bad->er_common->h_len};
  raw.remove_prefix(std::min(raw.find(':') + 1, raw.size()));
  raw.remove_prefix(std::min(raw.find_first_of("0123456789"), raw.size()));
  std::uint32_t number = 0;
  const auto end = raw.data() + raw.size();
  const auto [stop, error] = std::from_chars(raw.data(), end, number);
  std::string_view method{stop, static_cast<std::size_t>(end - stop)};
  method.remove_prefix(std::min(method.find_first_not_of(" \t"),
                                method.size()));
  method = method.substr(0, method.find_first_of(" \t\r\n"));
  if (error != std::errc{} || method != sip->sip_request->rq_method_name)
    return;
  const auto cseq = sip_cseq_create(msg_home(msg), number, sip_method_unknown,
                                    sip->sip_request->rq_method_name);
  if (!cseq)
    return;
  *place = bad->er_next;
  sip->sip_cseq = cseq;
  if (!sip->sip_error)
    sip->sip_flags &= ~static_cast<unsigned>(MSG_FLG_ERROR);
}

// Where the answer goes: to the source, over the transport it came by.
void settle_via(msg_t* msg, sip_t* sip) {
  const auto via = sip->sip_via;
  if (!via)
    return;
  if (*find_bad(*sip, "Via")) {
    sip->sip_via = nullptr; // unanswerable; what is left of it may lie
    msg_set_flags(msg, MSG_FLG_ERROR);
    return;
  }
  if (msg_addrinfo(msg)->ai_socktype == SOCK_DGRAM)
    via->v_protocol = sip_transport_udp;
  else if (via->v_protocol == sip_transport_udp)
    via->v_protocol = sip_transport_tcp;
  if (via->v_maddr)
    msg_header_remove_param(via->v_common, "maddr");
  if (sip->sip_request->rq_version == SIP_VERSION_CURRENT)
    return;
  // nta answers 505 before it notes the source in the Via.
  std::array<char, sizeof("received=") + SU_ADDRSIZE> received{"received="};
  const auto source = msg_addr(msg);
  if (inet_ntop(source->su_family, SU_ADDR(source), received.data() + 9,
                SU_ADDRSIZE))
    msg_header_replace_param(msg_home(msg), via->v_common,
                             su_strdup(msg_home(msg), received.data()));
}

// Comes with the empty line after the headers, and again for the body.
issize_t read_body(msg_t* msg, msg_pub_t* pub, char* b, isize_t size,
                   int eos) {
  const auto sip = reinterpret_cast<sip_t*>(pub);
  if (sip->sip_request && !(sip->sip_flags & MSG_FLG_BODY)) {
    if (sip->sip_request->rq_method == sip_method_unknown)
      read_cseq(msg, sip);
    settle_via(msg, sip);
  }
  return sip_extract_body(msg, sip, b, size, eos);
}

using header_class = std::remove_const_t<msg_hclass_t>;

template <class Reader>
header_class read_by(const header_class& x, Reader reader) {
  auto result = x;
  result.hc_parse = reader;
  return result;
}

msg_mclass_t* make_class() {
  static auto request = read_by(*sip_request_class, read_request);
  static auto status = read_by(*sip_status_class, read_status);
  const auto result = msg_mclass_clone(sip_default_mclass(), 0, 0);
  assert(result);
  result->mc_request->hr_class = &request;
  result->mc_status->hr_class = &status;
  result->mc_extract_body = read_body;
  return result;
}

} // namespace

const msg_mclass_s* message_class() {
  static const auto only = make_class(); // read-only once made
  return only;
}

} // namespace strowger::sip
