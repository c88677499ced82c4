#include "actors/crowd.hpp"
#include "test/actors/turntable.hpp"

#include <caf/send.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

/// Users of crowds who have mouths and ears, in virtual time.
using namespace strowger;
using namespace std::chrono_literals;

namespace {

struct silent_registrar final : registering_wire {
  void send(registration_order&&, registration_listener) override {
    // nop
  }
  void send(subscription_order&&, subscription_listener) override {
    // nop
  }
};

/// Remembers whose calls they are, and the last INVITE.
struct keeping_wire final : wire {
  std::vector<dialog_user> users;
  std::optional<model::invite> invite;

  void adopt(model::call_id, dialog_user who) override {
    users.push_back(std::move(who));
  }
  void perform(model::call_id, model::command&& x) override {
    if (auto* found = std::get_if<model::invite>(&x))
      invite = std::move(*found);
  }
  void close(model::call_id) override {
    // nop
  }
  void probe(const std::string&, probe_listener) override {
    // nop
  }
  void answer(enrolled&&) override {
    // nop
  }
};

/// Gives ends that are opened and closed, and only so many.
struct paper_room final : media_room {
  struct end final : traffic::media_end {
    end(paper_room& host, media_account account) : host_(host), at_(account) {
      ++host_.open_ends;
    }
    ~end() override {
      --host_.open_ends;
      traffic::media_tally seen;
      seen.calls = 1;
      host_.accounts[at_].merge(seen);
    }
    model::content offer(bool) override {
      return {"application/sdp", "v=0\r\nm=audio 4000 RTP/AVP 8\r\n"};
    }
    model::content answer(bool) override {
      return offer(false);
    }
    void hear(const model::content&) override {
      // nop
    }
    void talk(bool) override {
      // nop
    }
    std::optional<std::chrono::milliseconds>
    send_digits(std::string_view) override {
      return std::nullopt;
    }

  private:
    paper_room& host_;
    media_account at_;
  };

  std::unique_ptr<traffic::media_end> open(media_account account) override {
    return open_ends < room ? std::make_unique<end>(*this, account) : nullptr;
  }
  traffic::media_tally take(media_account account) override {
    return std::exchange(accounts[account], {});
  }
  bool settled() const override {
    return is_settled;
  }

  int open_ends = 0;
  int room = 100;
  bool is_settled = true;
  std::map<media_account, traffic::media_tally> accounts;
};

/// Users 2001 and 2002 of the second of two populations, two calls a second.
traffic::scenario callers() {
  traffic::scenario x;
  x.target = "192.0.2.9:5060";
  x.populations.emplace_back().name = "others";
  auto& who = x.populations.emplace_back();
  who.name = "callers";
  who.users = {{"2001", {}}, {"2002", {}}};
  auto& calls = who.calls.emplace();
  calls.numbers = {"1001"};
  calls.arrivals.what = traffic::arrival_law::constant{2};
  calls.talk = traffic::duration_law{traffic::duration_law::fixed{3}};
  return x;
}

std::shared_ptr<const model::directory> lab() {
  model::directory_builder b{"lab"};
  b.set(model::option::sip_address, std::string{"192.0.2.1"});
  return b.build();
}

struct talking : test::turntable {
  talking() : users(system, reactor, script, script.populations[1], lab()) {
    users.attach(paper, registrar);
    users.attach(room);
  }
  ~talking() {
    users.shut_down();
    reactor.run();
  }

  void refuse_all() {
    for (auto& x : paper.users) {
      model::responded no;
      no.status = 486;
      caf::anon_send(x, std::move(no));
    }
    pass(1ms);
  }
  /// What callers counted in the window.
  traffic::tally counted(run_window window) {
    auto all = users.take_counts();
    return crowd::of(all, call_side::caller, window);
  }

  traffic::scenario script = callers();
  paper_room room;
  keeping_wire paper;
  silent_registrar registrar;
  crowd users;
};

} // namespace

TEST_CASE_FIXTURE(talking, "each call has an end of its own, which is in its "
                           "INVITE, and is closed with the call") {
  users.set_window(run_window::steady);
  users.start_calling(reactor.now());
  pass(900ms);
  CHECK(room.open_ends == 2);
  REQUIRE(paper.invite);
  CHECK(paper.invite->body.data == "v=0\r\nm=audio 4000 RTP/AVP 8\r\n");
  users.stop();
  refuse_all();
  CHECK(room.open_ends == 0);
  CHECK(counted(run_window::warm_up).media.calls == 0);
}

TEST_CASE_FIXTURE(talking,
                  "what was heard counts where its call counts, once") {
  users.set_window(run_window::steady);
  users.start_calling(reactor.now());
  pass(400ms);
  users.set_window(run_window::drain);
  refuse_all();
  auto all = users.take_counts();
  auto calls = [&](run_window x) {
    return crowd::of(all, call_side::caller, x).media.calls;
  };
  CHECK(calls(run_window::steady) == 1);
  CHECK(calls(run_window::drain) == 0);
  CHECK(counted(run_window::steady).media.calls == 0);
}

TEST_CASE_FIXTURE(talking, "a call without a port is made, and counted") {
  room.room = 1;
  users.start_calling(reactor.now());
  pass(900ms);
  CHECK(paper.users.size() == 2);
  CHECK(counted(run_window::warm_up).media.without_port == 1);
}

TEST_CASE_FIXTURE(talking,
                  "a crowd is busy until all that was heard is known") {
  CHECK(users.idle());
  room.is_settled = false;
  CHECK(!users.idle());
}
