#include "sip/tls_sessions.hpp"
#include "test/sip/tls_fixture.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <thread>
#include <vector>

using namespace strowger;
using namespace strowger::test;

namespace {

// What OpenSSL itself says about its objects, by the thread that made and freed
// them.
thread_local int sessions_made = 0;
thread_local int sessions_left = 0;
thread_local int contexts_left = 0;

void count_objects() {
  static const int indices[] = {
    CRYPTO_get_ex_new_index(
      CRYPTO_EX_INDEX_SSL, 0, nullptr,
      [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) {
        ++sessions_made;
        ++sessions_left;
      },
      nullptr,
      [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { --sessions_left; }),
    CRYPTO_get_ex_new_index(
      CRYPTO_EX_INDEX_SSL_CTX, 0, nullptr,
      [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { ++contexts_left; },
      nullptr,
      [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) {
        --contexts_left;
      })};
  for (int index : indices)
    REQUIRE(index >= 0);
}

// Counts from before the stack is made.
struct counting {
  counting() {
    count_objects();
    before = sessions_left;
    contexts_before = contexts_left;
  }
  int before = 0;
  int contexts_before = 0;
};

struct counted_fixture : counting, tls_fixture {
  // Turns until the stack has made a session for a client that has connected.
  void accepted(int made) {
    REQUIRE(until([=] { return sessions_made > made; }));
  }

  void greeted(tls_client& x) {
    REQUIRE(until([&] { return x.shake_hands(); }));
  }

  // Turns until nothing is left but `n` sessions of the stack.
  bool swept(size_t n = 0) {
    return until([&] { return watch.sweep() == n; });
  }

  void works(tls_client& x, int cseq) {
    auto number = std::to_string(cseq);
    x.send("OPTIONS sip:127.0.0.1:26005 SIP/2.0\r\nVia: SIP/2.0/TLS "
           "127.0.0.1:5061;branch=z9hG4bK-o"
           + number
           + "\r\nFrom: <sip:1001@127.0.0.1>;tag=a\r\n"
             "To: <sip:127.0.0.1>\r\nCall-ID: options\r\nCSeq: "
           + number
           + " OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
    CHECK(
      until([&] { return has(x.text(), "CSeq: " + number + " OPTIONS\r\n"); }));
    CHECK(x.text().starts_with("SIP/2.0 200 "));
  }

  sip::tls_sessions watch;
};

struct manner {
  const char* name;
  void (*act)(counted_fixture& f, tls_client& x);
};

const manner manners[] = {
  {"says nothing", [](counted_fixture&, tls_client&) {}},
  {"resets", [](counted_fixture&, tls_client& x) { x.reset(); }},
  {"speaks SIP in the clear",
   [](counted_fixture&, tls_client& x) {
     x.send_raw("OPTIONS sip:127.0.0.1 SIP/2.0\r\n\r\n");
   }},
  {"says half a ClientHello",
   [](counted_fixture& f, tls_client& x) {
     auto hello = x.hello();
     x.send_raw(std::string_view{hello}.substr(0, hello.size() / 2));
     f.loop.step(1);
   }},
  {"leaves in the handshake",
   [](counted_fixture& f, tls_client& x) {
     x.send_raw(x.hello());
     f.loop.step(1);
   }},
  {"leaves without a word",
   [](counted_fixture& f, tls_client& x) { f.greeted(x); }},
  {"says goodbye",
   [](counted_fixture& f, tls_client& x) {
     f.greeted(x);
     x.say_goodbye();
   }},
  {"says goodbye and waits for the end",
   [](counted_fixture& f, tls_client& x) {
     f.greeted(x);
     x.say_goodbye();
     CHECK(f.until([&] { return x.is_closed(); }));
   }},
  {"sends half a request",
   [](counted_fixture& f, tls_client& x) {
     f.greeted(x);
     x.send("OPTIONS sip:127.0.0.1 SIP/2.0\r\nContent-Length: 9\r\n\r\n1");
     f.loop.step(1);
   }},
  {"is answered", [](counted_fixture& f, tls_client& x) {
     f.greeted(x);
     f.works(x, 1);
   }}};

size_t open_files() {
  std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

} // namespace

// -- connections that end -----------------------------------------------------

TEST_CASE_FIXTURE(counted_fixture, "however a peer leaves, its TLS session is "
                                   "freed") {
  for (int i = 0; i < 200; ++i) {
    const auto& x = manners[static_cast<size_t>(i) % std::size(manners)];
    INFO(x.name);
    tls_client client(tls_port);
    auto made = sessions_made;
    if (i % 3 != 0) // otherwise all of it has come when it is accepted
      accepted(made);
    x.act(*this, client);
    client.close();
    accepted(made);
    if (i % 7 == 0) // mostly a number is used again before anybody looks
      watch.sweep();
  }
  CHECK(swept());
  CHECK(sessions_left == before);
}

TEST_CASE_FIXTURE(counted_fixture, "many sessions that end at once are freed") {
  std::vector<std::unique_ptr<tls_client>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<tls_client>(tls_port));
    greeted(*clients.back());
  }
  CHECK(watch.sweep() == 50);
  clients.clear();
  CHECK(swept());
  CHECK(sessions_left == before);
}

TEST_CASE_FIXTURE(counted_fixture, "sessions of peers that never spoke, or are "
                                   "connected still, are freed with the "
                                   "stack") {
  tls_client silent(tls_port);
  accepted(sessions_made);
  tls_client greeting(tls_port);
  greeted(greeting);
  CHECK(watch.sweep() == 2);
  stack.shut_down();
  CHECK(sessions_left == before + 2); // those of the clients
  CHECK(contexts_left == contexts_before + 2);
  CHECK(turns.counters().tls_sessions.read() == 0);
}

TEST_CASE_FIXTURE(counted_fixture, "a session towards a peer that refuses, or "
                                   "closes, is freed") {
  peer a(26001);
  call_from(a);
  model::invite x;
  x.body = {"application/sdp", std::string{sdp}};
  auto made = sessions_made;
  SUBCASE("that refuses") {
    x.leg = 1;
    x.target.uri = "sip:bob@127.0.0.1:26007;transport=tls";
    perform(std::move(x));
  }
  SUBCASE("that closes before the handshake") {
    {
      peer closes(26006, true);
      closes.listen();
      x.leg = 1;
      x.target.uri = "sip:bob@127.0.0.1:26006;transport=tls";
      perform(std::move(x));
      accepted(made);
    }
  }
  CHECK(hear<model::responded>().status == 503);
  CHECK(sessions_made > made);
  CHECK(swept());
  CHECK(sessions_left == before);
}

// -- connections in use -------------------------------------------------------

TEST_CASE_FIXTURE(counted_fixture, "a connection in use stays whole while "
                                   "others come and go") {
  tls_client phone(tls_port);
  greeted(phone);
  works(phone, 1);
  for (int i = 2; i < 40; ++i) {
    {
      tls_client other(tls_port);
      greeted(other);
    }
    if (i % 3 == 0)
      CHECK(swept(1));
    works(phone, i);
  }
  CHECK(swept(1));
  works(phone, 40);
  phone.close();
  CHECK(swept());
}

TEST_CASE_FIXTURE(counted_fixture, "who uses the number of a closed connection "
                                   "keeps it") {
  auto files = open_files();
  {
    tls_client gone(tls_port);
    greeted(gone);
  }
  REQUIRE(until([&] { return open_files() == files; }));
  std::vector<int> users;
  for (int i = 0; i < 3; ++i)
    users.push_back(socket(AF_INET, SOCK_DGRAM, 0));
  CHECK(watch.sweep() == 0);
  CHECK(sessions_left == before);
  for (int user : users) {
    CHECK(fcntl(user, F_GETFD) >= 0);
    close(user);
  }
}

TEST_CASE_FIXTURE(counted_fixture, "the gauge follows within a second") {
  auto& gauge = turns.counters().tls_sessions;
  {
    tls_client phone(tls_port);
    greeted(phone);
    CHECK(until([&] { return gauge.read() == 1; }, 3000));
  }
  CHECK(until([&] { return gauge.read() == 0; }, 3000));
  CHECK(sessions_left == before);
}

// -- sessions of others -------------------------------------------------------

TEST_CASE("sessions that others free, or that have no socket, are theirs") {
  count_objects();
  sip::tls_sessions watch;
  sip::tls_sessions second; // shares what is watched
  auto* context = SSL_CTX_new(TLS_method());
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  auto before = sessions_left;
  auto on_socket = [&] {
    auto* result = SSL_new(context);
    SSL_set_fd(result, ends[0]);
    return result;
  };
  auto* here = on_socket();
  auto* in_memory = SSL_new(context);
  auto* memory = BIO_new(BIO_s_mem());
  SSL_set_bio(in_memory, memory, memory);
  auto* without = SSL_new(context);
  SSL* elsewhere = nullptr;
  std::thread([&] { elsewhere = on_socket(); }).join();
  CHECK(watch.sweep() == 1);
  CHECK(second.sweep() == 1);
  SSL_free(here);
  auto* unseen = on_socket();
  SSL_free(unseen);
  CHECK(watch.sweep() == 0);
  close(ends[0]);
  close(ends[1]);
  CHECK(watch.sweep() == 0);
  CHECK(sessions_left == before + 2);
  SSL_free(in_memory);
  SSL_free(without);
  CHECK(sessions_left == before);
  SSL_free(elsewhere);
  SSL_CTX_free(context);
}

TEST_CASE("of many sessions a thousand are looked at in a sweep, all in turn") {
  constexpr size_t all = 1500;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 2 * all);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &files) == 0);
  counting objects;
  sip::tls_sessions watch;
  auto* context = SSL_CTX_new(TLS_method());
  std::vector<std::function<void()>> leave; // as sofia leaves a session
  for (size_t i = 0; i < all; ++i) {
    auto socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    REQUIRE(socket >= 0);
    auto* bio = BIO_new_socket(socket, BIO_NOCLOSE);
    auto* session = SSL_new(context);
    SSL_set_bio(session, bio, bio);
    leave.push_back([=] {
      SSL_shutdown(session);
      SSL_CTX_free(context);
      BIO_free(bio);
      close(socket);
    });
  }
  CHECK(watch.sweep() == all);
  CHECK(watch.sweep() == all);
  for (size_t i = 0; i < all; i += 2)
    leave[i]();
  watch.sweep();
  CHECK(watch.sweep() == all / 2);
  for (size_t i = 1; i < all; i += 2)
    leave[i]();
  CHECK(watch.sweep() == 0);
  SSL_CTX_free(context);
  CHECK(sessions_left == objects.before);
  CHECK(contexts_left == objects.contexts_before);
}
