#include "services/config/wording.hpp"
#include "services/load/scenario_parser.hpp"

#include <algorithm>
#include <utility>

/// What a bad network does to the messages of a run.
namespace strowger::services::load {

namespace {

using config::quoted;
using traffic::direction;

constexpr std::string_view way_keys[] = {"sent", "received"};
constexpr std::string_view impairment_keys[] = {
  "sent", "received", "lose", "duplicate", "reorder", "delay"};

} // namespace

void scenario_parser::read_impairments(const node& sequence) {
  read_list(sequence, "impairments", "maps such as {sent: INVITE, lose: 5 %}",
            [this](const node& item) { read_impairment(item); });
  if (value_.transport != "udp" && !value_.impairments.empty())
    fail(sequence, "impairments need transport udp; a connection loses, "
                   "repeats and reorders nothing");
}

void scenario_parser::read_impairment(const node& map) {
  auto before = errors_.size();
  field_map fields;
  auto way = read_choice(map, "the impairment", way_keys, impairment_keys,
                         fields);
  if (way.empty())
    return;
  traffic::impairment_rule x;
  x.way = way == "sent" ? direction::sent : direction::received;
  read_pattern(way, *fields[way], x.what);
  read_quantity("lose", fields["lose"], share, x.lose);
  read_quantity("duplicate", fields["duplicate"], share, x.duplicate);
  read_quantity("reorder", fields["reorder"], share, x.reorder);
  read_law("delay", fields["delay"], x.delay);
  if (errors_.size() > before)
    return;
  if (!fields["lose"] && !fields["duplicate"] && !fields["reorder"]
      && !fields["delay"])
    fail(map, "the impairment does nothing: it needs lose, duplicate, reorder "
              "or delay");
  else if (std::ranges::any_of(value_.impairments, [&](auto& earlier) {
             return earlier.way == x.way && earlier.what.covers(x.what);
           }))
    fail(map, std::string(way) + ": " + quoted(fields[way]->text)
                + " is left to no message: the first rule that fits decides, "
                  "and one before fits all of them");
  else
    value_.impairments.push_back(std::move(x));
}

void scenario_parser::read_pattern(std::string_view what, const node& value,
                                   traffic::message_pattern& out) {
  auto text = scalar(what, value);
  if (!text)
    return;
  if (auto pattern = traffic::parse_pattern(*text))
    out = *pattern;
  else
    fail(value, std::string(what) + ": " + quoted(*text)
                  + " is no kind of message; expected any, a method such as "
                    "INVITE, a status such as 200 or 2xx, or both such as "
                    "\"200 INVITE\"");
}

} // namespace strowger::services::load
