#include "actors/traffic/audio_description.hpp"

#include <algorithm>
#include <charconv>

namespace strowger::traffic {

namespace {

using std::string_view;

constexpr std::uint8_t our_event_payload = 101;

// -- reading ------------------------------------------------------------------

/// Takes what stands before the separator; all, if there is none.
string_view take(string_view& text, char separator) {
  auto end = std::min(text.find(separator), text.size());
  auto result = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return result;
}

string_view take_line(string_view& text) {
  auto line = take(text, '\n');
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

template <class Number>
std::optional<Number> number(string_view text) {
  Number result{};
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, result);
  if (error != std::errc{} || rest != end)
    return std::nullopt;
  return result;
}

bool equal(string_view a, string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// "IN IP4 192.0.2.1/127": the address.
string_view address_of(string_view connection) {
  take(connection, ' ');
  take(connection, ' ');
  return take(connection, '/');
}

/// Reads the attributes of the one stream.
class stream_reader {
public:
  stream_reader(audio_description& out, audio_codec codec)
    : out_(out), codec_(codec) {
    // nop
  }

  /// "audio 49170 RTP/AVP 8 0 101"; false: this is not the stream.
  bool begin(string_view media) {
    if (!equal(take(media, ' '), "audio"))
      return false;
    auto port = number<std::uint16_t>(take(media, ' '));
    if (!port || *port == 0)
      return false;
    auto profile = take(media, ' ');
    auto is = [profile](string_view x) { return equal(profile, x); };
    out_.secure = is("RTP/SAVP") || is("RTP/SAVPF");
    if (!out_.secure && !is("RTP/AVP") && !is("RTP/AVPF"))
      return false;
    out_.port = *port;
    while (!media.empty())
      if (auto type = number<std::uint8_t>(take(media, ' ')))
        types_.push_back(*type);
    if (offers(payload_type_of(codec_)))
      out_.payload = payload_type_of(codec_);
    return true;
  }

  void attribute(string_view line) {
    auto name = take(line, ':');
    if (equal(name, "rtpmap"))
      map(line);
    else if (equal(name, "crypto"))
      crypto(line);
  }

private:
  bool offers(std::uint8_t type) const {
    return std::ranges::find(types_, type) != types_.end();
  }

  /// "101 telephone-event/8000"
  void map(string_view line) {
    auto type = number<std::uint8_t>(take(line, ' '));
    if (!type || !offers(*type))
      return;
    if (equal(line, "telephone-event/8000"))
      out_.event_payload = type;
    auto name = take(line, '/');
    if (!out_.payload && equal(name, to_string(codec_))
        && line.starts_with("8000"))
      out_.payload = type;
  }

  /// "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:32"
  void crypto(string_view line) {
    auto tag = take(line, ' ');
    auto suite = take(line, ' ');
    constexpr string_view inlined = "inline:";
    if (!out_.crypto_key.empty() || suite != srtp_suite
        || !line.starts_with(inlined))
      return;
    line.remove_prefix(inlined.size());
    line = take(line, ' ');
    out_.crypto_tag = tag;
    out_.crypto_key = take(line, '|');
  }

  audio_description& out_;
  audio_codec codec_;
  std::vector<std::uint8_t> types_; // of the m= line
};

} // namespace

std::optional<audio_description> read_audio(string_view sdp,
                                            audio_codec codec) {
  audio_description result;
  stream_reader reader{result, codec};
  enum { session, ours, other } where = session;
  bool found = false;
  for (auto rest = sdp; !rest.empty();) {
    auto line = take_line(rest);
    if (line.size() < 2 || line[1] != '=')
      continue;
    auto value = line.substr(2);
    if (line[0] == 'm') {
      where = other;
      if (!found && reader.begin(value)) {
        found = true;
        where = ours;
        result.index = result.streams.size();
      }
      result.streams.emplace_back(value);
    } else if (line[0] == 'c' && where != other) {
      result.host = address_of(value);
    } else if (line[0] == 'a' && where == ours) {
      reader.attribute(value);
    }
  }
  if (!found)
    return std::nullopt;
  result.direction = model::direction_of(sdp);
  return result;
}

// -- writing ------------------------------------------------------------------

namespace {

std::string beginning(const own_audio& x) {
  auto address = (x.host.find(':') == x.host.npos ? "IP4 " : "IP6 ") + x.host;
  return "v=0\r\no=- " + std::to_string(x.session) + " "
         + std::to_string(x.version) + " IN " + address + "\r\ns=-\r\nc=IN "
         + address + "\r\nt=0 0\r\n";
}

std::string stream(const own_audio& x, std::uint8_t payload,
                   std::optional<std::uint8_t> events, string_view tag,
                   string_view direction) {
  auto types = std::to_string(payload);
  auto result = "m=audio " + std::to_string(x.port)
                + (x.key.empty() ? " RTP/AVP " : " RTP/SAVP ") + types
                + (events ? " " + std::to_string(*events) : "") + "\r\n";
  result += "a=rtpmap:" + types + " " + to_string(x.codec) + "/8000\r\n";
  if (events) {
    auto type = std::to_string(*events);
    result += "a=rtpmap:" + type + " telephone-event/8000\r\na=fmtp:" + type
              + " 0-15\r\n";
  }
  result += "a=ptime:20\r\n";
  if (!x.key.empty())
    result.append("a=crypto:")
      .append(tag)
      .append(" ")
      .append(srtp_suite)
      .append(" inline:")
      .append(x.key)
      .append("\r\n");
  return result.append("a=").append(direction).append("\r\n");
}

/// "video 0 RTP/AVP 96" of "video 5004 RTP/AVP 96".
std::string refused(string_view media) {
  auto kind = take(media, ' ');
  take(media, ' ');
  return "m=" + std::string(kind) + " 0 " + std::string(media) + "\r\n";
}

} // namespace

std::string offer_audio(const own_audio& x, bool held) {
  return beginning(x)
         + stream(x, payload_type_of(x.codec), our_event_payload, "1",
                  held ? "inactive" : "sendrecv");
}

std::string answer_audio(const own_audio& x, const audio_description& offer,
                         bool held) {
  auto direction = held ? "inactive"
                   : offer.direction == model::media_direction::recvonly
                     ? "sendonly" // RFC 3264 §6.1
                     : "sendrecv";
  auto result = beginning(x);
  for (std::size_t i = 0; i < offer.streams.size(); ++i)
    result += i == offer.index ? stream(x, *offer.payload, offer.event_payload,
                                        offer.crypto_tag, direction)
                               : refused(offer.streams[i]);
  return result;
}

bool fits(const own_audio& x, const audio_description& peer) {
  return peer.payload && x.key.empty() != peer.secure
         && (x.key.empty() || !peer.crypto_key.empty());
}

} // namespace strowger::traffic
