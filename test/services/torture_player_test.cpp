#include "services/torture/message.hpp"
#include "services/torture/player.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>

using namespace strowger::services::torture;
using namespace std::literals;

namespace {

using answers = std::vector<std::string>;

std::string header(std::string_view raw, std::string_view name) {
  auto found = find_header(raw, name);
  return found ? std::string(found->in(raw)) : "";
}

std::string reply(std::string_view request, std::string_view status) {
  std::string result = "SIP/2.0 ";
  result.append(status).append("\r\n");
  for (auto name : {"Via", "From", "To", "Call-ID", "CSeq"})
    result.append(name).append(": ").append(header(request, name) + "\r\n");
  return result + "Content-Length: 0\r\n\r\n";
}

/// A device without sockets: what it says to each message is a function.
class scripted final : public wire {
public:
  explicit scripted(std::function<answers(const std::string&)> says)
    : says_(std::move(says)) {}

  std::string own() const override {
    return "192.0.2.1:50000";
  }

  std::string deaf_at(unsigned) const override {
    return {};
  }

  std::variant<std::unique_ptr<way>, std::string>
  begin(unsigned, monotonic::time_point) override {
    return std::make_unique<link>(*this);
  }

  /// How many requests of that method came, apart from pings.
  auto count(std::string_view method) const {
    return std::ranges::count_if(
      heard, [&](auto& x) { return method_of(x) == method && !is_ping(x); });
  }

  static bool is_ping(std::string_view raw) {
    return first_line_of(raw) == "OPTIONS sip:192.0.2.9:5060 SIP/2.0";
  }

  std::vector<std::string> heard;
  bool answers_pings = true;

private:
  class link final : public way {
  public:
    explicit link(scripted& device) : device_(device) {}

    std::string send(std::string_view bytes) override {
      device_.hear(std::string(bytes));
      return {};
    }

    std::optional<std::string> receive(monotonic::time_point) override {
      if (device_.queue_.empty())
        return std::nullopt;
      auto result = device_.queue_.front();
      device_.queue_.pop_front();
      return result;
    }

    void end_sending() override {}

    bool closed() const override {
      return false;
    }

  private:
    scripted& device_;
  };

  void hear(std::string message) {
    heard.push_back(message);
    if (is_ping(message)) {
      if (answers_pings)
        queue_.push_back(reply(message, "404 Not Found"));
      return;
    }
    for (auto& x : says_(message))
      queue_.push_back(x);
  }

  std::function<answers(const std::string&)> says_;
  std::deque<std::string> queue_;
};

constexpr settings brief{20ms, 0ms, 5ms};

const surroundings around{"192.0.2.9:5060", "torture", "192.0.2.1:50000", "UDP",
                          ""};

torture_case request(std::string_view method, std::size_t n) {
  auto with = around;
  with.token = suffix_of("0badcafe", n);
  torture_case x;
  x.name = "case-" + std::to_string(n);
  x.source = "RFC 4475 0";
  x.pieces = {valid_request(method, with).bytes()};
  x.keys = {with.token};
  x.expect = {"any", "", "it is so"};
  return x;
}

std::vector<case_result> play(scripted& device,
                              std::vector<torture_case> cases) {
  player host{device, around, "0badcafe", brief};
  return host.play(std::move(cases), [](auto&) {});
}

} // namespace

TEST_CASE("an answer is heard, and the device asked whether it lives") {
  scripted device{[](auto& x) { return answers{reply(x, "404 No")}; }};
  auto result = play(device, {request("OPTIONS", 1)});
  CHECK(result[0].found.is == verdict::as_expected);
  CHECK(result[0].found.answer == 404);
  CHECK(result[0].seen.answered_after_ms.has_value());
  REQUIRE(device.heard.size() == 2);
  CHECK(scripted::is_ping(device.heard[1]));
}

TEST_CASE("a request is sent again once if nothing comes") {
  scripted device{[](auto&) { return answers{}; }};
  auto result = play(device, {request("OPTIONS", 1)});
  CHECK(result[0].found.is == verdict::failed);
  CHECK(device.count("OPTIONS") == 2);
}

TEST_CASE("a late answer to one case is not an answer to the next") {
  std::string late;
  scripted device{[&](auto& x) {
    answers result;
    if (!late.empty())
      result.push_back(late);
    late = reply(x, "200 OK");
    return result;
  }};
  auto first = request("OPTIONS", 1), second = request("OPTIONS", 2);
  // No answer is expected, so neither is sent twice.
  first.expect.good = second.expect.good = "none";
  auto result = play(device, {first, second});
  CHECK(result[1].found.is == verdict::as_expected);
  CHECK(result[1].seen.answers.empty());
}

TEST_CASE("only a mutation may have lost what says whose the answer is") {
  scripted device{[](auto&) {
    return answers{"SIP/2.0 400 Bad Request\r\nVia: x\r\nFrom: x\r\nTo: x\r\n"
                   "Call-ID: x\r\nCSeq: x\r\n\r\n"};
  }};
  auto plain = request("OPTIONS", 1), spoilt = request("OPTIONS", 2);
  spoilt.what = "one bit is another";
  auto result = play(device, {plain, spoilt});
  CHECK(result[0].found.answer == std::nullopt);
  CHECK(result[1].found.answer == 400);
}

TEST_CASE("a repeated answer is one answer") {
  scripted device{[](auto& x) {
    return answers{reply(x, "404 No"), reply(x, "404 No")};
  }};
  CHECK(play(device, {request("OPTIONS", 1)})[0].seen.answers.size() == 1);
}

TEST_CASE("what rings is cancelled, what answers is ended") {
  scripted device{[](auto& x) {
    if (method_of(x) != "INVITE")
      return answers{};
    return header(x, "Call-ID").ends_with("1")
             ? answers{reply(x, "180 Ringing")}
             : answers{reply(x, "200 OK")};
  }};
  auto result = play(device, {request("INVITE", 1), request("INVITE", 2)});
  CHECK(result[0].found.answer == 180);
  CHECK(device.count("CANCEL") == 1);
  CHECK(device.count("ACK") == 1);
  CHECK(device.count("BYE") == 1);
}

TEST_CASE("after a death the rest is not sent, and the death has a name") {
  scripted* it = nullptr;
  scripted device{[&](auto& x) {
    it->answers_pings = !header(x, "Call-ID").ends_with("2");
    return answers{reply(x, "404 No")};
  }};
  it = &device;
  auto result = play(device, {request("OPTIONS", 1), request("OPTIONS", 2),
                              request("OPTIONS", 3)});
  CHECK(result[0].found.is == verdict::as_expected);
  CHECK(result[1].found.is == verdict::failed);
  CHECK_FALSE(result[1].seen.alive);
  CHECK(result[2].found.is == verdict::not_sent);
  CHECK(result[2].found.words.front() == "the device is dead since case-2");
  CHECK(device.count("OPTIONS") == 2);
}

TEST_CASE("a device that does not answer OPTIONS is not begun with") {
  scripted device{[](auto&) { return answers{}; }};
  player host{device, around, "0badcafe", brief};
  CHECK(host.knock() == "");
  device.answers_pings = false;
  CHECK(host.knock() == "does not answer OPTIONS within 3 s");
}
