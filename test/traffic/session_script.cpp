#include "test/traffic/session_script.hpp"

#include "actors/model/hold.hpp"

#include <chrono>
#include <utility>

namespace strowger::test {

using namespace model;
using namespace std::chrono_literals;

namespace {

const char* word(model::method x) {
  switch (x) {
    case method::invite:
      return "INVITE";
    case method::ack:
      return "ACK";
    case method::bye:
      return "BYE";
    case method::cancel:
      return "CANCEL";
    case method::prack:
      return "PRACK";
    case method::update:
      return "UPDATE";
    case method::info:
      return "INFO";
    case method::message:
      return "MESSAGE";
    case method::refer:
      return "REFER";
    case method::notify:
      return "NOTIFY";
    case method::options:
      return "OPTIONS";
  }
  return "?";
}

method method_of(std::string_view name) {
  for (auto x : {method::invite, method::bye, method::update, method::info,
                 method::refer, method::notify, method::options})
    if (name == word(x))
      return x;
  FAIL("no method: " << name);
  return method::invite;
}

std::string sdp(const content& x) {
  if (!x.is_sdp())
    return "";
  return is_held(direction_of(x.data)) ? " held" : " sdp";
}

/// "2003", "2003 replacing DIALOG".
reference referred(const std::string& what) {
  constexpr std::string_view word = " replacing ";
  auto at = what.find(word);
  auto number = what.substr(0, at);
  reference x{"sip:" + number + "@test.example", number, {}, false, {}};
  if (at != std::string::npos) {
    x.replaces_stranger = true;
    x.dialog = what.substr(at + word.size());
  }
  return x;
}

std::string mark(leg_number leg) {
  return std::string(leg, '\'');
}

} // namespace

std::string session_script::told(const traffic::commands& xs) {
  std::string result;
  auto say = [&](const std::string& x) {
    result += (result.empty() ? "" : ", ") + x;
  };
  for (auto& c : xs) {
    if (auto* x = std::get_if<invite>(&c)) {
      last_[x->leg] = 0;
      method_[x->leg] = method::invite;
      auto words = "INVITE" + mark(x->leg) + " " + x->to_user + sdp(x->body);
      if (!x->target.received.empty())
        words += " by " + x->target.received;
      if (!x->headers.empty())
        words += " " + x->headers.substr(0, x->headers.size() - 2);
      say(words);
    } else if (auto* y = std::get_if<request>(&c)) {
      last_[y->leg] = y->txn;
      method_[y->leg] = y->method;
      auto words = word(y->method) + mark(y->leg) + sdp(y->body);
      if (!y->refer_to.empty())
        words += " " + y->refer_to;
      if (y->refer_replaces)
        words += " replaces";
      if (y->notify)
        words += " " + y->body.data.substr(8, 3);
      if (y->body.type == "application/dtmf-relay")
        words += std::string{" "} + y->body.data[7];
      say(words);
    } else if (auto* z = std::get_if<model::respond>(&c)) {
      say(std::to_string(z->status) + mark(z->leg) + sdp(z->body));
    } else if (auto* a = std::get_if<acknowledge>(&c)) {
      say("ACK" + mark(a->leg));
    } else if (auto* b = std::get_if<cancel>(&c)) {
      say("CANCEL" + mark(b->leg));
    } else if (auto* f = std::get_if<forget>(&c)) {
      say("forget" + mark(f->leg));
    }
  }
  return result;
}

void session_script::respond(std::string_view what, leg_number leg,
                             traffic::commands& out) {
  responded x;
  x.leg = leg;
  x.status = static_cast<uint16_t>(std::stoi(std::string{what.substr(0, 3)}));
  x.local = what.ends_with("local");
  if (what.substr(3).starts_with(" sdp"))
    x.body = description_;
  auto to = what.find(" to ");
  auto first = to == std::string_view::npos;
  x.method = first ? method::invite : method_[leg];
  x.txn = first ? 0 : last_[leg];
  traffic::step(s_, std::move(x),
                {now_, counts, description_, domain_, target_, {}, who_, media},
                out);
}

void session_script::happen(std::string what, traffic::commands& out) {
  traffic::session_context ctx{now_,    counts, description_, domain_,
                               target_, {},     who_,         media};
  leg_number leg = 0;
  for (auto at = what.find('\''); at != std::string::npos;
       at = what.find('\'')) {
    ++leg;
    what.erase(at, 1);
  }
  if (what == "start") {
    traffic::call_details who;
    who.target.uri = "sip:2001@192.0.2.9";
    who.to_user = "2001";
    traffic::start(s_, std::move(who), now_, ctx, out);
  } else if (what == "time") {
    traffic::step_deadline(s_, ctx, out);
  } else if (what == "clear") {
    traffic::step_clear(s_, ctx, out);
  } else if (what.starts_with("offered")) {
    offered x;
    if (what.find("replacing") != std::string::npos)
      x.replaces = leg_name{call_id{7}, 0};
    x.replaces_early_only = what.ends_with("early");
    x.received_at = now_;
    x.body = description_;
    traffic::step(s_, std::move(x), ctx, out);
  } else if (what == "ACK") {
    traffic::step(s_, acked{}, ctx, out);
  } else if (what == "CANCEL") {
    traffic::step(s_, cancelled{}, ctx, out);
  } else if (what == "unacknowledged") {
    traffic::step(s_, unacknowledged{}, ctx, out);
  } else if (what[0] >= '1' && what[0] <= '6') {
    respond(what, leg, out);
  } else {
    requested x;
    x.leg = leg;
    x.txn = ++theirs_;
    auto space = what.find(' ');
    x.method = method_of(what.substr(0, space));
    auto rest = space == std::string::npos ? "" : what.substr(space + 1);
    if (x.method == method::notify)
      x.body = {"message/sipfrag", "SIP/2.0 " + rest + " x\r\n"};
    else if (rest == "held")
      x.body = {"application/sdp", as_held(description_.data, true)};
    else if (rest == "sdp")
      x.body = description_;
    else if (x.method == method::refer)
      x.refer = referred(rest);
    traffic::step(s_, std::move(x), ctx, out);
  }
}

void session_script::play(std::initializer_list<row> rows) {
  for (auto& r : rows) {
    CAPTURE(r.at_ms);
    CAPTURE(r.what);
    now_ = time_point{1h} + std::chrono::milliseconds{r.at_ms};
    if (r.what == "time")
      CHECK(traffic::next_deadline(s_) == now_);
    traffic::commands out;
    happen(r.what, out);
    CHECK(told(out) == r.commands);
    counts.in_progress = traffic::is_setting_up(s_);
    counts.up = traffic::is_up(s_);
    CHECK(counts.unbalanced().value_or("") == "");
  }
}

} // namespace strowger::test
