#include "actors/model/directory.hpp"
#include "services/config/wording.hpp"
#include "services/load/scenario_parser.hpp"

#include <algorithm>
#include <utility>

/// What users do in the middle of a call.
namespace strowger::services::load {

namespace {

using config::quoted;
using config::yaml_kind;
using traffic::step_kind;

/// In the order of traffic::step_kind.
constexpr std::string_view step_words[] = {
  "hold", "retrieve", "reinvite",       "update",
  "info", "dtmf",     "blind-transfer", "attended-transfer"};
static_assert(std::size(step_words)
              == static_cast<size_t>(step_kind::attended_transfer) + 1);

constexpr std::string_view step_keys[] = {"after", "do", "digits", "to"};

/// The events 0 to 15 of RFC 4733.
constexpr std::string_view digits_of_dtmf = "0123456789*#ABCD";
constexpr size_t digits_max = 128;

bool is_transfer(step_kind x) {
  return x == step_kind::blind_transfer || x == step_kind::attended_transfer;
}

std::string word_of(step_kind x) {
  return std::string(step_words[static_cast<size_t>(x)]);
}

} // namespace

void scenario_parser::read_steps(const node& sequence,
                                 std::vector<traffic::step>& out) {
  read_list(sequence, "steps", "steps",
            [&](const node& item) { read_step(item, out); });
}

void scenario_parser::read_step(const node& value,
                                std::vector<traffic::step>& out) {
  traffic::step x;
  field_map fields;
  auto is_word = value.kind == yaml_kind::scalar; // done at once
  if (!is_word)
    fields = read_fields(value, "the step", step_keys, {"do"});
  read_law("after", fields["after"], x.after);
  auto what = is_word ? &value : fields["do"];
  std::string word;
  if (what)
    read_word("do", *what, step_words, word);
  if (word.empty())
    return;
  x.what = static_cast<step_kind>(std::ranges::find(step_words, word)
                                  - std::begin(step_words));
  read_argument(value, fields, x);
  check_order(*what, x, out);
  out.push_back(std::move(x));
}

void scenario_parser::read_argument(const node& value, const field_map& fields,
                                    traffic::step& x) {
  auto digits = fields["digits"];
  auto to = fields["to"];
  if (digits && x.what != step_kind::dtmf)
    fail(*digits, "digits: " + word_of(x.what) + " has none");
  if (to && !is_transfer(x.what))
    fail(*to, "to: " + word_of(x.what) + " goes nowhere");
  if (x.what == step_kind::dtmf) {
    if (!digits)
      return fail(value, "dtmf needs digits");
    read_text("digits", *digits, x.argument);
    if (x.argument.find_first_not_of(digits_of_dtmf) != std::string::npos
        || x.argument.size() > digits_max)
      fail(*digits, "digits: " + quoted(x.argument)
                      + " may only hold 0 to 9, * # and A to D, at most "
                      + std::to_string(digits_max));
  } else if (is_transfer(x.what)) {
    if (!to)
      return fail(value, word_of(x.what) + " needs to: a number");
    read_text("to", *to, x.argument);
    auto fault = model::number_fault(x.argument);
    if (!x.argument.empty() && !fault.empty())
      fail(*to, "to: " + quoted(x.argument) + " " + std::string(fault));
  }
}

void scenario_parser::check_order(const node& where, const traffic::step& x,
                                  const std::vector<traffic::step>& before) {
  if (!before.empty() && is_transfer(before.back().what))
    fail(where, "do: nothing can follow " + word_of(before.back().what)
                  + ", after which this user is not in the call");
  if (x.what != step_kind::retrieve)
    return;
  auto is_held = false;
  for (auto& y : before)
    is_held = y.what == step_kind::hold
              || (is_held && y.what != step_kind::retrieve);
  if (!is_held)
    fail(where, "do: retrieve needs a hold before it");
}

} // namespace strowger::services::load
