#include "test/model/call_script.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace strowger::test {

using namespace model;

namespace {

constexpr std::pair<method, const char*> method_names[] = {
  {method::invite, "re-INVITE"}, {method::bye, "BYE"},
  {method::prack, "PRACK"},      {method::update, "UPDATE"},
  {method::info, "INFO"},        {method::message, "MESSAGE"},
  {method::refer, "REFER"},      {method::options, "OPTIONS"},
};

std::string name_of(method x) {
  for (auto& [m, text] : method_names)
    if (m == x)
      return text;
  return "?";
}

content body(const std::string& token) {
  if (token.empty())
    return {};
  auto held = token.starts_with("hold");
  return {"application/sdp", "v=0\r\ns=" + token
                               + "\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                 "m=audio 4000 RTP/AVP 0\r\n"
                               + (held ? "a=sendonly\r\n" : "")};
}

std::string token(const content& x) {
  auto at = x.data.find("s=");
  if (at == std::string::npos)
    return x.data.empty() ? "" : " " + x.data;
  return " " + x.data.substr(at + 2, x.data.find('\r', at) - at - 2);
}

std::string letter(leg_number leg) {
  return std::string(1, static_cast<char>('A' + leg));
}

std::vector<std::string> split(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string w; in >> w;)
    words.push_back(w);
  return words;
}

void append(std::string& text, const std::string& more, const char* between) {
  if (!more.empty())
    text += text.empty() ? more : between + more;
}

} // namespace

call_script::call_script(const directory& config) : config_(config) {
  call_.id = call_id{42};
}

void call_script::refuse(const std::string& device, refusal why) {
  refusing_[device] = why;
}

void call_script::addresses(const std::string& device, size_t n,
                            bool parallel) {
  addresses_[device] = {n, parallel};
}

void call_script::wants(const std::string& device, diversion_terms terms) {
  wants_[device] = std::make_shared<const diversion_terms>(std::move(terms));
}

context call_script::now() {
  return {now_, config_, turns_};
}

std::string call_script::wire(const std::string& what) {
  said_.clear();
  reported_ = events_.size();
  auto words = split(what);
  REQUIRE(words.size() >= 2);
  if (words[0] == "after") {
    pass(std::chrono::seconds{std::stoi(words[1])});
    return said_;
  }
  if (words[0] == "route") {
    demanded x;
    x.what.verb = verb::route_call;
    x.what.this_dn = words.at(1);
    x.what.destination = words.at(2);
    fx_.clear();
    step(call_, std::move(x), now(), fx_);
    absorb();
    return said_;
  }
  auto leg = static_cast<leg_number>(words[0][0] - 'A');
  words.erase(words.begin());
  fx_.clear();
  if (words[0] == "INVITE")
    offer(words);
  else if (words[0] == "lost" || words[0] == "rel" || isdigit(words[0][0]))
    respond(leg, std::move(words));
  else
    request(leg, std::move(words));
  absorb();
  return said_;
}

void call_script::offer(const std::vector<std::string>& words) {
  offered x;
  x.source = source;
  x.trusted = trusted;
  x.may_call_out = trusted;
  x.called = words.at(1);
  x.caller.user = source.empty() ? "5551000" : source;
  x.body = body(words.size() > 2 ? words[2] : "");
  x.reliable = caller_100rel;
  x.update_allowed = caller_update;
  x.session = caller_session;
  x.received_at = now_;
  step(call_, std::move(x), now(), fx_);
}

void call_script::respond(leg_number leg, std::vector<std::string> words) {
  responded x;
  x.leg = leg;
  if (words[0] == "rel") {
    x.rseq = 7;
    words.erase(words.begin());
  }
  x.local = words[0] == "lost";
  x.status = static_cast<uint16_t>(x.local ? 408 : std::stoi(words[0]));
  size_t at = 1;
  if (words.size() > 2 && words[1] == "to") {
    auto key = std::pair{static_cast<int>(leg), words[2]};
    REQUIRE_MESSAGE(ours_.count(key), "no " << words[2] << " was sent");
    x.txn = ours_[key];
    for (auto& [m, text] : method_names)
      if (words[2] == text)
        x.method = m;
    at = 3;
  }
  auto rest = words.size() > at ? words[at] : "";
  if (x.status / 100 == 3)
    x.contacts = {rest.find(':') == std::string::npos
                    ? "sip:" + rest + "@192.0.2.9"
                    : rest};
  else
    x.body = body(rest);
  step(call_, std::move(x), now(), fx_);
}

void call_script::request(leg_number leg, std::vector<std::string> words) {
  if (words[0] == "ACK") {
    acked x;
    x.leg = leg;
    x.txn = invites_[leg];
    x.body = body(words.size() > 1 ? words[1] : "");
    step(call_, std::move(x), now(), fx_);
  } else if (words[0] == "CANCEL") {
    step(call_, cancelled{leg}, now(), fx_);
  } else if (words[0] == "no") {
    step(call_, unacknowledged{leg, invites_[leg]}, now(), fx_);
  } else {
    requested x;
    x.leg = leg;
    x.txn = ++next_[leg];
    for (auto& [m, text] : method_names)
      if (words[0] == text)
        x.method = m;
    REQUIRE(name_of(x.method) == words[0]);
    x.body = body(words.size() > 1 ? words[1] : "");
    asked_[letter(leg) + std::to_string(x.txn)] = words[0];
    if (x.method == method::invite)
      invites_[leg] = x.txn;
    step(call_, std::move(x), now(), fx_);
  }
}

void call_script::pass(std::chrono::seconds time) {
  auto end = now_ + time;
  while (next_deadline(call_) <= end) {
    now_ = std::max(now_, next_deadline(call_));
    fx_.clear();
    step_deadline(call_, now(), fx_);
    absorb();
  }
  now_ = end;
}

/// Carries out the effects, plays the devices, and writes down what was said.
void call_script::absorb() {
  auto fx = fx_;
  fx_.clear();
  for (auto& x : fx.wire)
    append(said_, say(x), "; ");
  events_.insert(events_.end(), fx.events.begin(), fx.events.end());
  for (auto& x : fx.releases)
    CHECK_MESSAGE(held_devices_.erase(x.device) == 1,
                  x.device << " was not held");
  if (fx.finished) {
    CHECK(!finished_);
    finished_ = true;
    record_ = *fx.finished;
  }
  for (auto& x : fx.seizes) {
    fx_.clear();
    if (auto i = refusing_.find(x.device); i != refusing_.end()) {
      step(call_, refused{x.request.seizure, i->second}, now(), fx_);
    } else if (forwarding_.count(x.device)
               && x.request.purpose == purpose::reach) {
      step(call_, forwarded{x.request.seizure, forwarding_[x.device]}, now(),
           fx_);
    } else {
      held_devices_.insert(x.device);
      auto known = addresses_.find(x.device);
      auto n = known == addresses_.end() ? 1 : known->second.first;
      seized y;
      y.seizure = x.request.seizure;
      y.parallel = known != addresses_.end() && known->second.second;
      if (x.request.purpose == purpose::reach && wants_.count(x.device))
        y.diversions = wants_[x.device];
      for (size_t k = 0; x.request.purpose != purpose::origin && k < n; ++k) {
        auto& t = y.targets.emplace_back();
        t.uri = "sip:" + x.request.number + "@" + x.device
                + (k ? "-" + std::to_string(k + 1) : "");
      }
      step(call_, std::move(y), now(), fx_);
    }
    absorb();
  }
}

std::string call_script::say(const command& x) {
  struct {
    call_script& self;
    std::string operator()(const invite& y) {
      self.last_invite_ = y;
      return letter(y.leg) + ": INVITE " + y.target.uri.substr(4)
             + token(y.body);
    }
    std::string operator()(const model::request& y) {
      auto name = name_of(y.method);
      self.ours_[{y.leg, name}] = y.txn;
      return letter(y.leg) + ": " + name + token(y.body);
    }
    std::string operator()(const model::respond& y) {
      auto who = letter(y.leg);
      auto text = who + ": " + (y.reliable ? "rel " : "")
                  + std::to_string(y.status);
      if (auto i = self.asked_.find(who + std::to_string(y.txn));
          y.txn != 0 && i != self.asked_.end())
        text += " to " + i->second;
      return text + token(y.body);
    }
    std::string operator()(const acknowledge& y) {
      return letter(y.leg) + ": ACK" + token(y.body);
    }
    std::string operator()(const cancel& y) {
      return letter(y.leg) + ": CANCEL";
    }
    std::string operator()(const forget&) {
      return {};
    }
    std::string operator()(const refer& y) {
      self.ours_[{y.leg, "REFER"}] = 0;
      return letter(y.leg) + ": REFER " + y.refer_to;
    }
    std::string operator()(const hand_over& y) {
      return letter(y.leg) + ": to call " + std::to_string(y.to.call.value)
             + " as " + letter(y.to.leg);
    }
  } visitor{*this};
  return std::visit(visitor, x);
}

std::string call_script::events() const {
  std::string text;
  for (auto i = reported_; i < events_.size(); ++i) {
    auto& x = events_[i];
    if (x.type == event_type::call_created
        || x.type == event_type::call_deleted)
      continue; // seen in all_events()
    std::string one{to_string(x.type)};
    one = x.this_dn + " " + one.substr(5); // without "Event"
    if (x.call_state != call_state::ok)
      one += "(" + std::string{to_string(x.call_state)} + ")";
    append(text, one, ", ");
  }
  return text;
}

bool call_script::finished() const {
  return finished_ && held_devices_.empty();
}

} // namespace strowger::test
