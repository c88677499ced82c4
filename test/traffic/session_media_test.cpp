#include "actors/traffic/media_end.hpp"
#include "test/traffic/session_script.hpp"

#include <chrono>
#include <string>
#include <string_view>

using namespace strowger;
using namespace strowger::test;
using namespace std::chrono_literals;
using traffic::step_kind;

namespace {

/// Writes down what a session asks of it.
struct paper_end final : traffic::media_end {
  model::content offer(bool held) override {
    return say(held ? "offer-held" : "offer");
  }
  model::content answer(bool held) override {
    if (refuses)
      return {};
    return say(held ? "answer-held" : "answer");
  }
  void hear(const model::content&) override {
    told += "hear ";
  }
  void talk(bool on) override {
    told += on ? "talk " : "hush ";
  }
  std::optional<std::chrono::milliseconds>
  send_digits(std::string_view digits) override {
    if (!takes_digits)
      return std::nullopt;
    told.append("dial-").append(digits).append(" ");
    return 200ms * static_cast<int>(digits.size());
  }

  model::content say(const std::string& word) {
    told += word + " ";
    return {"application/sdp",
            "v=0\r\nm=audio 4000 RTP/AVP 8\r\n"
              + std::string{word.ends_with("held") ? "a=inactive\r\n" : ""}};
  }
  /// What was asked since the last time.
  std::string news() {
    return std::exchange(told, {});
  }

  std::string told;
  bool refuses = false;
  bool takes_digits = true;
};

const std::string digits = "12";

traffic::course talks(std::initializer_list<traffic::planned_step> steps) {
  traffic::course x;
  x.hangs_up = true;
  x.talk = 2s;
  x.steps = steps;
  return x;
}

struct with_media {
  explicit with_media(traffic::course plan) : call{std::move(plan)} {
    call.media = &end;
  }

  paper_end end;
  session_script call;
};

} // namespace

TEST_CASE("a caller offers, hears the answer, talks, and is silent after BYE") {
  with_media x{talks({})};
  x.call.play({{0, "start", "INVITE 2001 sdp"}});
  CHECK(x.end.news() == "offer ");
  x.call.play({{50, "180", ""}});
  CHECK(x.end.news() == "");
  x.call.play({{60, "183 sdp", ""}});
  CHECK(x.end.news() == "hear talk ");
  x.call.play({{200, "200 sdp", "ACK"}});
  CHECK(x.end.news() == "hear talk ");
  x.call.play({{2200, "time", "BYE"}});
  CHECK(x.end.news() == "hush ");
}

TEST_CASE("who is called hears the offer first, and talks when it answers") {
  traffic::course plan;
  plan.rings = true;
  plan.ring_after = 10ms;
  plan.answer_after = 30ms;
  with_media x{plan};
  x.call.play({{0, "offered", ""}});
  CHECK(x.end.news() == "hear ");
  x.call.play({{10, "time", "180"}, {30, "time", "200 sdp"}});
  CHECK(x.end.news() == "answer talk ");
  x.call.play({{40, "ACK", ""}, {1000, "BYE", "200, forget"}});
  CHECK(x.end.news() == "hush ");
}

TEST_CASE(
  "what cannot be agreed on is refused by 488, at the start and later") {
  with_media x{{}};
  x.end.refuses = true;
  x.call.play({{0, "offered", "488, forget"}});
  with_media y{{}};
  y.call.play({{0, "offered", "200 sdp"}, {1, "ACK", ""}});
  y.end.refuses = true;
  y.call.play({{2, "INVITE sdp", "488"}});
}

TEST_CASE("hold and retrieve are offers, and their answers are heard") {
  with_media x{talks({{step_kind::hold, 100ms, nullptr},
                      {step_kind::retrieve, 100ms, nullptr}})};
  x.call.play({{0, "start", "INVITE 2001 sdp"}, {10, "200 sdp", "ACK"}});
  x.end.news();
  x.call.play(
    {{110, "time", "INVITE held"}, {120, "200 sdp to INVITE", "ACK"}});
  CHECK(x.end.news() == "offer-held hear ");
  x.call.play({{220, "time", "INVITE sdp"}, {230, "200 sdp to INVITE", "ACK"}});
  CHECK(x.end.news() == "offer hear ");
}

TEST_CASE("who is put on hold agrees") {
  with_media x{{}};
  x.call.play({{0, "offered", "200 sdp"}, {1, "ACK", ""}});
  x.end.news();
  x.call.play({{10, "INVITE held", "200 held"}});
  CHECK(x.end.news() == "hear answer-held ");
  x.call.play({{20, "INVITE sdp", "200 sdp"}, {30, "INVITE", "200 sdp"}});
  CHECK(x.end.news() == "hear answer offer ");
}

TEST_CASE("digits go as RTP, take their time, and are not cut off by hanging "
          "up; meanwhile the peer is heard") {
  auto plan = talks({{step_kind::dtmf, 100ms, &digits}});
  plan.talk = 300ms;
  with_media x{plan};
  x.call.play({{0, "start", "INVITE 2001 sdp"},
               {10, "200 sdp", "ACK"},
               {110, "time", ""}});
  CHECK(x.end.news() == "offer hear talk dial-12 ");
  x.call.play({{400, "INVITE sdp", "200 sdp"}, {510, "time", ""}});
  CHECK(x.call.counts.steps[static_cast<size_t>(step_kind::dtmf)].done == 1);
  CHECK(traffic::next_deadline(x.call.session())
        <= model::time_point{1h} + 310ms); // it should have hung up by then
}

TEST_CASE("a peer without telephone-events is sent digits by INFO") {
  with_media x{talks({{step_kind::dtmf, 100ms, &digits}})};
  x.end.takes_digits = false;
  x.call.play({{0, "start", "INVITE 2001 sdp"},
               {10, "200 sdp", "ACK"},
               {110, "time", "INFO 1"},
               {111, "200 to INFO", "INFO 2"}});
}
