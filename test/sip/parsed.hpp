#pragma once

#include "sip/intake.hpp"
#include "sip/refusal.hpp"
#include "sip/sofia.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strowger::test {

/// A message read from text as the agent reads it from a socket.
class parsed {
public:
  explicit parsed(std::string_view text, int socket_type = SOCK_DGRAM)
    : message_(msg_create(sip::message_class(), 0)), size_(text.size()) {
    msg_addrinfo(message_.get())->ai_socktype = socket_type;
    msg_addr(message_.get())->su_family = AF_INET;
    msg_iovec_t place[2] = {};
    if (text.empty()
        || msg_recv_iovec(message_.get(), place, 2, text.size(), 1) != 1
        || place[0].mv_len < text.size())
      return;
    std::copy(text.begin(), text.end(), static_cast<char*>(place[0].mv_base));
    msg_recv_commit(message_.get(), text.size(), 1);
    result_ = msg_extract(message_.get());
  }

  /// Null when not even the first line could be read.
  const sip_t* get() const {
    const auto* sip = sip_object(message_.get());
    return sip->sip_request || sip->sip_status ? sip : nullptr;
  }
  const sip_t& operator*() const {
    return *get();
  }
  const sip_t* operator->() const {
    return get();
  }
  bool is_complete() const {
    return result_ > 0;
  }
  /// What the stack would answer by itself: nothing it reads is left to us.
  bool is_refused_by_sofia() const {
    return !get() || result_ < 0 || sip_sanity_check(get()) < 0;
  }
  std::size_t size() const {
    return size_;
  }

private:
  struct deleter {
    void operator()(msg_t* x) const {
      msg_destroy(x);
    }
  };
  std::unique_ptr<msg_t, deleter> message_;
  std::size_t size_;
  int result_ = -1;
};

/// A request as header lines; a line given again replaces the first of its
/// name, an empty value removes it.
class request_text {
public:
  explicit request_text(std::string method, std::string uri = "sip:2002@h")
    : line_(method + " " + uri + " SIP/2.0") {
    lines_ = {{"Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1"},
              {"From", "<sip:2001@h>;tag=1"},
              {"To", "<sip:2002@h>"},
              {"Call-ID", "c1"},
              {"CSeq", "1 " + method},
              {"Max-Forwards", "70"},
              {"Contact", "<sip:2001@192.0.2.1:5060>"}};
  }
  request_text& line(std::string x) {
    line_ = std::move(x);
    return *this;
  }
  request_text& with(std::string_view name, std::string value) {
    const auto old = std::find_if(lines_.begin(), lines_.end(),
                                  [=](auto& x) { return x.first == name; });
    if (old == lines_.end())
      return again(name, std::move(value));
    old->second = std::move(value);
    return *this;
  }
  /// Adds a line although there may be one.
  request_text& again(std::string_view name, std::string value) {
    lines_.emplace_back(name, std::move(value));
    return *this;
  }
  request_text& body(std::string x) {
    body_ = std::move(x);
    return *this;
  }
  std::string text() const {
    auto result = line_ + "\r\n";
    auto has_length = false;
    for (const auto& [name, value] : lines_) {
      if (!value.empty())
        result += name + ": " + value + "\r\n";
      has_length = has_length || name == "Content-Length";
    }
    if (!has_length)
      result += "Content-Length: " + std::to_string(body_.size()) + "\r\n";
    return result + "\r\n" + body_;
  }

private:
  std::string line_;
  std::vector<std::pair<std::string, std::string>> lines_;
  std::string body_;
};

/// An arrival from this IPv4 address.
inline sip::arrival arrival_from(std::string_view address,
                                 std::uint16_t port = 5060,
                                 std::size_t size = 500) {
  sip::arrival result;
  result.source = sip::parse_address(address).value();
  result.port = port;
  result.size = size;
  result.now = model::time_point{std::chrono::hours{1}};
  return result;
}

} // namespace strowger::test
