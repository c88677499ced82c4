#include "actors/model/call.hpp"
#include "test/sim/offices.hpp"
#include "test/sim/trace.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What the property test has found, as short stories: what the call hears, and
/// what it does then.
using namespace strowger::model;
using namespace std::chrono_literals;
using strowger::sim::describe;
using strowger::sim::office;
using strowger::sim::signal;

namespace {

content sdp(int leg, int version) {
  auto id = std::to_string(leg) + " " + std::to_string(version);
  return {"application/sdp", "v=0\r\no=- " + id
                               + " IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                 "m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n"};
}

signal asks(leg_number leg, txn_number txn, method m, content body = {}) {
  requested x;
  x.leg = leg;
  x.txn = txn;
  x.method = m;
  x.body = std::move(body);
  return x;
}

signal says(leg_number leg, txn_number txn, uint16_t status, content body = {},
            uint32_t rseq = 0) {
  responded x;
  x.leg = leg;
  x.txn = txn;
  x.status = status;
  x.body = std::move(body);
  x.rseq = rseq;
  x.update_allowed = true;
  return x;
}

signal acks(leg_number leg, content body = {}) {
  acked x;
  x.leg = leg;
  x.body = std::move(body);
  return x;
}

/// Who does not answer for 5 s does not get the call.
std::shared_ptr<const diversion_terms> overflow_to_103() {
  diversion_terms x;
  x.overflow = {"103"};
  x.no_answer_timeout_s = 5;
  return std::make_shared<const diversion_terms>(std::move(x));
}

/// A stranger's call to 100, to be answered by one or more of its targets.
class story {
public:
  story(content body, size_t targets, bool parallel,
        std::shared_ptr<const diversion_terms> diversions = nullptr) {
    offered x;
    x.called = "100";
    x.reliable = true;
    x.update_allowed = true;
    x.body = std::move(body);
    step(c_, std::move(x), context_, fx_);
    seized y;
    y.targets.resize(targets);
    y.parallel = parallel;
    y.diversions = std::move(diversions);
    step(c_, std::move(y), context_, fx_);
  }

  /// The commands, and the record, that follow from a signal.
  std::string hear(signal&& x) {
    fx_.clear();
    std::visit([&](auto&& y) { step(c_, std::move(y), context_, fx_); },
               std::move(x));
    return told();
  }

  std::string wait(duration delay) {
    fx_.clear();
    context_.now += delay;
    step_deadline(c_, context_, fx_);
    return told();
  }

private:
  std::string told() const {
    std::string text;
    for (auto& x : fx_.wire)
      text += (text.empty() ? "" : "; ") + describe(x);
    if (fx_.finished)
      text += (text.empty() ? "" : "; ") + describe(*fx_.finished);
    return text;
  }

  call c_;
  effects fx_;
  turn_counters turns_;
  context context_{{}, office(0), turns_};
};

struct line {
  signal heard;
  std::string told;
};

void play(story& s, std::vector<line> lines) {
  for (auto& x : lines) {
    CAPTURE(describe(x.heard));
    CHECK(s.hear(std::move(x.heard)) == x.told);
  }
}

} // namespace

TEST_CASE("a 2xx whose answer will never come is acknowledged all the same") {
  SUBCASE("the callee says BYE before the caller's ACK brings the answer") {
    story s{{}, 1, false};
    play(s, {{says(1, 0, 200, sdp(1, 1)), "leg 0 #0 200 [sdp 1 1 sendrecv]"},
             {asks(1, 1, method::bye),
              "leg 1 #1 200; leg 1 #0 ACK [sdp 1 1 inactive]; leg 1 #0 forget"},
             {acks(0, sdp(0, 1)), "leg 0 #1 BYE"}});
  }
  SUBCASE("the caller says BYE instead of answering in the ACK") {
    story s{sdp(0, 1), 1, false};
    play(s, {{says(1, 0, 200, sdp(1, 1)),
              "leg 1 #0 ACK; leg 0 #0 200 [sdp 1 1 sendrecv]"},
             {acks(0), ""},
             {asks(0, 1, method::invite), "leg 1 #1 INVITE timer=1800,-,min 0"},
             {says(1, 1, 200, sdp(1, 2)), "leg 0 #1 200 [sdp 1 2 sendrecv]"},
             {asks(0, 2, method::bye),
              "leg 0 #2 200; leg 1 #1 ACK; leg 0 #0 forget; leg 1 #2 BYE"}});
  }
}

TEST_CASE("a caller that holds a reliable answer is bound to that leg") {
  story s{sdp(0, 1), 2, false};
  play(s, {{says(1, 0, 183, sdp(1, 1), 1),
            "leg 0 #0 183 reliable [sdp 1 1 sendrecv]"},
           {asks(0, 1, method::prack), "leg 1 #1 PRACK rseq=1"},
           {says(1, 1, 200), "leg 0 #1 200"},
           {says(1, 0, 503), "leg 1 #0 forget; leg 0 #0 500; "
                             "leg 0 #0 forget; "
                             "finished failed 500 by called"}});
}

TEST_CASE("an answer that went by reliably is not given twice") {
  story s{sdp(0, 1), 1, false};
  play(s, {{says(1, 0, 183, sdp(1, 1), 1),
            "leg 0 #0 183 reliable [sdp 1 1 sendrecv]"},
           {asks(0, 1, method::prack), "leg 1 #1 PRACK rseq=1"},
           {says(1, 1, 200), "leg 0 #1 200"},
           {says(1, 0, 200, sdp(1, 1)), "leg 1 #0 ACK; leg 0 #0 200"}});
}

TEST_CASE("a PRACK for a leg that has failed since is answered at once") {
  story s{sdp(0, 1), 2, false};
  CHECK(s.hear(says(1, 0, 180, {}, 1)) == "leg 0 #0 180 reliable");
  auto next = s.hear(says(1, 0, 503));
  CHECK(next.find("leg 2 #0 INVITE") != std::string::npos);
  // One at a time: this one cannot go to the caller reliably.
  play(s, {{says(2, 0, 180, {}, 1), "leg 2 #1 PRACK rseq=1; leg 0 #0 180"},
           {asks(0, 1, method::prack), "leg 0 #1 200"}});
}

TEST_CASE("a PRACK for a leg that we have said BYE to is answered at once") {
  story s{sdp(0, 1), 1, false, overflow_to_103()};
  play(s, {{says(1, 0, 180, {}, 1), "leg 0 #0 180 reliable"}});
  CHECK(s.wait(5s) == "leg 1 #0 CANCEL");
  play(s, {{says(1, 0, 200, sdp(1, 1)), "leg 1 #0 ACK; leg 1 #1 BYE"},
           {asks(0, 1, method::prack), "leg 0 #1 200"}});
}

TEST_CASE("an offer in a PRACK that meets an UPDATE is refused") {
  story s{sdp(0, 1), 1, false};
  play(s, {{says(1, 0, 183, sdp(1, 1), 1),
            "leg 0 #0 183 reliable [sdp 1 1 sendrecv]"},
           {asks(0, 1, method::prack), "leg 1 #1 PRACK rseq=1"},
           {says(1, 1, 200), "leg 0 #1 200"},
           {says(1, 0, 180, {}, 2), "leg 0 #0 180 reliable"},
           {asks(1, 1, method::update, sdp(1, 2)),
            "leg 0 #1 UPDATE timer=1800,-,min 0 [sdp 1 2 sendrecv]"},
           {asks(0, 2, method::prack, sdp(0, 2)),
            "leg 0 #2 491; leg 1 #2 PRACK rseq=2"},
           {says(0, 1, 200, sdp(0, 3)), "leg 1 #1 200 [sdp 0 3 sendrecv]"}});
}

TEST_CASE("without a PRACK the caller gets a 5xx, and so does the record") {
  story s{sdp(0, 1), 1, false};
  play(
    s,
    {{says(1, 0, 180, {}, 1), "leg 0 #0 180 reliable"},
     {unacknowledged{0, 0}, "leg 0 #0 500; leg 0 #0 forget; leg 1 #0 CANCEL"},
     {says(1, 0, 487), "leg 1 #0 forget; finished failed 500 by called"}});
}

TEST_CASE("an offer that was refused with 487 is not answered in a later ACK") {
  story s{sdp(0, 1), 1, false};
  play(s, {{says(1, 0, 183, sdp(1, 1), 1),
            "leg 0 #0 183 reliable [sdp 1 1 sendrecv]"},
           {asks(0, 1, method::prack), "leg 1 #1 PRACK rseq=1"},
           {says(1, 1, 200), "leg 0 #1 200"},
           {asks(1, 1, method::update, sdp(1, 2)),
            "leg 0 #1 UPDATE timer=1800,-,min 0 [sdp 1 2 sendrecv]"},
           {cancelled{0}, "leg 0 #0 487; leg 1 #1 487; leg 0 #0 forget; "
                          "leg 1 #0 CANCEL"},
           {says(1, 0, 200), "leg 1 #0 ACK; leg 1 #2 BYE"}});
}

TEST_CASE("a fork that lost has no say in the call any more") {
  story s{sdp(0, 1), 2, true};
  play(s, {{says(1, 0, 200, sdp(1, 1)),
            "leg 2 #0 CANCEL; leg 1 #0 ACK; leg 0 #0 200 [sdp 1 1 sendrecv]"},
           {says(2, 0, 200, sdp(2, 1)), "leg 2 #0 ACK; leg 2 #1 BYE"},
           {asks(2, 1, method::invite, sdp(2, 2)), "leg 2 #1 481"}});
}

TEST_CASE("the BYE of a fork that lost, crossing ours, does not end the call") {
  story s{sdp(0, 1), 2, true};
  play(s, {{says(1, 0, 200, sdp(1, 1)),
            "leg 2 #0 CANCEL; leg 1 #0 ACK; leg 0 #0 200 [sdp 1 1 sendrecv]"},
           {says(2, 0, 200, sdp(2, 1)), "leg 2 #0 ACK; leg 2 #1 BYE"},
           {asks(2, 1, method::bye), "leg 2 #1 200; leg 2 #0 forget"}});
}

TEST_CASE("nothing is passed on to a caller that has no dialog yet") {
  story s{sdp(0, 1), 1, false};
  play(s, {{asks(1, 1, method::info), "leg 1 #1 480"}});
}

TEST_CASE("a callee that says BYE before its 2xx was seen has not answered") {
  story s{sdp(0, 1), 1, false};
  play(s, {{asks(1, 1, method::bye),
            "leg 1 #1 200; leg 1 #0 forget; leg 0 #0 480; leg 0 #0 forget; "
            "finished no_answer 480 by called"}});
}

TEST_CASE("a 487 that the caller did not ask for is no abandoned call") {
  story s{sdp(0, 1), 1, false};
  play(s, {{says(1, 0, 487), "leg 1 #0 forget; leg 0 #0 487; leg 0 #0 "
                             "forget; finished no_answer 487 by called"}});
}

TEST_CASE("a refresh that times out after BYE does not keep the call") {
  story s{sdp(0, 1), 1, false};
  auto answer = std::get<responded>(says(1, 0, 200, sdp(1, 1)));
  answer.session.interval_s = 1800;
  answer.session.refresher = refresher::uac;
  answer.session.supported = true;
  s.hear(std::move(answer));
  s.hear(acks(0));
  CHECK(s.wait(900s) == "leg 1 #1 UPDATE timer=1800,uac,min 0");
  play(
    s,
    {{asks(0, 1, method::bye), "leg 0 #1 200; leg 0 #0 forget; leg 1 #2 BYE"},
     {says(1, 1, 408), "leg 1 #0 forget; finished answered 200 by caller"}});
}
