#include "actors/model/directory.hpp"
#include "services/load/import/remarks.hpp"
#include "services/load/import/way_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

/// What the user sends.
namespace strowger::services::load::sipp {

namespace {

using traffic::step_kind;

bool says_hold(const std::string& body) {
  return body.find("a=sendonly") != body.npos
         || body.find("a=inactive") != body.npos
         || body.find("IN IP4 0.0.0.0") != body.npos;
}

std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
  std::int64_t value = 0;
  auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(),
                                         value);
  if (failure != std::errc{} || stop == text.data() || value < 0)
    return std::nullopt;
  return std::chrono::seconds{std::min<std::int64_t>(value, 36'000'000)};
}

/// Of a REGISTER: the header, else the parameter of its Contact.
std::optional<std::chrono::seconds> expiry_of(const message& x) {
  if (auto header = x.find("Expires"))
    if (auto found = parse_seconds(header->value))
      return found;
  auto contact = x.find("Contact");
  auto at = contact ? contact->value.find("expires=") : std::string::npos;
  if (at == std::string::npos)
    return std::nullopt;
  return parse_seconds(std::string_view{contact->value}.substr(at + 8));
}

/// The digits of an INFO (application/dtmf-relay or application/dtmf).
std::string digits_of(const message& x) {
  auto type = x.find("Content-Type");
  if (!type || type->value.find("dtmf") == std::string::npos)
    return {};
  auto at = x.body.find("ignal=");
  auto rest = std::string_view{x.body}.substr(at == std::string::npos ? 0
                                                                      : at + 6);
  auto digit = trimmed(rest.substr(0, rest.find('\n')));
  auto known = std::string_view{"0123456789*#ABCD"};
  return digit.size() == 1 && known.find(digit) != known.npos
           ? std::string(digit)
           : std::string{};
}

} // namespace

void way_reader::on_send(std::size_t i) {
  auto x = parse_message(at(i).text);
  if (stage_ == stage::another) {
    note(i, fate::left_out, "it belongs to a second call");
    return;
  }
  if (!x.fault.empty()) {
    before_ = sent_;
    ignore(i, fate::impossible,
           x.fault
             + ": users send what RFC 3261 allows (strowger torture sends "
               "what it forbids)");
    if (x.method == "ACK" && stage_ == stage::accepted)
      stage_ = stage::talking; // users send one all the same
    return;
  }
  remark_message(x, i, notes_);
  if (x.method.empty()) {
    on_sent_response(i, x);
    return;
  }
  on_sent_request(i, x);
  learn_login(i, x);
}

void way_reader::on_sent_request(std::size_t i, const message& x) {
  if (x.method == "ACK") {
    on_sent_ack(i);
    return;
  }
  before_ = std::exchange(sent_, x.method);
  ignored_ = false;
  if (x.method == "REGISTER") {
    on_sent_register(i, x);
  } else if (x.method == "INVITE") {
    on_sent_invite(i, x);
  } else if (x.method == "BYE") {
    on_sent_bye(i);
  } else if (x.method == "CANCEL") {
    on_sent_cancel(i);
  } else if (stage_ == stage::talking && x.method == "UPDATE") {
    add_step(i, step_kind::update, "");
  } else if (stage_ == stage::talking && x.method == "INFO") {
    send_info(i, x);
  } else if (stage_ == stage::talking && x.method == "REFER") {
    refer(i, x);
  } else {
    ignore(i, fate::left_out,
           (stage_ == stage::idle ? "users send no " : "users send no such ")
             + x.method);
  }
}

void way_reader::ignore(std::size_t i, fate what, std::string means) {
  note(i, what, std::move(means));
  sent_ = before_;
  ignored_ = true;
}

// -- who it is ----------------------------------------------------------------

void way_reader::learn_user(std::size_t i, const std::string& address) {
  auto name = parse_source(user_of(address));
  if (found_.domain.empty())
    found_.domain = parse_source(host_of(address));
  if (found_.user.empty()) {
    found_.user = name;
    if (!name.unknown.empty())
      note(i, fate::approximated,
           "what [" + name.unknown + "] stands for is not known here");
  } else if (!(name == found_.user) && !name.empty()) {
    note(i, fate::approximated, "the user keeps the number that it had before");
  }
}

void way_reader::learn_login(std::size_t i, const message& x) {
  for (auto& [name, value] : x.headers) {
    auto line = name.empty() ? parse_source(value) : source{};
    if (line.field && line.prefix.empty() && line.suffix.empty())
      found_.login_field = line.field;
  }
  auto login = find_authentication(at(i).text);
  if (!login)
    return;
  found_.proves = true;
  auto is_said = !login->password.empty();
  found_.password = parse_source(is_said ? login->password : "password");
  if (!is_said)
    note(i, fate::approximated,
         "the password is \"password\", as without the option -ap");
  if (!found_.password.unknown.empty())
    note(i, fate::approximated,
         "what [" + found_.password.unknown + "] stands for is not known here");
  if (!login->username.empty()
      && !(parse_source(login->username) == found_.user))
    note(i, fate::approximated,
         "users prove themselves by their number, not as " + login->username);
}

// -- requests -----------------------------------------------------------------

void way_reader::on_sent_register(std::size_t i, const message& x) {
  if (stage_ != stage::idle) {
    ignore(i, fate::left_out, "users refresh their registration by themselves");
    return;
  }
  auto expires = expiry_of(x);
  if (expires && expires->count() == 0) {
    ignore(i, fate::left_out, "users stay registered until the run is over");
    return;
  }
  for (auto& [pause, how_long] : pauses_)
    note(pause, fate::approximated, "registrations are spread over a second");
  pauses_.clear();
  good(i);
  if (auto to = x.find("To"))
    learn_user(i, to->value);
  if (!found_.registers)
    found_.registers.emplace();
  else if (ended_)
    note(i, fate::approximated,
         "users register again before their registration expires");
  if (expires)
    found_.registers->expires = *expires;
}

void way_reader::on_sent_invite(std::size_t i, const message& x) {
  if (stage_ == stage::talking) {
    change_session(i, x);
  } else if (stage_ == stage::inviting) {
    good(i); // the same once more, with credentials
  } else if (found_.calls) {
    note(i, fate::left_out,
         "it is a second call: users call again when the arrivals say so");
    stage_ = stage::another;
  } else {
    begin_call(i, x);
  }
}

void way_reader::begin_call(std::size_t i, const message& x) {
  drop_pauses(fate::left_out, "calls begin when the arrivals say so");
  good(i);
  auto& calls = found_.calls.emplace();
  calls.to = parse_source(user_of(x.uri));
  if (calls.to.empty())
    if (auto to = x.find("To"))
      calls.to = parse_source(user_of(to->value));
  if (!calls.to.unknown.empty())
    note(i, fate::approximated,
         "what [" + calls.to.unknown + "] stands for is not known here");
  if (auto from = x.find("From"))
    learn_user(i, from->value);
  if (!x.describes_media())
    note(i, fate::approximated, "it has a description, as every INVITE");
  stage_ = stage::inviting;
  called_ = false;
  steps_.clear();
  holding_ = false;
}

void way_reader::on_sent_ack(std::size_t i) {
  if (stage_ == stage::idle) {
    note(i, fate::left_out, "there is nothing to acknowledge");
    return;
  }
  good(i);
  if (stage_ != stage::accepted)
    return;
  stage_ = stage::talking;
}

void way_reader::on_sent_bye(std::size_t i) {
  if (stage_ == stage::accepted)
    stage_ = stage::talking; // it forgot to acknowledge, users do not
  if (stage_ != stage::talking) {
    ignore(i, fate::left_out, "there is no call that it could end");
    return;
  }
  good(i);
  if (called_) {
    found_.answers->talk = talk_time(i);
    found_.answers->steps = steps_;
  } else {
    found_.calls->talk = talk_time(i);
    found_.calls->steps = steps_;
  }
  stage_ = stage::releasing;
  ended_ = true;
}

void way_reader::on_sent_cancel(std::size_t i) {
  if (stage_ != stage::inviting) {
    ignore(i, fate::left_out, "there is no call that it could cancel");
    return;
  }
  good(i);
  auto patience = take_pauses();
  auto is_at_once = std::ranges::all_of(
    patience, [](auto& x) { return mean_ms(x) == 0; });
  if (is_at_once) {
    // Before a provisional response nothing may be cancelled (RFC 3261 §9.1).
    patience.push_back({law::kind::fixed, 100, 0, false});
    note(i, fate::approximated, "patience ends 100 ms after the INVITE");
  }
  found_.calls->patience = std::move(patience);
  ended_ = true;
  sent_ = "INVITE"; // what comes now answers both
}

// -- in the middle of a call --------------------------------------------------

void way_reader::add_step(std::size_t i, step_kind what, std::string argument) {
  if (!steps_.empty() && steps_.back().what == step_kind::blind_transfer) {
    ignore(i, fate::left_out,
           "who has transferred a call is not in it any more");
    return;
  }
  auto after_ms = fix_pauses("talk times are drawn apart from steps");
  good(i);
  // Digits that follow each other at once are one step.
  if (what == step_kind::dtmf && after_ms == 0 && !steps_.empty()
      && steps_.back().what == what && steps_.back().argument.size() < 128)
    steps_.back().argument += argument;
  else
    steps_.push_back({what, after_ms, std::move(argument)});
}

void way_reader::change_session(std::size_t i, const message& x) {
  auto holds = says_hold(x.body);
  auto what = holds && !holding_   ? step_kind::hold
              : !holds && holding_ ? step_kind::retrieve
                                   : step_kind::reinvite;
  holding_ = holds;
  add_step(i, what, "");
}

void way_reader::send_info(std::size_t i, const message& x) {
  if (auto digits = digits_of(x); !digits.empty()) {
    add_step(i, step_kind::dtmf, std::move(digits));
    return;
  }
  add_step(i, step_kind::info, "");
  if (!x.body.empty())
    note(i, fate::approximated, "what the INFO says is left out");
}

void way_reader::refer(std::size_t i, const message& x) {
  auto to = x.find("Refer-To");
  auto number = to ? parse_source(user_of(to->value)) : source{};
  if (to && to->value.find("Replaces") != std::string::npos) {
    ignore(i, fate::left_out,
           "the call that it replaces is not one of this user");
  } else if (number.field || number.counted || !number.unknown.empty()
             || !model::number_fault(number.prefix).empty()) {
    ignore(i, fate::left_out, "users transfer to one number, which is said");
  } else {
    add_step(i, step_kind::blind_transfer, number.prefix);
  }
}

} // namespace strowger::services::load::sipp
