#include "actors/model/directory.hpp"
#include "actors/model/spelling.hpp"
#include "services/config/wording.hpp"
#include "services/load/scenario_parser.hpp"

#include <algorithm>
#include <limits>
#include <utility>

/// Populations: who they are, how they register, call and answer.
namespace strowger::services::load {

namespace {

using config::quoted;
using config::yaml_kind;

constexpr std::string_view population_keys[] = {
  "name", "users", "register", "subscribe", "calls", "answers", "media"};
constexpr std::string_view register_keys[] = {"expires", "password", "spread"};
constexpr std::string_view subscribe_keys[] = {"event", "accept", "expires",
                                               "spread", "to"};
constexpr std::string_view call_keys[] = {
  "to", "arrivals", "talk", "patience", "hang-up", "redial", "steps"};
constexpr std::string_view redial_keys[] = {"chance", "after", "at-most"};
constexpr std::string_view answer_keys[] = {
  "ring-after", "answer-after", "early-media", "codes", "talk", "steps"};
constexpr std::string_view code_keys[] = {"code", "chance"};
constexpr std::string_view list_keys[] = {"from", "to", "csv"};
constexpr std::string_view csv_keys[] = {"csv"};
constexpr std::string_view parties[] = {"caller", "callee", "either"};

constexpr csv_column user_columns[] = {{"number", true}, {"password", false}};
constexpr csv_column target_columns[] = {{"number", true}};

struct event_package {
  std::string_view name;
  std::string_view document; // its type
};
constexpr event_package packages[] = {
  {"message-summary", "application/simple-message-summary"}, // RFC 3842
  {"presence", "application/pidf+xml"},                      // RFC 3856
  {"dialog", "application/dialog-info+xml"},                 // RFC 4235
  {"reg", "application/reginfo+xml"},                        // RFC 3680
};

/// The redirections of RFC 3261 §21.3.
constexpr uint64_t redirections[] = {300, 301, 302, 305, 380};

constexpr uint64_t redials_max = 100;

} // namespace

void scenario_parser::read_population(const node& map) {
  auto before = errors_.size();
  auto fields = read_fields(map, "the population", population_keys,
                            {"name", "users"});
  traffic::population x;
  if (auto name = fields["name"]) {
    read_text("name", *name, x.name);
    if (!x.name.empty()
        && std::ranges::find(value_.populations, x.name,
                             &traffic::population::name)
             != value_.populations.end())
      fail(*name, "name: there is a population " + quoted(x.name) + " already");
  }
  if (auto users = fields["users"])
    read_users(*users, x);
  if (auto registers = fields["register"])
    read_registration(*registers, x);
  if (auto subscribes = fields["subscribe"])
    read_subscribing(*subscribes, x);
  if (auto calls = fields["calls"])
    read_calling(*calls, x);
  if (auto answers = fields["answers"])
    read_answering(*answers, x);
  if (auto media = fields["media"])
    read_media_switch(*media, x);
  if (errors_.size() == before && !x.registers && !x.subscribes && !x.calls
      && !x.answers)
    fail(map, "population " + x.name
                + " does nothing: it needs register, subscribe, calls or "
                  "answers");
  // What was meant stays visible to the checks of the whole.
  value_.populations.push_back(std::move(x));
}

// -- numbers ------------------------------------------------------------------

void scenario_parser::read_users(const node& value, traffic::population& x) {
  auto is_told = false; // one is enough where two ranges overlap
  read_numbers(
    "users", value, user_columns, users_left_,
    [&](listed user, const blame& report) {
      auto [owner, is_new] = owners_.emplace(user.number, x.name);
      if (!is_new && !is_told) {
        report("users: " + user.number + " is in population " + owner->second
               + " already");
        is_told = true;
      }
      x.users.push_back({std::move(user.number), std::move(user.password)});
    });
}

void scenario_parser::read_numbers(
  std::string_view what, const node& value, std::span<const csv_column> columns,
  size_t& left, const std::function<void(listed, const blame&)>& visit) {
  const auto limit = left;
  auto name = std::string(what);
  auto is_full = false;
  auto take = [&](listed x, const blame& report) {
    if (auto fault = model::number_fault(x.number); !fault.empty())
      return report(name + ": " + quoted(x.number) + " " + std::string(fault));
    if (left == 0) {
      if (!std::exchange(is_full, true))
        report(name + ": more than 1000000 numbers in all");
      return;
    }
    --left;
    visit(std::move(x), report);
  };
  auto at = [this](const node& where) {
    return [this, &where](std::string fault) { fail(where, std::move(fault)); };
  };
  if (value.kind == yaml_kind::sequence) {
    auto items = tree_.children(value);
    if (items.empty())
      fail(value, name + ": the list is empty");
    for (auto item : items)
      if (auto text = scalar("an item of " + name, *item))
        take({*text, {}}, at(*item));
    return;
  }
  auto pairs = value.kind == yaml_kind::map ? tree_.children(value)
                                            : std::vector<const node*>{};
  if (pairs.empty()) {
    fail(value, name
                  + " must be a list of numbers, a range {from, to} or "
                    "{csv: FILE}");
  } else if (model::nearest_word(pairs.front()->text, list_keys) == "csv") {
    auto fields = read_fields(value, what, csv_keys, {"csv"});
    if (auto file = fields["csv"])
      read_csv(*file, columns, [&](csv_reader& row) {
        auto number = row.find(0);
        auto password = columns.size() > 1 ? row.find(1) : nullptr;
        take({number->text, password ? password->text : ""},
             [&](std::string fault) {
               row.fail(number->column, std::move(fault));
             });
      });
  } else if (auto range = read_range(what, value, limit)) {
    blame report = at(*range->from);
    for (auto i = range->first; i <= range->last; ++i) {
      auto number = std::to_string(i);
      if (number.size() < range->width)
        number.insert(0, range->width - number.size(), '0');
      take({std::move(number), {}}, report);
    }
  }
}

// -- registering --------------------------------------------------------------

void scenario_parser::read_registration(const node& map,
                                        traffic::population& x) {
  auto fields = read_fields(map, "register", register_keys);
  auto& registers = x.registers.emplace();
  read_expires(fields["expires"], registers.expires);
  if (auto password = fields["password"])
    read_text("password", *password, registers.password);
  read_time("spread", fields["spread"], registers.spread);
}

void scenario_parser::read_expires(const node* expires,
                                   std::chrono::seconds& to) {
  if (!expires)
    return;
  std::chrono::milliseconds time = to;
  read_time("expires", expires, time);
  to = std::chrono::floor<std::chrono::seconds>(time);
  if (to != time || to.count() == 0)
    fail(*expires, "expires: " + quoted(expires->text)
                     + " is not a whole number of seconds above 0 (RFC 3261 "
                       "section 20.19)");
}

// -- subscribing --------------------------------------------------------------

void scenario_parser::read_subscribing(const node& map,
                                       traffic::population& x) {
  auto fields = read_fields(map, "subscribe", subscribe_keys, {"event"});
  auto& subscribes = x.subscribes.emplace();
  if (auto event = fields["event"])
    read_text("event", *event, subscribes.event);
  if (auto accept = fields["accept"])
    read_text("accept", *accept, subscribes.accept);
  else if (auto known = std::ranges::find(packages, subscribes.event,
                                          &event_package::name);
           known != std::ranges::end(packages))
    subscribes.accept = known->document;
  else if (!subscribes.event.empty())
    fail(map, "subscribe has no accept: which type the documents of "
                + subscribes.event + " are of");
  read_expires(fields["expires"], subscribes.expires);
  read_time("spread", fields["spread"], subscribes.spread);
  if (auto to = fields["to"])
    read_numbers("to", *to, target_columns, numbers_left_,
                 [&](listed number, const blame&) {
                   subscribes.numbers.push_back(std::move(number.number));
                 });
}

// -- calling ------------------------------------------------------------------

void scenario_parser::read_calling(const node& map, traffic::population& x) {
  auto before = errors_.size();
  auto fields = read_fields(map, "calls", call_keys, {"to", "arrivals"});
  auto& calls = x.calls.emplace();
  if (auto to = fields["to"])
    read_numbers("to", *to, target_columns, numbers_left_,
                 [&](listed number, const blame&) {
                   calls.numbers.push_back(std::move(number.number));
                 });
  if (auto arrivals = fields["arrivals"])
    read_arrivals(*arrivals, calls);
  read_law("talk", fields["talk"], calls.talk);
  read_law("patience", fields["patience"], calls.patience);
  if (auto party = fields["hang-up"]) {
    std::string word;
    read_word("hang-up", *party, parties, word);
    calls.hangs_up = word == "callee"   ? traffic::party::callee
                     : word == "either" ? traffic::party::either
                                        : traffic::party::caller;
  }
  if (auto redial = fields["redial"])
    read_redial(*redial, calls);
  if (auto steps = fields["steps"])
    read_steps(*steps, calls.steps);
  if (errors_.size() == before && !fields["talk"]
      && calls.hangs_up != traffic::party::callee)
    fail(map, "calls has no talk, so nobody would hang up (unless hang-up is "
              "callee)");
}

void scenario_parser::read_redial(const node& map, traffic::calling& x) {
  auto fields = read_fields(map, "redial", redial_keys, {"chance", "after"});
  read_quantity("chance", fields["chance"], share, x.redial_chance);
  read_law("redial after", fields["after"], x.redial_after);
  if (auto most = fields["at-most"])
    x.redials_at_most = static_cast<unsigned>(
      read_whole("at-most", *most, 1, redials_max).value_or(1));
}

// -- answering ----------------------------------------------------------------

void scenario_parser::read_answering(const node& map, traffic::population& x) {
  auto fields = read_fields(map, "answers", answer_keys);
  auto& answers = x.answers.emplace();
  read_law("ring-after", fields["ring-after"], answers.ring_after);
  read_law("answer-after", fields["answer-after"], answers.answer_after);
  auto early_media = fields["early-media"];
  read_flag("early-media", early_media, answers.early_media);
  if (answers.early_media && !fields["ring-after"])
    fail(*early_media, "early-media needs ring-after: when it begins");
  if (auto codes = fields["codes"])
    read_codes(*codes, answers);
  read_law("talk", fields["talk"], answers.talk);
  if (auto steps = fields["steps"])
    read_steps(*steps, answers.steps);
}

void scenario_parser::read_codes(const node& sequence, traffic::answering& x) {
  auto before = errors_.size();
  auto alone = tree_.children(sequence).size() == 1;
  x.answers.clear();
  read_list(sequence, "codes", "maps (code, chance)",
            [&](const node& item) { read_code(item, alone, x); });
  auto is_possible = [](auto& answer) { return answer.chance > 0; };
  if (errors_.size() == before && std::ranges::none_of(x.answers, is_possible))
    fail(sequence, "codes: no chance is above 0 %");
}

void scenario_parser::read_code(const node& map, bool alone,
                                traffic::answering& x) {
  auto fields = read_fields(map, "the answer", code_keys, {"code"});
  traffic::answer answer;
  if (auto code = fields["code"]) {
    auto status = read_whole("code", *code, 200, 699).value_or(200);
    if (status / 100 == 3
        && std::ranges::find(redirections, status)
             == std::ranges::end(redirections))
      fail(*code, "code: " + std::to_string(status)
                    + " is no redirection; those are 300, 301, 302, 305 and "
                      "380");
    answer.status = static_cast<uint16_t>(status);
    if (!fields["chance"] && !alone)
      fail(map, "the answer has no chance");
  }
  read_quantity("chance", fields["chance"], share, answer.chance);
  x.answers.push_back(answer);
}

} // namespace strowger::services::load
