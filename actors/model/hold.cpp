#include "actors/model/hold.hpp"

#include <cstddef>

namespace strowger::model {

namespace {

constexpr unsigned sends = 1;
constexpr unsigned receives = 2;
constexpr unsigned both = sends | receives;

// -- lines --------------------------------------------------------------------

// One line of a body: its text, and its ending ("\r\n", "\n" or nothing).
struct sdp_line {
  std::string_view text;
  std::string_view ending;

  bool is(char type) const {
    return text.size() >= 2 && text[0] == type && text[1] == '=';
  }
  std::string_view value() const {
    return text.substr(2);
  }
};

// Takes the next line off a body that is not empty.
sdp_line next_line(std::string_view& body) {
  const auto newline = body.find('\n');
  auto end = newline == body.npos ? body.size() : newline;
  const auto next = newline == body.npos ? end : newline + 1;
  if (end > 0 && body[end - 1] == '\r') // also of a line cut short
    --end;
  const sdp_line line{body.substr(0, end), body.substr(end, next - end)};
  body.remove_prefix(next);
  return line;
}

// The word after the given number of spaces, empty when there is none.
std::string_view word(std::string_view text, int index) {
  for (;; --index) {
    const auto space = text.find(' ');
    if (index == 0)
      return text.substr(0, space);
    if (space == text.npos)
      return {};
    text.remove_prefix(space + 1);
  }
}

// What a direction attribute lets flow, or nothing known: both + 1.
constexpr unsigned no_direction = both + 1;

unsigned direction_attribute(const sdp_line& line) {
  if (!line.is('a'))
    return no_direction;
  auto value = line.value();
  while (!value.empty() && value.back() == ' ')
    value.remove_suffix(1);
  return value == "sendrecv"   ? both
         : value == "sendonly" ? sends
         : value == "recvonly" ? receives
         : value == "inactive" ? 0u
                               : no_direction;
}

// c=IN IP4 0.0.0.0, or IP6 with nothing but zeros and colons. A slash starts
// the multicast part.
bool is_black_hole(const sdp_line& connection) {
  const auto address = word(connection.value(), 2);
  const auto host = address.substr(0, address.find('/'));
  return host == "0.0.0.0"
         || (host.find(':') != host.npos
             && host.find_first_not_of("0:") == host.npos);
}

bool is_zero_port(const sdp_line& media) {
  const auto port = word(media.value(), 1);
  return port.substr(0, port.find('/')) == "0";
}

// -- reading ------------------------------------------------------------------

// What is known of the session part, and then of each stream.
struct stream_facts {
  unsigned direction = both;
  bool black_hole = false;
  bool zero_port = false;
  bool bundle_only = false;

  bool lives() const {
    return !zero_port || bundle_only;
  }
  unsigned flow() const {
    return black_hole ? direction & ~receives : direction;
  }
};

media_direction named(unsigned flow) {
  switch (flow) {
    case both:
      return media_direction::sendrecv;
    case sends:
      return media_direction::sendonly;
    case receives:
      return media_direction::recvonly;
    default:
      return media_direction::inactive;
  }
}

// -- writing ------------------------------------------------------------------

// The ending of the body's first line, for lines that have to be added.
std::string_view ending_of(std::string_view body) {
  const auto newline = body.find('\n');
  return newline != body.npos && (newline == 0 || body[newline - 1] != '\r')
           ? "\n"
           : "\r\n";
}

void add_line(std::string& out, std::string_view line,
              std::string_view ending) {
  // The body's last line may lack its ending; then the new last one does too.
  const bool open = !out.empty() && out.back() != '\n';
  if (open)
    out.append(ending);
  out.append(line);
  if (!open)
    out.append(ending);
}

std::string inactive(std::string_view sdp) {
  constexpr std::string_view attribute = "a=inactive";
  const auto ending = ending_of(sdp);
  std::string out;
  out.reserve(sdp.size() + 64);
  bool in_stream = false;
  bool said = false;
  while (!sdp.empty()) {
    const auto line = next_line(sdp);
    if (line.is('m')) {
      if (in_stream && !said)
        add_line(out, attribute, ending);
      in_stream = true;
      said = false;
    }
    if (direction_attribute(line) != no_direction) {
      out.append(attribute).append(line.ending);
      said = true;
    } else {
      out.append(line.text).append(line.ending);
    }
  }
  if (in_stream && !said)
    add_line(out, attribute, ending);
  return out;
}

// Whether every stream has a connection address, its own or the session's.
bool connected(std::string_view sdp) {
  bool session = false;
  bool stream = true;
  bool in_stream = false;
  while (!sdp.empty()) {
    const auto line = next_line(sdp);
    if (line.is('m')) {
      if (!stream)
        return false;
      in_stream = true;
      stream = session;
    } else if (line.is('c')) {
      stream = true;
      session = session || !in_stream;
    }
  }
  return stream;
}

// Whether the session's c= line has to stand before this one (RFC 8866 §9).
bool follows_connection(const sdp_line& line) {
  for (const char type : {'b', 't', 'r', 'z', 'k', 'a', 'm'})
    if (line.is(type))
      return true;
  return false;
}

std::string black_hole(std::string_view sdp) {
  constexpr std::string_view hole = "c=IN IP4 0.0.0.0";
  const auto ending = ending_of(sdp);
  // Without an address for some stream the body is broken: give the session
  // one, so that the hold holds whatever the other side makes of it.
  bool add = !connected(sdp);
  std::string out;
  out.reserve(sdp.size() + 64);
  while (!sdp.empty()) {
    const auto line = next_line(sdp);
    if (add && follows_connection(line)) {
      add_line(out, hole, ending);
      add = false;
    }
    if (line.is('c'))
      out.append(word(line.value(), 1) == "IP6" ? "c=IN IP6 ::" : hole);
    else
      out.append(line.text);
    out.append(line.ending);
  }
  return out;
}

} // namespace

// -- public -------------------------------------------------------------------

media_direction direction_of(std::string_view sdp) {
  stream_facts session;
  stream_facts stream;
  bool in_stream = false;
  bool lives = false;
  unsigned flow = 0;
  const auto finish = [&] {
    if (in_stream && stream.lives()) {
      lives = true;
      flow |= stream.flow();
    }
  };
  while (!sdp.empty()) {
    const auto line = next_line(sdp);
    auto& facts = in_stream ? stream : session;
    if (line.is('m')) {
      finish();
      in_stream = true;
      stream = session;
      stream.zero_port = is_zero_port(line);
    } else if (line.is('c')) {
      facts.black_hole = is_black_hole(line);
    } else if (line.text == "a=bundle-only") {
      facts.bundle_only = true;
    } else if (const auto direction = direction_attribute(line);
               direction != no_direction) {
      facts.direction = direction;
    }
  }
  finish();
  return lives ? named(flow) : media_direction::none;
}

std::string as_held(std::string_view sdp, bool rfc3264) {
  return rfc3264 ? inactive(sdp) : black_hole(sdp);
}

std::string as_active(std::string_view sdp) {
  std::string out;
  out.reserve(sdp.size() + 16);
  while (!sdp.empty()) {
    const auto line = next_line(sdp);
    const bool direction = direction_attribute(line) != no_direction;
    out.append(direction ? "a=sendrecv" : line.text).append(line.ending);
  }
  return out;
}

content black_hole() {
  return {"application/sdp",
          "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\n"
          "t=0 0\r\nm=audio 9 RTP/AVP 0 8 101\r\n"
          "a=rtpmap:101 telephone-event/8000\r\na=inactive\r\n"};
}

} // namespace strowger::model
