#include "services/media/rtp_end.hpp"

#include "actors/traffic/mos.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <utility>

namespace strowger::services::media {

namespace {

using traffic::frame_samples;

constexpr std::size_t header_size = 12;
constexpr std::uint8_t our_event_payload = 101;

// In-band, a digit lasts as long as its packets would have.
constexpr unsigned digit_steps = 7;

// Whoever is sent more than that is not in a call, but under attack.
constexpr std::size_t streams_max = 8;

// Half a second of 20 ms: less says nothing about who hears whom.
constexpr std::uint64_t ticks_that_count = 25;

std::int64_t day_us() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

std::uint32_t read_32(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16
         | std::uint32_t{at[2]} << 8 | at[3];
}

void write_32(std::uint8_t* at, std::uint32_t x) {
  for (auto shift : {24, 16, 8, 0})
    *at++ = static_cast<std::uint8_t>(x >> shift);
}

/// A packet of RFC 3550 §5.1.
struct rtp_packet {
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::uint8_t type = 0;
  std::span<const std::uint8_t> payload;
};

std::optional<rtp_packet> parse(std::span<const std::uint8_t> x) {
  if (x.size() < header_size || x[0] >> 6 != 2)
    return std::nullopt;
  std::size_t begin = header_size + (x[0] & 15U) * 4;
  std::size_t end = x.size();
  if ((x[0] & 0x10) != 0) { // extension
    if (begin + 4 > end)
      return std::nullopt;
    begin += 4 + 4 * (std::size_t{x[begin + 2]} << 8 | x[begin + 3]);
  }
  if ((x[0] & 0x20) != 0) // padding
    end -= std::min<std::size_t>(x.back(), end);
  if (begin > end)
    return std::nullopt;
  return rtp_packet{static_cast<std::uint16_t>(x[2] << 8 | x[3]),
                    read_32(&x[4]), read_32(&x[8]),
                    static_cast<std::uint8_t>(x[1] & 0x7f),
                    x.subspan(begin, end - begin)};
}

/// RFC 5761 §4: what RTCP looks like where RTP is expected.
bool is_rtcp(std::span<const std::uint8_t> x) {
  return x.size() >= 8 && x[0] >> 6 == 2 && x[1] >= 192 && x[1] <= 223;
}

} // namespace

// -- voice --------------------------------------------------------------------

voice::voice(const traffic::media_plan& x)
  : plan(x), tone(traffic::make_tone(x.tone_hz, x.codec)) {
  for (char which : {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#',
                     'A', 'B', 'C', 'D'})
    digits[which] = traffic::make_dtmf(which, x.codec,
                                       digit_steps * frame_samples);
  silence.fill(traffic::encode(x.codec, 0));
}

std::span<const std::uint8_t> voice::digit(char which, unsigned step) const {
  return std::span{digits.at(which)}.subspan(step % digit_steps * frame_samples,
                                             frame_samples);
}

std::span<const std::uint8_t> voice::frame(std::uint32_t number) const {
  constexpr auto frames = traffic::samples_per_s / frame_samples;
  static_assert(frames * frame_samples == traffic::samples_per_s);
  return {&tone[number % frames * frame_samples], frame_samples};
}

void media_second::merge(const media_second& other) {
  packets_sent += other.packets_sent;
  packets_received += other.packets_received;
  packets_lost += other.packets_lost;
  streams += other.streams;
  mos_sum += other.mos_sum;
  mos_min = std::min(mos_min, other.mos_min);
  jitter.merge(other.jitter);
}

// -- life ---------------------------------------------------------------------

struct rtp_end::heard {
  explicit heard(unsigned tone_hz) : ear(tone_hz) {
    // nop
  }

  std::uint32_t ssrc = 0;
  traffic::rtp_stream stream;
  traffic::tone_detector ear;
  traffic::event_receiver events;
  traffic::dtmf_detector tones;
  std::string digits;
  std::shared_ptr<source_record> source; // if it is one of us
  std::size_t digits_before = 0;         // that it had sent to others
  double delay_sum_us = 0;
  std::uint64_t delays = 0;
  // As add_second() saw it last.
  std::uint64_t unique_before = 0;
  std::uint64_t expected_before = 0;
};

rtp_end::rtp_end(udp_port socket, std::uint16_t port, media_account account,
                 const std::string& key, std::uint32_t seed, const voice& says)
  : socket_(std::move(socket)), port_(port), account_(account), voice_(says),
    seed_(seed) {
  if (!key.empty())
    out_ = srtp_session::make(key);
}

rtp_end::~rtp_end() = default;

/// Who speaks to somebody else is another source: so each listener hears one
/// numbering from its beginning.
void rtp_end::become_source(sources& all) {
  all.erase(ssrc_);
  // Any numbers will do that differ from those of others (RFC 3550 §8.1).
  seed_ += 0x9e3779b9U;
  ssrc_ = seed_;
  sequence_ = static_cast<std::uint16_t>(seed_ >> 7);
  timestamp_base_ = seed_ * 2654435761U;
  record_ = std::make_shared<source_record>();
  all[ssrc_] = record_;
  spoke_ = false;
}

void rtp_end::redirect(const traffic::audio_flow& to, sources& all) {
  auto moves = !to.host.empty()
               && (to.host != flow_.host || to.port != flow_.port);
  if (moves) {
    to_ = address_of(to.host, to.port);
    if (!to_)
      disagree();
    become_source(all);
  }
  if (!to.key.empty() && to.key != peer_key_) {
    peer_key_ = to.key;
    in_ = srtp_session::make(to.key);
    if (!in_)
      disagree();
  }
  auto before = std::exchange(flow_, to);
  if (to.host.empty()) { // silence; the place stays known
    flow_.host = before.host;
    flow_.port = before.port;
  }
  spoke_ = spoke_ && to.sends;
}

// -- each 20 ms ---------------------------------------------------------------

void rtp_end::tick(std::uint32_t count, bool late, sources& all) {
  socket_.receive([&](std::span<std::uint8_t> packet, std::int64_t at_us) {
    take(packet, at_us, all);
  });
  ticks_listened_ += flow_.hears;
  if (flow_.sends && to_)
    send(count, late);
}

void rtp_end::send(std::uint32_t count, bool late) {
  std::array<std::uint8_t, header_size + frame_samples + srtp_session::trailer>
    packet;
  auto now = timestamp_base_
             + count * static_cast<std::uint32_t>(frame_samples);
  auto pause = !events_.idle();
  auto event = events_.next(now);
  pause = pause && !event;
  auto in_band = voice_.plan.digits == traffic::digit_way::in_band;
  auto is_event = event && !in_band;
  auto begins = is_event ? event->begins : !spoke_;
  auto type = is_event ? flow_.event_payload.value_or(our_event_payload)
                       : flow_.payload;
  packet[0] = 0x80;
  packet[1] = static_cast<std::uint8_t>(type | (begins ? 0x80 : 0));
  packet[2] = static_cast<std::uint8_t>(sequence_ >> 8);
  packet[3] = static_cast<std::uint8_t>(sequence_);
  write_32(&packet[4], is_event ? event->timestamp : now);
  write_32(&packet[8], ssrc_);
  auto payload = voice_.frame(count);
  if (is_event)
    payload = event->payload;
  else if (event)
    payload = voice_.digit(event->digit, event->step);
  else if (pause && in_band)
    payload = voice_.silence;
  std::memcpy(&packet[header_size], payload.data(), payload.size());
  auto size = header_size + payload.size();
  if (out_)
    size = out_->protect(packet.data(), size);
  if (event && event->begins) {
    record_->digits += event->digit;
    ++tally_.digits_sent;
  }
  record_->sent_at_us[sequence_ % record_->sent_at_us.size()] = {sequence_,
                                                                 day_us()};
  ++sequence_;
  spoke_ = true;
  if (size > 0)
    socket_.send({packet.data(), size}, *to_);
  ++tally_.packets_sent;
  tally_.packets_sent_late += late;
}

void rtp_end::take(std::span<std::uint8_t> packet, std::int64_t at_us,
                   const sources& all) {
  if (is_rtcp(packet))
    return;
  if (out_) {
    if (!in_) // it came before the description with its key
      return;
    packet = packet.first(in_->unprotect(packet.data(), packet.size()));
  }
  auto x = parse(packet);
  auto is_event
    = x && (x->type == our_event_payload || x->type == flow_.event_payload);
  auto* from = x ? stream_of(x->ssrc, is_event, all) : nullptr;
  if (!from) {
    ++tally_.packets_refused;
    return;
  }
  from->stream.packet({x->sequence, x->timestamp, at_us, !is_event});
  if (from->source)
    if (auto sent = from->source->sent(x->sequence)) {
      from->delay_sum_us += static_cast<double>(
        std::max<std::int64_t>(0, at_us - *sent));
      ++from->delays;
    }
  if (is_event) {
    if (auto digit = from->events.packet(x->timestamp, x->payload))
      from->digits += *digit;
  } else if (x->type == flow_.payload) {
    hear(*from, x->payload);
  }
}

void rtp_end::hear(heard& from, std::span<const std::uint8_t> sound) {
  auto& plan = voice_.plan;
  if (from.ear.wants_more())
    from.ear.listen(sound, plan.codec);
  if (plan.digits == traffic::digit_way::in_band)
    if (auto digit = from.tones.listen(sound, plan.codec))
      from.digits += *digit;
}

rtp_end::heard* rtp_end::stream_of(std::uint32_t ssrc, bool is_event,
                                   const sources& all) {
  auto found = std::ranges::find(streams_, ssrc, &heard::ssrc);
  if (found != streams_.end())
    return &*found;
  if (streams_.size() == streams_max)
    return nullptr;
  auto& result = streams_.emplace_back(voice_.plan.tone_hz);
  result.ssrc = ssrc;
  if (auto source = all.find(ssrc); source != all.end()) {
    result.source = source->second;
    // A digit that is the first thing heard is out already.
    result.digits_before = result.source->digits.size();
    result.digits_before -= is_event && result.digits_before > 0;
  }
  return &result;
}

// -- what was seen ------------------------------------------------------------

void rtp_end::add_second(media_second& to) {
  to.packets_sent += tally_.packets_sent
                     - std::exchange(sent_before_, tally_.packets_sent);
  for (auto& x : streams_) {
    auto& stream = x.stream;
    auto unique = stream.unique()
                  - std::exchange(x.unique_before, stream.unique());
    auto expected = stream.expected()
                    - std::exchange(x.expected_before, stream.expected());
    if (unique == 0)
      continue;
    auto lost = expected > unique ? expected - unique : 0;
    to.packets_received += unique;
    to.packets_lost += lost;
    ++to.streams;
    to.jitter.record(static_cast<std::uint64_t>(stream.jitter_us()));
    auto share = lost == 0
                   ? 0.0
                   : static_cast<double>(lost) / static_cast<double>(expected);
    auto mos = traffic::mos_of(
      traffic::r_factor({share, stream.burst_ratio(),
                         traffic::ends_delay_ms(stream.jitter_us())}));
    to.mos_sum += mos;
    to.mos_min = std::min(to.mos_min, mos);
  }
}

void rtp_end::listen_to(heard& x) {
  x.stream.finish();
  auto delay_ms = x.delays == 0
                    ? 0
                    : x.delay_sum_us / static_cast<double>(x.delays) / 1000;
  tally_.heard(x.stream, delay_ms);
  tally_.digits_detected += x.digits.size();
  if (!x.source)
    return;
  auto sent = std::string_view{x.source->digits}.substr(x.digits_before);
  tally_.digits_expected += sent.size();
  tally_.digits_wrong += traffic::compare_digits(sent, x.digits).wrong;
}

traffic::media_tally rtp_end::finish(sources& all) {
  socket_.receive([&](std::span<std::uint8_t> packet, std::int64_t at_us) {
    take(packet, at_us, all);
  });
  all.erase(ssrc_);
  for (auto& x : streams_)
    listen_to(x);
  if (ticks_listened_ < ticks_that_count)
    return std::move(tally_);
  auto heard_tone = [](auto& x) { return x.ear.heard(); };
  auto heard_nothing = [](auto& x) { return x.ear.only_silence(); };
  tally_.calls = tally_.tones_expected = 1;
  tally_.tones_detected = std::ranges::any_of(streams_, heard_tone);
  tally_.one_way_calls = streams_.empty() && tally_.packets_sent > 0;
  tally_.silent_calls = !streams_.empty()
                        && std::ranges::all_of(streams_, heard_nothing);
  return std::move(tally_);
}

} // namespace strowger::services::media
