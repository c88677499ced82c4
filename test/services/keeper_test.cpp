#include "services/config/keeper.hpp"
#include "test/services/config_changes.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

using namespace strowger;
using namespace strowger::test;
using config::change_outcome;
using config::keeper;
using verdict = config::change_outcome::verdict;

namespace {

/// Remembers what it was told.
struct listener final : config::revision_follower {
  void begin(uint64_t revision) override {
    std::lock_guard guard{mutex};
    said += "begin " + std::to_string(revision) + "\n";
  }
  void news(const std::shared_ptr<const config::revision_news>& x) override {
    std::lock_guard guard{mutex};
    said += std::to_string(x->revision) + (x->reloaded ? " file" : "");
    for (auto& one : x->changes)
      said += " " + to_string(one);
    said += "\n";
  }
  std::string look() {
    std::lock_guard guard{mutex};
    return said;
  }

  std::mutex mutex;
  std::string said;
};

/// A keeper in a folder; what is put in force is `now`.
struct kept {
  scratch_folder folder;
  std::string file = folder.file("switch.yaml");
  std::mutex mutex; // guards the two below
  std::shared_ptr<const config::settings> now;
  std::string log;
  std::unique_ptr<keeper> it;

  kept() {
    write("  - {number: \"2001\", type: extension}\n");
    CHECK(start() == "");
  }
  ~kept() {
    it.reset();
  }

  void write(const std::string& dns, const std::string& more = "") {
    std::ofstream{file} << "control: 127.0.0.1:0\ndata: " << folder.path()
                        << "\ndns:\n"
                        << dns << more;
  }

  /// A new process; what is wrong with the file.
  std::string start() {
    it = std::make_unique<keeper>(file);
    auto loaded = it->load();
    std::string errors;
    for (auto& error : loaded.errors)
      errors += error.message + "\n";
    if (!loaded.value)
      return errors;
    now = std::make_shared<config::settings>(std::move(*loaded.value));
    config::keeper_host host;
    host.put_in_force = [this](auto settings, auto done) {
      std::lock_guard guard{mutex};
      auto before = std::exchange(now, std::move(settings));
      done(before);
    };
    host.log = [this](bool, const std::string& line) {
      std::lock_guard guard{mutex};
      log += line + "\n";
    };
    it->start(std::move(host));
    return errors;
  }

  change_outcome apply(std::vector<change> changes, uint64_t expected = 0,
                       std::string id = "", std::string content = "") {
    static int number = 0;
    if (id.empty())
      id = "id" + std::to_string(++number);
    std::promise<change_outcome> answer;
    REQUIRE(it->apply({"anna", id, content, std::move(changes), expected},
                      [&](auto x) { answer.set_value(std::move(x)); }));
    return answer.get_future().get();
  }

  bool has(const std::string& number) {
    std::lock_guard guard{mutex};
    return now->directory->find(number) != nullptr;
  }
  bool logged(const std::string& text) {
    std::lock_guard guard{mutex};
    return log.find(text) != std::string::npos;
  }
  uint64_t revision() {
    std::promise<uint64_t> answer;
    it->look([&](auto& view) {
      answer.set_value(view.revision);
      return false;
    });
    return answer.get_future().get();
  }
};

change new_phone(const std::string& number) {
  return put(object_kind::dn, number, {{"type", {"extension"}}});
}

} // namespace

TEST_CASE_FIXTURE(kept, "what was applied is in force when it is answered, and "
                        "after a restart") {
  CHECK(revision() == 1);
  auto done = apply({new_phone("2009")}, 1);
  CHECK(done.is == verdict::good);
  CHECK(done.revision == 2);
  CHECK(has("2009"));
  CHECK(start() == "");
  CHECK(revision() == 2);
  CHECK(has("2009"));
  CHECK(apply({new_phone("2010")}, 1).is == verdict::revision_conflict);
  CHECK(apply({new_phone("2010")}, 2).revision == 3);
}

TEST_CASE_FIXTURE(kept, "a change set that is wrong changes nothing, also not "
                        "on the disk") {
  auto wrong = apply(
    {new_phone("2009"), set(object_kind::dn, "2001", "ring-timeout", {"x"})});
  CHECK(wrong.is == verdict::invalid);
  REQUIRE(wrong.faults.size() == 1);
  CHECK(wrong.faults[0].change == 1);
  CHECK(wrong.revision == 1);
  CHECK_FALSE(has("2009"));
  start();
  CHECK_FALSE(has("2009"));
  CHECK(revision() == 1);
}

TEST_CASE_FIXTURE(kept, "a request that is sent again is applied once, also "
                        "over a restart") {
  CHECK(apply({new_phone("2009")}, 0, "r1", "a").revision == 2);
  CHECK(apply({new_phone("2009")}, 0, "r1", "a").revision == 2);
  start();
  CHECK(apply({new_phone("2009")}, 0, "r1", "a").revision == 2);
  CHECK(apply({new_phone("2010")}, 0, "r1", "b").is
        == verdict::request_conflict);
  CHECK(revision() == 2);
}

TEST_CASE_FIXTURE(kept, "a request whose client has gone is not carried out") {
  config::change_request x;
  x.client = "anna";
  x.id = "r1";
  x.changes = {new_phone("2009")};
  x.is_wanted = [] { return false; };
  CHECK(it->apply(x, [](auto) { FAIL("nobody wants to know"); }));
  CHECK(revision() == 1);
  CHECK_FALSE(has("2009"));
}

TEST_CASE_FIXTURE(kept, "only checking changes nothing") {
  std::promise<change_outcome> answer;
  it->validate({new_phone("2009")},
               [&](auto x) { answer.set_value(std::move(x)); });
  CHECK(answer.get_future().get().is == verdict::good);
  CHECK_FALSE(has("2009"));
  CHECK(revision() == 1);
}

TEST_CASE_FIXTURE(kept, "a reload keeps the changes on top of the new file") {
  apply(
    {new_phone("2009"), set(object_kind::dn, "2001", "ring-timeout", {"7"})});
  write("  - {number: \"2002\", type: extension}\n");
  it->reload();
  CHECK(eventually([&] { return has("2002"); }));
  CHECK(has("2009"));
  CHECK(revision() == 3);
  CHECK(logged("left out: set dn 2001 ring-timeout (revision 2, anna): there "
               "is no dn 2001"));
  write("  - {number: \"2003\", type: phone}\n");
  it->reload();
  CHECK(eventually([&] {
    return logged("reload refused, the configuration in force stays");
  }));
  CHECK(logged("unknown DN type"));
  CHECK(revision() == 3);
  CHECK(has("2002"));
}

TEST_CASE_FIXTURE(kept, "a file that changed while the switch was down makes a "
                        "revision, and no change can stop the switch") {
  apply({set(object_kind::dn, "2001", "ring-timeout", {"7"})});
  write("  - {number: \"2002\", type: extension}\n");
  CHECK(start() == "");
  CHECK(revision() == 3);
  CHECK(logged("left out: set dn 2001 ring-timeout"));
  CHECK(start() == "");
  CHECK(revision() == 3);
  write("  - {number: \"2001\", type: extension}\n");
  CHECK(start() == "");
  auto phone = now->directory->find("2001");
  CHECK(now->directory->integer(model::option::ring_timeout, phone) == 7);
}

TEST_CASE_FIXTURE(kept, "followers hear of every revision in force, in order") {
  auto who = std::make_shared<listener>();
  CHECK(it->follow(who));
  apply({new_phone("2009")});
  write("  - {number: \"2002\", type: extension}\n");
  it->reload();
  CHECK(eventually(
    [&] { return who->look() == "begin 1\n2 put dn 2009\n3 file\n"; }));
  it->unfollow(who);
  apply({new_phone("2010")});
  CHECK(who->look() == "begin 1\n2 put dn 2009\n3 file\n");
}

TEST_CASE_FIXTURE(kept,
                  "of clients who know the same revision one has its way; "
                  "the others can try again") {
  constexpr int clients = 4;
  constexpr int each = 10;
  std::atomic<int> conflicts = 0;
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client)
    threads.emplace_back([&, client] {
      uint64_t known = 1;
      for (int i = 0; i < each;) {
        auto number = std::to_string(3000 + 100 * client + i);
        std::promise<change_outcome> answer;
        config::change_request x{"anna", number, "", {new_phone(number)},
                                 known,  {}};
        it->apply(x, [&](auto y) { answer.set_value(std::move(y)); });
        auto outcome = answer.get_future().get();
        known = outcome.revision;
        if (outcome.is == verdict::good)
          ++i;
        else
          ++conflicts;
      }
    });
  for (auto& x : threads)
    x.join();
  CHECK(revision() == 1 + clients * each);
  CHECK(conflicts > 0);
  start();
  std::lock_guard guard{mutex};
  CHECK(now->directory->dns().size() == 1 + clients * each);
}

TEST_CASE_FIXTURE(kept, "without a store nothing is changed, and the switch "
                        "runs") {
  it.reset();
  std::filesystem::remove(folder.file("configuration.sqlite"));
  std::filesystem::create_directory(folder.file("configuration.sqlite"));
  CHECK(start() == "");
  CHECK(logged("changes of the configuration are not kept: "));
  auto refused = apply({new_phone("2009")});
  CHECK(refused.is == verdict::not_stored);
  CHECK(refused.text.find("configuration.sqlite") != std::string::npos);
  CHECK_FALSE(has("2009"));
}

TEST_CASE_FIXTURE(kept, "a switch without a control plane still has what was "
                        "changed") {
  apply({new_phone("2009")});
  std::ofstream{file} << "data: " << folder.path() << "\ndns: []\n";
  CHECK(start() == "");
  CHECK(has("2009"));
}
