#include "test/sip/edge_fixture.hpp"

#include <caf/send.hpp>

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace strowger::test {

// -- messages -----------------------------------------------------------------

int wire_message::status() const {
  return text.starts_with("SIP/2.0 ") ? std::stoi(text.substr(8, 3)) : 0;
}

std::vector<std::string> wire_message::headers(std::string_view name) const {
  std::vector<std::string> result;
  auto end = text.find("\r\n\r\n");
  for (size_t at = text.find("\r\n"); at < end;
       at = text.find("\r\n", at + 2)) {
    auto begin = at + 2;
    if (text.size() > begin + name.size() && text[begin + name.size()] == ':'
        && strncasecmp(text.data() + begin, name.data(), name.size()) == 0) {
      auto value = begin + name.size() + 1;
      while (text[value] == ' ')
        ++value;
      result.push_back(text.substr(value, text.find("\r\n", value) - value));
    }
  }
  return result;
}

std::string wire_message::header(std::string_view name) const {
  auto all = headers(name);
  return all.empty() ? std::string{} : all.front();
}

std::string wire_message::body() const {
  auto at = text.find("\r\n\r\n");
  return at == std::string::npos ? std::string{} : text.substr(at + 4);
}

std::string response_to(const wire_message& request, int status,
                        std::string_view tag, std::string_view lines,
                        std::string_view body) {
  std::string result = "SIP/2.0 " + std::to_string(status) + " Reason\r\n";
  for (const auto& via : request.headers("Via"))
    result += "Via: " + via + "\r\n";
  result += "From: " + request.header("From") + "\r\n";
  result += "To: " + request.header("To");
  if (!tag.empty() && !has(request.header("To"), ";tag="))
    result.append(";tag=").append(tag);
  result += "\r\nCall-ID: " + request.header("Call-ID") + "\r\n";
  result += "CSeq: " + request.header("CSeq") + "\r\n";
  result += lines;
  if (!body.empty())
    result += "Content-Type: application/sdp\r\n";
  result += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  result += body;
  return result;
}

std::string in_dialog(const peer& a, const wire_message& response,
                      std::string_view method, int cseq,
                      std::string_view lines,
                      std::string_view body) {
  auto number = std::to_string(cseq);
  std::string text(method);
  text += " sip:127.0.0.1:26000 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:"
          + std::to_string(a.port()) + ";branch=z9hG4bK-" + std::string(method)
          + number + "\r\nFrom: " + response.header("From") + "\r\nTo: "
          + response.header("To") + "\r\nCall-ID: "
          + response.header("Call-ID") + "\r\nCSeq: " + number + " "
          + std::string(method) + "\r\nMax-Forwards: 70\r\n";
  text += lines;
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  text += body;
  return text;
}

std::string back_in_dialog(const peer& b, const wire_message& invite,
                           std::string_view method, int cseq,
                           std::string_view lines, std::string_view body) {
  auto number = std::to_string(cseq);
  std::string text(method);
  text += " sip:127.0.0.1:26000 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:"
          + std::to_string(b.port()) + ";branch=z9hG4bK-" + std::string(method)
          + number + "\r\nFrom: " + invite.header("To") + ";tag=bob\r\nTo: "
          + invite.header("From") + "\r\nCall-ID: " + invite.header("Call-ID")
          + "\r\nCSeq: " + number + " " + std::string(method)
          + "\r\nMax-Forwards: 70\r\n";
  text += lines;
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  text += body;
  return text;
}

model::respond answer(uint16_t status, model::txn_number txn,
                      model::leg_number leg) {
  model::respond x;
  x.leg = leg;
  x.txn = txn;
  x.status = status;
  return x;
}

model::request make_request(model::method method, model::txn_number txn,
                            model::leg_number leg) {
  model::request x;
  x.leg = leg;
  x.txn = txn;
  x.method = method;
  return x;
}

// -- peer ---------------------------------------------------------------------

namespace {

sockaddr_in loopback(uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return result;
}

} // namespace

peer::peer(uint16_t port, bool tcp) : tcp_(tcp), port_(port) {
  socket_ = socket(AF_INET, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
  int on = 1;
  setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  auto at = loopback(port);
  REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&at), sizeof(at)) == 0);
  fcntl(socket_, F_SETFL, O_NONBLOCK);
}

peer::~peer() {
  if (socket_ >= 0)
    ::close(socket_);
  if (listener_ >= 0)
    ::close(listener_);
}

void peer::listen() {
  REQUIRE(::listen(socket_, 5) == 0);
  listener_ = std::exchange(socket_, -1);
}

void peer::connect(uint16_t port) {
  fcntl(socket_, F_SETFL, 0);
  auto at = loopback(port);
  REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&at), sizeof(at))
          == 0);
  fcntl(socket_, F_SETFL, O_NONBLOCK);
}

void peer::send(const std::string& text, uint16_t to_port) {
  auto at = loopback(to_port);
  auto n = tcp_ ? ::send(socket_, text.data(), text.size(), 0)
                : sendto(socket_, text.data(), text.size(), 0,
                         reinterpret_cast<sockaddr*>(&at), sizeof(at));
  REQUIRE(n == static_cast<ssize_t>(text.size()));
}

std::optional<wire_message> peer::poll() {
  if (socket_ < 0 && listener_ >= 0) {
    socket_ = accept(listener_, nullptr, nullptr);
    if (socket_ < 0)
      return std::nullopt;
    fcntl(socket_, F_SETFL, O_NONBLOCK);
  }
  char buffer[65536];
  auto n = recv(socket_, buffer, sizeof(buffer), 0);
  if (n > 0)
    pending_.append(buffer, static_cast<size_t>(n));
  if (!tcp_) {
    if (n <= 0)
      return std::nullopt;
    return wire_message{std::exchange(pending_, {})};
  }
  auto end = pending_.find("\r\n\r\n");
  if (end == std::string::npos)
    return std::nullopt;
  wire_message head{pending_.substr(0, end + 4)};
  auto size = end + 4 + std::stoul(head.header("Content-Length"));
  if (pending_.size() < size)
    return std::nullopt;
  wire_message result{pending_.substr(0, size)};
  pending_.erase(0, size);
  return result;
}

// -- fixture ------------------------------------------------------------------

namespace {

std::shared_ptr<const model::directory>
loopback_directory(const model::option_values& more) {
  model::directory_builder builder;
  builder.set(model::option::sip_address, std::string{"127.0.0.1"});
  builder.set(model::option::sip_interface, std::string{"127.0.0.1"});
  builder.set(model::option::sip_port, int64_t{edge_fixture::sip_port});
  for (const auto& [id, value] : more.entries())
    builder.set(id, value);
  auto result = builder.build();
  REQUIRE(builder.errors().empty());
  return result;
}

} // namespace

edge_fixture::edge_fixture(unsigned t1_ms, model::option_values more)
  : directory(loopback_directory(more)) {
  auto error = stack.open(*directory, t1_ms);
  INFO(error.value_or(""));
  REQUIRE(!error.has_value());
}

edge_fixture::~edge_fixture() {
  stack.shut_down();
  recorders.clear();
  turns.run();
}

opened edge_fixture::open(model::offered&& x) {
  id.value += 1;
  auto handle = system.spawn<caf::lazy_init>(recorder, id, &heard);
  recorders.push_back(handle);
  caf::anon_send(handle, std::move(x));
  return {id, handle};
}

model::call_id edge_fixture::adopt() {
  id.value += 1;
  auto handle = system.spawn<caf::lazy_init>(recorder, id, &heard);
  recorders.push_back(handle);
  stack.adopt(id, handle);
  return id;
}

bool edge_fixture::until(const std::function<bool()>& done, int limit_ms) {
  auto limit = std::chrono::steady_clock::now()
               + std::chrono::milliseconds(limit_ms);
  while (!done()) {
    if (std::chrono::steady_clock::now() > limit)
      return false;
    loop.step(1);
  }
  return true;
}

wire_message edge_fixture::receive(peer& p, int limit_ms) {
  std::optional<wire_message> got;
  until([&] { return (got = p.poll()).has_value(); }, limit_ms);
  REQUIRE(got.has_value());
  return *got;
}

bool edge_fixture::silent(peer& p, int ms) {
  return !until([&] { return p.poll().has_value(); }, ms);
}

bool edge_fixture::heard_nothing(int ms) {
  return !until([&] { return heard.size() > read; }, ms);
}

// -- flows --------------------------------------------------------------------

std::string edge_fixture::invite_text(peer& a, std::string_view lines,
                                      std::string_view cseq) {
  auto port = std::to_string(a.port());
  std::string text
    = "INVITE sip:7001@127.0.0.1:26000 SIP/2.0\r\n"
      "Via: SIP/2.0/UDP 127.0.0.1:" + port + ";branch=z9hG4bK-1-" + port
      + "\r\nFrom: \"Alice\" <sip:1001@127.0.0.1:" + port + ">;tag=alice\r\n"
        "To: <sip:7001@127.0.0.1:26000>\r\nCall-ID: call-" + port
      + "\r\nCSeq: ";
  text += cseq;
  text += "\r\nContact: <sip:1001@127.0.0.1:" + port + ">\r\n"
          "Max-Forwards: 70\r\n";
  text += lines;
  text += "Content-Type: application/sdp\r\nContent-Length: "
          + std::to_string(sdp.size()) + "\r\n\r\n";
  text += sdp;
  return text;
}

model::offered edge_fixture::call_from(peer& a, std::string_view lines) {
  a.send(invite_text(a, lines), sip_port);
  return hear<model::offered>();
}

wire_message edge_fixture::invite(peer& b, model::invite x) {
  x.leg = 1;
  if (x.target.uri.empty())
    x.target.uri = "sip:bob@127.0.0.1:" + std::to_string(b.port());
  if (x.caller.user.empty())
    x.caller = {.display = "Alice", .user = "1001", .host = "127.0.0.1",
                .asserted = {}, .privacy = {}};
  x.to_user = "7001";
  if (x.body.empty())
    x.body = {"application/sdp", std::string{sdp}};
  perform(std::move(x));
  last_invite = receive(b);
  return last_invite;
}

void edge_fixture::establish(peer& a, peer& b) {
  call_from(a);
  invite(b);
  auto contact = "Contact: <sip:bob@127.0.0.1:" + std::to_string(b.port())
                 + ">\r\n";
  b.send(response_to(last_invite, 200, "bob", contact, sdp), sip_port);
  auto answer = hear<model::responded>();
  REQUIRE(answer.status == 200);
  model::respond ok;
  ok.status = 200;
  ok.body = answer.body;
  perform(std::move(ok));
  last_2xx = receive(a);
  REQUIRE(last_2xx.status() == 200);
  auto port = std::to_string(a.port());
  a.send("ACK sip:127.0.0.1:26000 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:"
           + port + ";branch=z9hG4bK-ack-" + port
           + "\r\nFrom: " + last_2xx.header("From") + "\r\nTo: "
           + last_2xx.header("To") + "\r\nCall-ID: "
           + last_2xx.header("Call-ID")
           + "\r\nCSeq: 1 ACK\r\nMax-Forwards: 70\r\n"
             "Content-Length: 0\r\n\r\n",
         sip_port);
  hear<model::acked>();
  model::acknowledge ack;
  ack.leg = 1;
  perform(std::move(ack));
  REQUIRE(receive(b).first_line().starts_with("ACK "));
}

} // namespace strowger::test
