#include "test/actors/switch_script.hpp"

#include <caf/send.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

namespace strowger::test {

using namespace model;

namespace {

constexpr std::pair<method, const char*> method_names[] = {
  {method::invite, "re-INVITE"}, {method::bye, "BYE"},
  {method::info, "INFO"},        {method::notify, "NOTIFY"},
  {method::refer, "REFER"},      {method::update, "UPDATE"},
};

constexpr std::pair<const char*, verb> verb_names[] = {
  {"MakeCall", verb::make_call},
  {"AnswerCall", verb::answer_call},
  {"ReleaseCall", verb::release_call},
  {"ClearCall", verb::clear_call},
  {"HoldCall", verb::hold_call},
  {"RetrieveCall", verb::retrieve_call},
  {"RedirectCall", verb::redirect_call},
  {"RouteCall", verb::route_call},
  {"KeepWaiting", verb::keep_waiting},
  {"InitiateTransfer", verb::initiate_transfer},
  {"CompleteTransfer", verb::complete_transfer},
  {"MuteTransfer", verb::mute_transfer},
  {"SingleStepTransfer", verb::single_step_transfer},
  {"AlternateCall", verb::alternate_call},
  {"ReconnectCall", verb::reconnect_call},
  {"MergeCalls", verb::merge_calls},
  {"SendDtmf", verb::send_dtmf},
  {"AttachUserData", verb::attach_user_data},
  {"DeleteUserData", verb::delete_user_data},
  {"SetDnd", verb::set_dnd},
  {"CancelDnd", verb::cancel_dnd},
  {"SetForward", verb::set_forward},
  {"CancelForward", verb::cancel_forward},
};

const char* name_of(method x) {
  for (auto& [m, text] : method_names)
    if (m == x)
      return text;
  return "?";
}

content body(const std::string& token) {
  if (token.empty() || token == "-")
    return {};
  auto held = token.starts_with("hold");
  return {"application/sdp", "v=0\r\ns=" + token
                               + "\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                 "m=audio 4000 RTP/AVP 0\r\n"
                               + (held ? "a=sendonly\r\n" : "")};
}

/// " o1", " o1(held)", or what it is when it is no description of the table.
std::string token(const content& x) {
  if (x.empty())
    return {};
  if (!x.is_sdp())
    return " " + x.data.substr(0, x.data.find('\r'));
  auto at = x.data.find("s=");
  auto name = x.data.substr(at + 2, x.data.find('\r', at) - at - 2);
  auto held = x.data.find("0.0.0.0") != std::string::npos
              || x.data.find("inactive") != std::string::npos;
  if (name == "-")
    return " black-hole";
  return " " + name + (held ? "(held)" : "");
}

void append(std::string& text, const std::string& more, const char* between) {
  if (!more.empty())
    text += text.empty() ? more : between + more;
}

std::vector<std::string> split(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string w; in >> w;)
    words.push_back(w);
  return words;
}

std::string word(const std::vector<std::string>& words, size_t i) {
  return i < words.size() ? words[i] : std::string{};
}

} // namespace

switch_script::switch_script(std::shared_ptr<const directory> config) {
  exchange.configure(std::move(config));
  settle();
}

void switch_script::play(std::initializer_list<row> rows) {
  for (auto& r : rows) {
    INFO(std::string{r.what});
    happen(split(r.what));
    settle();
    auto said = heard();
    while (auto_bye && !byes_.empty()) {
      auto who = byes_.front();
      byes_.erase(byes_.begin());
      respond(find(who), split("200 to BYE"));
      settle();
      append(said, heard(), "; ");
    }
    CHECK(said == std::string{r.wire});
    CHECK(new_events() == std::string{r.events});
  }
}

void switch_script::happen(const std::vector<std::string>& words) {
  REQUIRE(words.size() >= 2);
  if (words[0] == "after") {
    pass(std::chrono::seconds{std::stoi(words[1])});
    return;
  }
  if (words[0].back() != ':') {
    ask(words);
    return;
  }
  auto who = words[0].substr(0, words[0].size() - 1);
  std::vector<std::string> rest{words.begin() + 1, words.end()};
  if (rest[0] == "INVITE")
    call_in(who, rest);
  else if (isdigit(rest[0][0]))
    respond(find(who), rest);
  else
    request(find(who), rest);
}

// -- clients ------------------------------------------------------------------

void switch_script::ask(const std::vector<std::string>& words) {
  demand x;
  auto known = std::find_if(std::begin(verb_names), std::end(verb_names),
                            [&](auto& v) { return words[0] == v.first; });
  REQUIRE_MESSAGE(known != std::end(verb_names), words[0]);
  x.verb = known->second;
  x.this_dn = words[1];
  x.request = "request " + std::to_string(++asked_);
  auto calls = 0;
  for (size_t i = 2; i < words.size(); ++i) {
    auto& w = words[i];
    if (w[0] == 'c' && isdigit(w[1]))
      (calls++ ? x.second_call : x.call) = call_of(w);
    else if (auto cut = w.find('='); cut != std::string::npos)
      x.pairs.emplace_back(w.substr(0, cut), user_value{w.substr(cut + 1)});
    else if (x.verb == verb::send_dtmf || x.verb == verb::delete_user_data)
      x.text = w;
    else if (x.verb == verb::set_forward && !x.destination.empty())
      x.text = w;
    else if (x.verb == verb::make_call && w == "private")
      x.business = business_call::personal;
    else if (x.verb == verb::make_call && w == "business")
      x.business = business_call::business;
    else if (w == "reject")
      x.route = route_type::reject;
    else
      x.destination = w;
    // RouteType AgentID.
    if (x.destination.starts_with("agent:")) {
      x.route = route_type::agent_id;
      x.destination.erase(0, 6);
    }
  }
  verdict = "nobody answered";
  auto opens = x.verb == verb::make_call;
  exchange.submit(std::move(x), [this, opens](model::verdict&& y) {
    verdict = y.accepted() ? "accepted" : std::string{to_string(y.why)};
    if (opens && y.accepted())
      word_of(y.call);
  });
  settle();
}

// -- peers --------------------------------------------------------------------

template <class Signal>
void switch_script::tell(peer& p, Signal x) {
  x.leg = p.at.leg;
  auto to = exchange.call(p.at.call);
  REQUIRE_MESSAGE(to, "the call is gone");
  caf::anon_send(to, std::move(x));
}

void switch_script::call_in(const std::string& who,
                            const std::vector<std::string>& words) {
  offered x;
  x.source = who;
  x.may_call_out = true;
  x.called = word(words, 1);
  x.caller.user = who == "gateway" ? "5551000" : who;
  x.body = body(word(words, 2));
  if (word(words, 3) == "replaces") {
    auto& other = find(word(words, 4)).at;
    x.replaces = leg_name{other.call, other.leg};
    x.replaces_early_only = word(words, 5) == "early-only";
  }
  if (word(words, 3) == "asked")
    x.asked_by = call_of(word(words, 4));
  x.received_at = reactor.now();
  auto call = exchange.open(std::move(x));
  auto name = who;
  while (peers_.count(name) && !peers_[name].over)
    name += "'";
  auto& p = peers_[name];
  p = {};
  p.at = {call.id, call.leg};
}

void switch_script::respond(peer& p, const std::vector<std::string>& words) {
  responded x;
  x.status = static_cast<uint16_t>(std::stoi(words[0]));
  size_t at = 1;
  if (word(words, 1) == "to") {
    at = 3;
    for (auto& [m, text] : method_names)
      if (word(words, 2) == text)
        x.method = m;
    REQUIRE_MESSAGE(p.ours.count(x.method), "no " << word(words, 2));
    x.txn = p.ours[x.method];
  }
  if (x.status / 100 == 3)
    x.contacts = {"sip:" + word(words, at) + "@192.0.2.9"};
  else
    x.body = body(word(words, at));
  tell(p, std::move(x));
}

void switch_script::request(peer& p, const std::vector<std::string>& words) {
  if (words[0] == "ACK") {
    acked x;
    x.txn = p.last_invite;
    x.body = body(word(words, 1));
    tell(p, std::move(x));
    return;
  }
  if (words[0] == "CANCEL") {
    tell(p, cancelled{});
    return;
  }
  requested x;
  x.txn = ++p.next;
  for (auto& [m, text] : method_names)
    if (words[0] == text)
      x.method = m;
  REQUIRE(name_of(x.method) == words[0]);
  if (x.method == method::refer) {
    x.refer = reference{"sip:" + word(words, 1), word(words, 1), {}, false, {}};
    if (word(words, 2) == "replaces") {
      auto& other = find(word(words, 3)).at;
      x.refer->replaces = leg_name{other.call, other.leg};
    }
  } else if (x.method == method::notify) {
    auto final = word(words, 1) != "100";
    x.notify = notification{"refer", final ? "terminated" : "active"};
    x.body = {"message/sipfrag", "SIP/2.0 " + word(words, 1) + " x\r\n"};
  } else {
    x.body = body(word(words, 1));
  }
  p.asked[x.txn] = words[0];
  if (x.method == method::invite)
    p.last_invite = x.txn;
  tell(p, std::move(x));
}

switch_script::peer& switch_script::find(const std::string& who) {
  REQUIRE_MESSAGE(peers_.count(who), who << " has no leg");
  return peers_[who];
}

std::string switch_script::name_at(place x) {
  for (auto& [name, p] : peers_)
    if (!p.over && p.at.call == x.call && p.at.leg == x.leg)
      return name;
  return "?";
}

model::call_id switch_script::call_of(const std::string& w) {
  auto n = static_cast<size_t>(std::stoi(w.substr(1)));
  REQUIRE_MESSAGE(n >= 1, w);
  REQUIRE_MESSAGE(n <= calls_.size(), w << " does not exist");
  return calls_[n - 1];
}

std::string switch_script::word_of(call_id x) {
  auto i = std::find(calls_.begin(), calls_.end(), x);
  if (i == calls_.end()) {
    calls_.push_back(x);
    i = calls_.end() - 1;
  }
  return "c" + std::to_string(i - calls_.begin() + 1);
}

// -- what the switch does -----------------------------------------------------

std::string switch_script::heard() {
  std::string text;
  for (; commands_seen_ < paper.commands.size(); ++commands_seen_) {
    auto& x = paper.commands[commands_seen_];
    append(text, say(x.call, x.what), "; ");
  }
  return text;
}

std::string switch_script::say(const call_id& call, const command& x) {
  struct {
    switch_script& self;
    call_id call;
    std::string who(leg_number leg) {
      return self.name_at({call, leg});
    }
    std::string operator()(const invite& y) {
      auto uri = y.target.uri.substr(4);
      auto name = uri.substr(uri.find('@') + 1);
      if (self.peers_.count(name) && !self.peers_[name].over)
        name += "'";
      auto& p = self.peers_[name];
      p = {};
      p.at = {call, y.leg};
      return name + ": INVITE" + token(y.body);
    }
    std::string operator()(const refer& y) {
      auto name = y.target.uri.substr(y.target.uri.find('@') + 1);
      auto& p = self.peers_[name];
      p = {};
      p.at = {call, y.leg};
      p.ours[method::refer] = 0;
      return name + ": REFER " + y.refer_to;
    }
    std::string operator()(const model::request& y) {
      auto name = who(y.leg);
      self.peers_[name].ours[y.method] = y.txn;
      if (y.method == method::bye)
        self.byes_.push_back(name);
      auto text = name + ": " + name_of(y.method);
      if (y.notify)
        text += " " + y.notify->event;
      if (!y.refer_to.empty())
        text += " " + y.refer_to;
      return text + token(y.body);
    }
    std::string operator()(const model::respond& y) {
      auto name = who(y.leg);
      auto text = name + ": " + std::to_string(y.status);
      auto& asked = self.peers_[name].asked;
      if (y.txn != 0 && asked.count(y.txn))
        text += " to " + asked[y.txn];
      for (auto& uri : y.contacts)
        text += " " + uri;
      return text + token(y.body);
    }
    std::string operator()(const acknowledge& y) {
      return who(y.leg) + ": ACK" + token(y.body);
    }
    std::string operator()(const cancel& y) {
      return who(y.leg) + ": CANCEL";
    }
    std::string operator()(const hand_over& y) {
      auto name = who(y.leg);
      self.peers_[name].at = {y.to.call, y.to.leg};
      return {};
    }
    std::string operator()(const forget& y) {
      auto name = who(y.leg);
      if (name != "?")
        self.peers_[name].over = true;
      return {};
    }
  } visitor{*this, call};
  return std::visit(visitor, x);
}

std::string switch_script::new_events() {
  std::string text;
  for (; events_seen_ < kept.events.size(); ++events_seen_) {
    auto& x = kept.events[events_seen_];
    if (x.call.value != 0)
      word_of(x.call);
    if (x.type == event_type::call_created
        || x.type == event_type::call_deleted)
      continue;
    std::string one{to_string(x.type)};
    one = x.this_dn + " " + one.substr(5); // without "Event"
    if (x.call.value != 0)
      one += "[" + word_of(x.call) + "]";
    if (x.details && !x.details->reason.empty())
      one += "(" + x.details->reason + ")";
    else if (x.details && x.details->work_mode != work_mode::unknown)
      one += "(" + std::string{to_string(x.details->work_mode)} + ")";
    else if (x.call_state != call_state::ok)
      one += "(" + std::string{to_string(x.call_state)} + ")";
    append(text, one, ", ");
  }
  return text;
}

} // namespace strowger::test
