#include "test/model/agent_script.hpp"

#include <doctest/doctest.h>

#include <map>
#include <sstream>
#include <vector>

namespace strowger::test {

using namespace strowger::model;

// -- the office ---------------------------------------------------------------

std::shared_ptr<const directory> agent_office(option_words options) {
  using enum option;
  directory_builder b;
  std::map<std::string, option_values, std::less<>> values;
  values["g"].set(contact, std::string{"sip:127.0.0.1:5090"});
  values["ada"].set(password, std::string{"s3cret"});
  for (auto& [words, text] : options) {
    std::string_view path{words};
    auto slash = path.find('/');
    auto name = slash == path.npos ? path : path.substr(slash + 1);
    auto id = find_option(name);
    std::string error;
    INFO("option ", std::string(name));
    REQUIRE(id);
    auto value = parse_option(*id, text, error);
    INFO(error);
    REQUIRE(value);
    if (slash == path.npos)
      b.set(*id, *value);
    else
      values[std::string(path.substr(0, slash))].set(*id, *value);
  }
  for (auto number : {"2001", "2002", "2003"})
    b.add(number, dn_type::extension, values[number]);
  b.add("2004", dn_type::acd_position, values["2004"])
    .add("9", dn_type::routing_point, values["9"])
    .add("8", dn_type::acd_queue, values["8"])
    .add("7", dn_type::virtual_routing_point, values["7"])
    .add("6", dn_type::external_routing_point, values["6"])
    .add("g", dn_type::trunk, values["g"]);
  agent_group sales;
  sales.name = "sales";
  for (auto login : {"ada", "bob", "cyd"}) {
    agent_login x;
    x.login = login;
    x.options = std::make_shared<const option_values>(values[login]);
    b.staff().add(std::move(x));
    sales.agents.emplace_back(login);
  }
  place_group floor;
  floor.name = "floor";
  for (auto number : {"2001", "2002"}) {
    place desk;
    desk.name = "desk-" + std::string(number);
    desk.dns = {number};
    floor.places.push_back(desk.name);
    b.staff().add(std::move(desk));
  }
  b.staff().add(std::move(sales)).add(std::move(floor));
  auto result = b.build();
  REQUIRE(result);
  return result;
}

// -- words --------------------------------------------------------------------

namespace {

std::string show(const journal_event& e) {
  std::string result = e.this_dn == "2001" ? "" : e.this_dn + ":";
  REQUIRE(e.details);
  auto& about = *e.details;
  auto mode = about.work_mode == work_mode::unknown
                ? std::string{}
                : std::string(to_string(about.work_mode));
  switch (e.type) {
    case event_type::agent_login:
      return result + "login";
    case event_type::agent_logout:
      return result + "logout";
    case event_type::agent_ready:
      return result + "ready" + (mode.empty() ? "" : "(" + mode + ")");
    case event_type::agent_reserved:
      return result + "reserved(" + std::to_string(about.reserved_ms) + "ms)";
    default:
      REQUIRE(e.type == event_type::agent_not_ready);
  }
  if (about.wrap_up_s == untimed_s)
    mode += " untimed";
  else if (about.work_mode == work_mode::after_call_work)
    mode += " " + std::to_string(about.wrap_up_s) + "s";
  if (!about.reason.empty())
    mode += " " + about.reason;
  return result + "not_ready" + (mode.empty() ? "" : "(" + mode + ")");
}

std::string show(const std::vector<journal_event>& all,
                 std::string_view prefix = {}) {
  std::string result;
  for (auto& e : all)
    result += (result.empty() ? "" : ", ") + std::string(prefix) + show(e);
  return result;
}

template <class Enum>
Enum parse(std::string_view word, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (to_string(static_cast<Enum>(i)) == word)
      return static_cast<Enum>(i);
  FAIL("unknown word ", std::string(word));
  return {};
}

/// A line, cut into words and pairs.
struct line {
  std::vector<std::string> words;
  std::map<std::string, std::string> pairs;

  explicit line(std::string_view text) {
    std::istringstream in{std::string(text)};
    for (std::string word; in >> word;)
      if (auto at = word.find('='); at != word.npos)
        pairs[word.substr(0, at)] = word.substr(at + 1);
      else
        words.push_back(word);
    words.resize(4);
  }

  std::string text(const std::string& key) const {
    auto found = pairs.find(key);
    return found == pairs.end() ? std::string{} : found->second;
  }

  int64_t number(const std::string& key) const {
    auto found = text(key);
    return found.empty() ? 0 : std::stoll(found);
  }
};

agent_demand demand_of(const line& x, agent_verb verb) {
  agent_demand d;
  d.verb = verb;
  d.agent = verb == agent_verb::login ? x.words[1] : x.text("agent");
  d.dn = verb == agent_verb::login ? x.words[2] : x.words[1];
  d.password = x.text("password");
  d.queue = x.text("queue");
  if (auto mode = x.text("mode"); !mode.empty())
    d.mode = parse<work_mode>(mode, 9);
  d.reason = x.text("reason");
  if (x.pairs.contains("wrap"))
    d.wrap_up_s = x.number("wrap");
  if (x.pairs.contains("on_call"))
    d.on_call = x.text("on_call") == "true";
  d.reserve_ms = x.number("ms");
  d.reserve_priority = x.number("priority");
  d.client = x.text("client");
  d.request = x.text("request");
  return d;
}

/// The words of requests, and of events that the desk observes.
const std::map<std::string, agent_verb> verbs = {
  {"login", agent_verb::login},     {"logout", agent_verb::logout},
  {"ready", agent_verb::ready},     {"not_ready", agent_verb::not_ready},
  {"reserve", agent_verb::reserve}, {"cancel", agent_verb::cancel_reserve},
};

const std::map<std::string, event_type> call_events = {
  {"dial", event_type::dialing},       {"ring", event_type::ringing},
  {"answer", event_type::established}, {"release", event_type::released},
  {"abandon", event_type::abandoned},  {"move", event_type::party_changed},
  {"delete", event_type::call_deleted}};

const std::map<std::string, event_type> dn_events = {
  {"out", event_type::dn_out_of_service},
  {"back", event_type::dn_back_in_service},
  {"dnd", event_type::dnd_on},
  {"no_dnd", event_type::dnd_off}};

std::string wait(agent_script& s, int64_t seconds) {
  std::string result;
  auto start = s.now;
  auto end = s.now + std::chrono::seconds{seconds};
  for (;;) {
    s.now = std::min(std::max(s.desk.next_deadline(), s.now), end);
    std::vector<journal_event> out;
    s.desk.step_deadline(s.context(), out);
    auto passed = std::chrono::duration_cast<std::chrono::seconds>(s.now
                                                                   - start);
    auto prefix = "+" + std::to_string(passed.count()) + "s ";
    if (!out.empty())
      result += (result.empty() ? "" : ", ") + show(out, prefix);
    if (s.now == end)
      return result;
  }
}

} // namespace

// -- playing ------------------------------------------------------------------

std::string agent_script::play(std::string_view text) {
  line x{text};
  auto& verb = x.words[0];
  auto call = [&] { return call_id{std::stoull(x.words[1])}; };
  std::vector<journal_event> out;
  if (auto found = verbs.find(verb); found != verbs.end()) {
    auto answer = desk.perform(demand_of(x, found->second), context(), out);
    if (answer.accepted())
      return show(out);
    CHECK(out.empty());
    CHECK(!answer.text.empty());
    return std::string(to_string(answer.why));
  }
  journal_event e;
  auto is_call = call_events.find(verb);
  auto is_dn = dn_events.find(verb);
  if (is_call != call_events.end() || is_dn != dn_events.end()) {
    e.at = now;
    if (is_call != call_events.end()) {
      e.type = is_call->second;
      e.call = call();
      e.this_dn = x.words[2];
    } else {
      e.type = is_dn->second;
      e.this_dn = x.words[1];
    }
    e.this_queue = x.text("queue");
    e.call_type = call_type::internal;
    if (auto type = x.text("type"); !type.empty())
      e.call_type = parse<call_type>(type, call_type_count);
    e.previous_call.value = static_cast<uint64_t>(x.number("prev"));
    desk.observe(e, context(), seen);
    auto before = show(seen.before);
    auto after = show(seen.after);
    return before + (before.empty() ? "*" : ", *")
           + (after.empty() ? "" : ", " + after);
  }
  if (verb == "penalise")
    desk.penalise(x.words[1], parse_agent_penalty(x.words[2]), context(), out);
  else if (verb == "busy" || verb == "free")
    desk.phone_busy(x.words[1], verb == "busy", context(), out);
  else if (verb == "gone")
    desk.client_gone(x.words[1], context(), out);
  else if (verb == "classify")
    desk.classify(call(), parse<business_call>(x.words[2], 4));
  else if (verb == "wait")
    return wait(*this, std::stoll(x.words[1]));
  else if (verb == "class")
    return std::string(to_string(desk.business_class_of(call(), x.words[2])));
  else if (verb == "state") {
    auto found = desk.at_dn(x.words[1]);
    return std::string(
      to_string(found ? found->posture.state : agent_state::logged_out));
  } else
    FAIL("unknown line ", std::string(text));
  return show(out);
}

void agent_script::play(std::initializer_list<row> rows) {
  for (auto& row : rows) {
    CAPTURE(row.line);
    CHECK(play(std::string_view{row.line}) == row.result);
  }
}

std::string agent_script::reconfigure(std::shared_ptr<const directory> next) {
  config = std::move(next);
  std::vector<journal_event> out;
  desk.reconfigured(context(), out);
  return show(out);
}

} // namespace strowger::test
