#include "test/traffic/session_script.hpp"

#include <chrono>

using namespace strowger;
using namespace strowger::test;
using namespace std::chrono_literals;
using traffic::latency;
using traffic::outcome;
using traffic::step_kind;

namespace {

traffic::course talks_for(model::duration talk) {
  traffic::course x;
  x.hangs_up = true;
  x.talk = talk;
  return x;
}

traffic::course answers_after(model::duration ring, model::duration answer) {
  traffic::course x;
  x.rings = true;
  x.ring_after = ring;
  x.answer_after = answer;
  return x;
}

const std::string digits = "12";
const std::string other = "2003";

traffic::course steps(std::initializer_list<traffic::planned_step> all) {
  auto x = talks_for(10s);
  x.steps = all;
  return x;
}

std::uint64_t median(const session_script& s, latency what) {
  return s.counts[what].percentile_us(50);
}

} // namespace

TEST_CASE("a caller talks as long as it wants to, and measures every step from "
          "its intended start") {
  session_script s{talks_for(2s)};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {3, "100", ""},
    {50, "180", ""},
    {60, "180", ""},
    {200, "200", "ACK"},
    {2200, "time", "BYE"},
    {2204, "200 to BYE", "forget"},
  });
  CHECK(median(s, latency::trying) == 3000);
  CHECK(median(s, latency::ringing) == 50'000);
  CHECK(s.counts[latency::ringing].count() == 1);
  CHECK(s.counts[latency::answer].max_us() == 200'000);
  CHECK(s.counts[latency::bye].max_us() == 4000);
  CHECK(s.counts[outcome::answered] == 1);
  CHECK(s.counts.ended_cleanly == 1);
}

TEST_CASE("what a call came to is counted by class") {
  struct row {
    const char* response;
    outcome what;
  };
  for (auto& r : std::initializer_list<row>{
         {"486", outcome::busy},
         {"603", outcome::declined},
         {"480", outcome::no_answer},
         {"404", outcome::refused},
         {"503", outcome::server_error},
         {"302", outcome::redirected},
         {"408 local", outcome::timeout},
         {"503 local", outcome::transport},
       }) {
    CAPTURE(r.response);
    session_script s{talks_for(2s)};
    s.play({{0, "start", "INVITE 2001 sdp"}, {90, r.response, "forget"}});
    CHECK(s.counts[r.what] == 1);
  }
}

TEST_CASE("a caller without patience cancels, and is counted as abandoned") {
  auto plan = talks_for(2s);
  plan.patience = 5s;
  session_script s{plan};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {50, "180", ""},
    {5000, "time", "CANCEL"},
    {5010, "487", "forget"},
  });
  CHECK(s.counts[outcome::abandoned] == 1);
  CHECK(s.counts.failed() == 0);
}

TEST_CASE("an answer that crosses the CANCEL is hung up at once") {
  auto plan = talks_for(2s);
  plan.patience = 5s;
  session_script s{plan};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {5000, "time", "CANCEL"},
    {5010, "200", "ACK, BYE"},
    {5020, "200 to BYE", "forget"},
  });
  CHECK(s.counts[outcome::answered] == 1);
}

TEST_CASE("a call whose BYE is not answered with 2xx was cut off") {
  for (auto* response : {"481 to BYE", "408 to BYE local"}) {
    session_script s{talks_for(1s)};
    s.play({
      {0, "start", "INVITE 2001 sdp"},
      {100, "200", "ACK"},
      {1100, "time", "BYE"},
      {1200, response, "forget"},
    });
    CHECK(s.counts.cut_off == 1);
    CHECK(s.counts.ended_cleanly == 0);
  }
}

TEST_CASE("a user rings, answers, waits for the ACK, and is hung up") {
  session_script s{answers_after(50ms, 200ms)};
  s.play({
    {0, "offered", ""},
    {50, "time", "180"},
    {200, "time", "200 sdp"},
    {207, "ACK", ""},
    {900, "BYE", "200, forget"},
  });
  CHECK(s.counts[latency::acknowledge].max_us() == 7000);
  CHECK(s.counts.ended_cleanly == 1);
}

TEST_CASE("a user that answers as soon as it rings still rings first") {
  session_script s{answers_after(0s, 0s)};
  s.play({{0, "offered", "180, 200 sdp"}});
}

TEST_CASE("early media is 183 with a description") {
  auto plan = answers_after(50ms, 200ms);
  plan.early_media = true;
  session_script s{plan};
  s.play({{0, "offered", ""}, {50, "time", "183 sdp"}});
}

TEST_CASE("a user that is busy refuses; one that is given up answers 487") {
  auto busy = answers_after(50ms, 0s);
  busy.status = 486;
  session_script s{busy};
  s.play({{0, "offered", "486, forget"}});
  CHECK(s.counts[outcome::busy] == 1);
  session_script t{answers_after(50ms, 1s)};
  t.play({
    {0, "offered", ""},
    {50, "time", "180"},
    {500, "CANCEL", "487, forget"},
  });
  CHECK(t.counts[outcome::abandoned] == 1);
}

TEST_CASE("an answer that nobody acknowledges is hung up and was cut off") {
  session_script s{answers_after(50ms, 0s)};
  s.play({
    {0, "offered", "200 sdp"},
    {32000, "unacknowledged", "BYE"},
    {32005, "200 to BYE", "forget"},
  });
  CHECK(s.counts.cut_off == 1);
}

TEST_CASE("hold, retrieve and digits follow one another") {
  session_script s{steps({{step_kind::hold, 1s, nullptr},
                          {step_kind::retrieve, 2s, nullptr},
                          {step_kind::dtmf, 500ms, &digits}})};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {0, "200", "ACK"},
    {1000, "time", "INVITE held"},
    {1010, "200 to INVITE", "ACK"},
    {3010, "time", "INVITE sdp"},
    {3020, "491 to INVITE", ""},
    {5520, "time", "INVITE sdp"},
    {5530, "200 to INVITE", "ACK"},
    {6030, "time", "INFO 1"},
    {6040, "200 to INFO", "INFO 2"},
    {6050, "200 to INFO", ""},
    {10000, "time", "BYE"},
    {10010, "200 to BYE", "forget"},
  });
  CHECK(s.counts.steps[static_cast<size_t>(step_kind::hold)].done == 1);
  CHECK(s.counts.steps[static_cast<size_t>(step_kind::dtmf)].done == 1);
}

TEST_CASE("who is put on hold agrees; an offer that crosses ours gets 491") {
  session_script s{steps({{step_kind::reinvite, 1s, nullptr}})};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {0, "200", "ACK"},
    {500, "INVITE held", "200 held"},
    {600, "INVITE sdp", "200 sdp"},
    {1000, "time", "INVITE sdp"},
    {1001, "INVITE sdp", "491"},
    {1010, "200 to INVITE", "ACK"},
  });
}

TEST_CASE("a blind transfer is over when NOTIFY says so") {
  session_script s{steps({{step_kind::blind_transfer, 1s, &other}})};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {0, "200", "ACK"},
    {1000, "time", "REFER sip:2003@test.example"},
    {1010, "202 to REFER", ""},
    {1020, "NOTIFY 100", "200"},
    {1500, "NOTIFY 200", "200, BYE"},
    {1510, "200 to BYE", "forget"},
  });
  CHECK(s.counts.steps[static_cast<size_t>(step_kind::blind_transfer)].done
        == 1);
  session_script t{steps({{step_kind::blind_transfer, 1s, &other}})};
  t.play({
    {0, "start", "INVITE 2001 sdp"},
    {0, "200", "ACK"},
    {1000, "time", "REFER sip:2003@test.example"},
    {1010, "202 to REFER", ""},
    {1500, "NOTIFY 486", "200"},
    {10000, "time", "BYE"},
  });
  CHECK(t.counts.steps[static_cast<size_t>(step_kind::blind_transfer)].failed
        == 1);
}

TEST_CASE("an attended transfer calls the target, then joins both by REFER "
          "with Replaces") {
  session_script s{steps({{step_kind::attended_transfer, 1s, &other}})};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {0, "200", "ACK"},
    {1000, "time", "INVITE' 2003 sdp"},
    {1010, "180'", ""},
    {1200, "200'", "ACK', REFER sip:2003@test.example replaces"},
    {1210, "202 to REFER", ""},
    {1220, "BYE'", "200', forget'"},
    {1230, "NOTIFY 200", "200, BYE"},
    {1240, "200 to BYE", "forget"},
  });
  CHECK(s.counts.steps[static_cast<size_t>(step_kind::attended_transfer)].done
        == 1);
}

TEST_CASE("an attended transfer to somebody busy fails, and the call goes on") {
  session_script s{steps({{step_kind::attended_transfer, 1s, &other}})};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {0, "200", "ACK"},
    {1000, "time", "INVITE' 2003 sdp"},
    {1010, "486'", "forget'"},
    {10000, "time", "BYE"},
  });
}

TEST_CASE("who is hung up while consulting gives the consultation up") {
  session_script s{steps({{step_kind::attended_transfer, 1s, &other}})};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {0, "200", "ACK"},
    {1000, "time", "INVITE' 2003 sdp"},
    {1100, "BYE", "200, forget, CANCEL'"},
  });
  CHECK(s.counts.ended_cleanly == 1);
}

TEST_CASE("a user that is asked by REFER calls whom it is told, says what came "
          "of it, and talks there") {
  session_script s{talks_for(10s)};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {0, "200", "ACK"},
    {500, "REFER 2003",
     "202, NOTIFY 100, INVITE'' 2003 sdp by udp:192.0.2.9:5060"},
    {510, "200 to NOTIFY", ""},
    {600, "180''", ""},
    {700, "200''", "ACK'', NOTIFY 200"},
    {710, "BYE", "200, forget"},
    {10000, "time", "BYE''"},
    {10010, "200'' to BYE", "forget''"},
  });
  CHECK(s.counts.ended_cleanly == 1);
}

TEST_CASE("a REFER that comes to nothing leaves the call as it was") {
  session_script s{talks_for(10s)};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {0, "200", "ACK"},
    {500, "REFER 2003",
     "202, NOTIFY 100, INVITE'' 2003 sdp by udp:192.0.2.9:5060"},
    {600, "486''", "forget'', NOTIFY 486"},
    {10000, "time", "BYE"},
  });
}

TEST_CASE("a user that is asked to take over a dialog calls with Replaces") {
  session_script s{talks_for(10s)};
  s.play({
    {0, "start", "INVITE 2001 sdp"},
    {0, "200", "ACK"},
    {500, "REFER 2003 replacing 7@x;to-tag=a;from-tag=b",
     "202, NOTIFY 100, INVITE'' 2003 sdp by udp:192.0.2.9:5060 "
     "Replaces: 7@x;to-tag=a;from-tag=b"},
    {700, "200''", "ACK'', NOTIFY 200"},
    {710, "BYE", "200, forget"},
    {10000, "time", "BYE''"},
    {10010, "200'' to BYE", "forget''"},
  });
  CHECK(s.counts.ended_cleanly == 1);
}

TEST_CASE("who is called in place of a call that is there answers at once") {
  session_script s{answers_after(50ms, 1s)};
  s.play({{0, "offered replacing", "200 sdp"}, {10, "ACK", ""}});
  CHECK(s.counts[outcome::answered] == 1);
  session_script late{answers_after(50ms, 1s)};
  late.play({{0, "offered replacing early", "486, forget"}});
}

TEST_CASE("at the end of a run every call is ended as it has to be") {
  session_script calling{talks_for(1h)};
  calling.play({
    {0, "start", "INVITE 2001 sdp"},
    {10, "clear", "CANCEL"},
    {20, "487", "forget"},
  });
  session_script talking{talks_for(1h)};
  talking.play({
    {0, "start", "INVITE 2001 sdp"},
    {10, "200", "ACK"},
    {20, "clear", "BYE"},
    {30, "200 to BYE", "forget"},
  });
  session_script called{answers_after(50ms, 1h)};
  called.play({{0, "offered", ""}, {20, "clear", "480, forget"}});
}
