#include "services/load/import/way_reader.hpp"

#include "services/load/import/remarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

/// The way itself, and time.
namespace strowger::services::load::sipp {

namespace {

/// So long a step may take until its answer is here, beyond its own pause.
constexpr auto step_takes_ms = 100.;

int status_of(const std::string& text) {
  int status = 0;
  std::from_chars(text.data(), text.data() + text.size(), status);
  return status >= 100 && status <= 699 ? status : 0;
}

} // namespace

way_reader::way_reader(const document& of, const ledger& before)
  : of_(of), notes_(before) {
  // nop
}

void way_reader::good(std::size_t i) {
  notes_.understood(i);
  ++understood_;
}

bool way_reader::jumps_at(std::size_t i) const {
  return std::ranges::any_of(
    way_->turns, [&](auto& x) { return x.element == i && x.jumps; });
}

void way_reader::read(const way& x) {
  way_ = &x;
  for (auto i : x.steps) {
    auto& step = at(i);
    if (step.name != "label")
      remark_attributes(of_, i, notes_);
    if (step.name == "send") {
      on_send(i);
    } else if (step.name == "recv") {
      on_receive(i);
    } else if (step.name == "pause") {
      on_pause(i);
    } else if (step.name == "sendCmd" || step.name == "recvCmd") {
      is_twin_ = true;
      note(i, fate::impossible,
           "another SIPp (3PCC) decides what comes next; users of strowger "
           "load have one call and hear nobody else");
    } else {
      notes_.understood(i); // nop, label, timewait: transactions keep that time
    }
  }
  finish();
}

void way_reader::finish() {
  if (stage_ == stage::talking && !called_ && found_.calls) {
    drop_pauses(fate::left_out, "nobody hangs up after it");
    found_.calls->callee_hangs_up = true;
    found_.calls->steps = steps_;
  } else if (stage_ == stage::talking && found_.answers) {
    drop_pauses(fate::left_out, "the caller hangs up when it likes");
    found_.answers->steps = steps_;
  } else if (stage_ == stage::idle && found_.registers) {
    for (auto& [i, x] : pauses_)
      good(i); // users stay registered until the run is over
    ended_ = true;
  } else {
    drop_pauses(fate::left_out, "nothing follows it: the call is over");
  }
  if (stage_ != stage::over)
    end_in_the_middle();
  if (is_twin_)
    found_ = {};
}

/// SIPp forgets such a call; users do not.
void way_reader::end_in_the_middle() {
  auto last = way_->steps.empty() ? 0 : way_->steps.back();
  auto waits = stage_ == stage::accepted
               || (stage_ == stage::inviting && !found_.calls->patience);
  if (waits) {
    found_.calls->callee_hangs_up = true;
    note(last, fate::approximated,
         "the scenario ends here; the call lasts until the called side ends "
         "it");
  } else if (stage_ == stage::ringing) {
    note(last, fate::approximated,
         "the scenario ends here; the call is not answered for an hour");
  }
}

// -- time ---------------------------------------------------------------------

void way_reader::on_pause(std::size_t i) {
  auto read = law_of(i);
  if (auto fault = std::get_if<std::string>(&read)) {
    note(i, fate::left_out, *fault);
    return;
  }
  auto x = std::get<law>(read);
  if (x.unsaid)
    note(i, fate::approximated,
         "it has no duration and lasts 0 ms, as without the option -d");
  pauses_.emplace_back(i, x);
}

/// A pause of its own length, or that of a variable which is set by one action
/// only.
std::variant<law, std::string> way_reader::law_of(std::size_t i) const {
  auto variable = at(i).find("variable");
  if (!variable)
    return read_law(at(i));
  const element* found = nullptr;
  for (auto& x : of_.elements) {
    auto name = x.find("assign_to");
    if (!name || *name != *variable)
      continue;
    if (found || (x.name != "sample" && x.name != "assign"))
      return "how long it lasts is computed";
    found = &x;
  }
  if (!found)
    return "nothing says how long it lasts";
  if (found->name == "sample")
    return read_law(*found);
  auto value = found->find("value");
  element fixed{"pause", found->line, 0, {}, {}};
  fixed.attributes.emplace_back("milliseconds", value ? *value : "");
  return read_law(fixed);
}

std::vector<law> way_reader::take_pauses() {
  std::vector<law> result;
  for (auto& [i, x] : pauses_) {
    good(i);
    result.push_back(x);
  }
  // The last of them bears what the sum makes of their laws.
  if (!pauses_.empty())
    if (auto written = write_law(result); !written.note.empty())
      note(pauses_.back().first, fate::approximated, written.note);
  pauses_.clear();
  return result;
}

void way_reader::drop_pauses(fate what, const std::string& means) {
  for (auto& [i, x] : pauses_)
    note(i, what, means);
  pauses_.clear();
}

double way_reader::fix_pauses(const std::string& why) {
  auto sum = 0.;
  for (auto& [i, x] : pauses_) {
    auto ms = std::min(mean_ms(x), 3'600'000.);
    sum += ms;
    good(i);
    if (x.what != law::kind::fixed)
      note(i, fate::approximated,
           "it always lasts " + duration_text(ms) + ": " + why);
  }
  pauses_.clear();
  return sum;
}

/// From the answer to BYE.
std::vector<law> way_reader::talk_time(std::size_t bye) {
  auto result = take_pauses();
  if (steps_.empty())
    return result;
  law before;
  for (auto& x : steps_) {
    auto answers = x.what == traffic::step_kind::dtmf ? x.argument.size() : 1;
    before.a += x.after_ms + step_takes_ms * static_cast<double>(answers);
  }
  result.push_back(before);
  note(bye, fate::approximated,
       "the call is 100 ms longer for each step before it, for its answer");
  return result;
}

// -- what it receives ---------------------------------------------------------

void way_reader::on_receive(std::size_t i) {
  auto& x = at(i);
  auto optional = x.find("optional");
  auto happens = !optional || *optional == "false" || jumps_at(i);
  if (stage_ == stage::another) {
    note(i, fate::left_out, "it belongs to a second call");
    return;
  }
  if (auto method = x.find("request")) {
    on_received_request(i, *method, happens);
    return;
  }
  auto response = x.find("response");
  auto status = response ? status_of(*response) : 0;
  if (status == 0)
    note(i, fate::left_out,
         "it says no status that can be read; any answer is taken");
  else
    on_received_response(i, status, happens);
}

void way_reader::on_received_response(std::size_t i, int status, bool happens) {
  if (ignored_ || sent_.empty()) {
    note(i, fate::left_out, "it answers nothing that is sent");
    ignored_ = ignored_ && (status < 200 || !happens);
    return;
  }
  if (sent_ == "INVITE" && stage_ == stage::inviting) {
    on_invite_answered(i, status, happens);
    return;
  }
  good(i);
  auto is_challenge = status == 401 || status == 407;
  if (sent_ == "BYE" && happens && status >= 200)
    stage_ = stage::over;
  if (sent_ == "REGISTER" && status < 300 && status >= 200)
    ended_ = true;
  if (status >= 300 && happens && !is_challenge)
    note(i, fate::approximated, "that it is refused is counted, not checked");
}

void way_reader::on_invite_answered(std::size_t i, int status, bool happens) {
  good(i);
  if (status < 200 || !happens)
    return; // users hear any of them
  if (status < 300) {
    if (found_.calls->patience)
      return; // of CANCEL
    drop_pauses(fate::left_out, "users wait for the answer");
    stage_ = stage::accepted;
    return;
  }
  if (status == 401 || status == 407)
    return; // the next INVITE proves who it is
  drop_pauses(fate::left_out, "users wait for the answer");
  stage_ = stage::over;
  ended_ = true;
  if (found_.calls->patience)
    return; // 487
  found_.calls->is_refused = true;
  note(i, fate::approximated,
       "that it is refused is not checked: reports count how calls come out");
}

void way_reader::on_received_request(std::size_t i, const std::string& method,
                                     bool happens) {
  if (method == "INVITE") {
    on_received_invite(i);
  } else if (method == "BYE" && happens) {
    on_received_bye(i);
  } else if (method == "CANCEL") {
    on_received_cancel(i, happens);
  } else if (method == "ACK" || method == "BYE" || method == "OPTIONS") {
    good(i);
  } else if (stage_ == stage::talking) {
    good(i); // every request within the call is answered
  } else if (method == "REGISTER") {
    note(i, fate::left_out, "users are no registrars");
  } else {
    note(i, fate::left_out, "outside of a call users answer calls and OPTIONS");
  }
  if (method != "ACK")
    received_ = method;
}

void way_reader::on_received_invite(std::size_t i) {
  if (stage_ == stage::talking) {
    good(i);
    return;
  }
  auto is_again = stage_ == stage::ringing; // after a challenge
  if (found_.answers && !is_again) {
    note(i, fate::left_out, "users answer every call alike; it is a second");
    stage_ = stage::another;
    return;
  }
  drop_pauses(fate::left_out, "calls come when they come");
  good(i);
  found_.answers.emplace();
  stage_ = stage::ringing;
  called_ = true;
  since_invite_.clear();
  steps_.clear();
  holding_ = false;
}

void way_reader::on_received_bye(std::size_t i) {
  if (stage_ != stage::talking && stage_ != stage::accepted) {
    note(i, fate::left_out, "there is no call that it could end");
    return;
  }
  good(i);
  drop_pauses(fate::left_out, "the other side hangs up when it likes");
  if (called_) {
    found_.answers->steps = steps_;
  } else {
    found_.calls->callee_hangs_up = true;
    found_.calls->steps = steps_;
  }
  stage_ = stage::over;
  ended_ = true;
}

void way_reader::on_received_cancel(std::size_t i, bool happens) {
  if (stage_ != stage::ringing) {
    note(i, fate::left_out, "there is no call that it could end");
    return;
  }
  good(i);
  if (!happens)
    return; // any caller may lose patience
  drop_pauses(fate::left_out, "the caller decides when");
  note(i, fate::approximated,
       "the call is not answered for an hour; whether it is cancelled by then "
       "is up to the caller");
  stage_ = stage::over;
  ended_ = true;
}

} // namespace strowger::services::load::sipp
