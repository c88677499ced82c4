#include "services/load/import/way_reader.hpp"

#include <algorithm>

/// How the user answers.
namespace strowger::services::load::sipp {

void way_reader::on_sent_response(std::size_t i, const message& x) {
  auto method = x.cseq_method().empty() ? received_ : x.cseq_method();
  if (x.status == 487 && method == "CANCEL")
    method = "INVITE"; // [last_CSeq:] of a scenario that means the INVITE
  if (method == "INVITE" && stage_ == stage::ringing) {
    on_sent_answer(i, x);
  } else if (method.empty()) {
    note(i, fate::left_out, "it answers nothing that came");
  } else if (method == "INVITE" && stage_ == stage::over && x.status == 487) {
    good(i);
  } else if (method == "CANCEL" || method == "OPTIONS" || method == "BYE"
             || stage_ == stage::talking) {
    good(i);
    if (x.status >= 300)
      note(i, fate::approximated, "users answer " + method + " with 200");
  } else {
    note(i, fate::left_out, "users do not answer such a " + method);
  }
}

void way_reader::on_sent_answer(std::size_t i, const message& x) {
  if (x.status < 200) {
    on_sent_provisional(i, x);
    return;
  }
  auto waited = take_pauses();
  // Who rings does so before it answers, if only just.
  auto is_at_once = std::ranges::all_of(
    waited, [](auto& y) { return mean_ms(y) == 0; });
  if (found_.answers->ring_after && is_at_once) {
    waited.push_back({law::kind::fixed, 1, 0, false});
    note(i, fate::approximated, "it comes 1 ms after it rings");
  }
  since_invite_.insert(since_invite_.end(), waited.begin(), waited.end());
  if (x.status == 401 || x.status == 407) {
    note(i, fate::left_out, "whoever calls is not asked for a password");
    found_.answers.emplace();
    since_invite_.clear();
    return;
  }
  auto is_redirection = x.status / 100 == 3;
  auto known = {300, 301, 302, 305, 380};
  if (is_redirection && std::ranges::find(known, x.status) == known.end()) {
    note(i, fate::impossible, "it is no redirection of RFC 3261 section 21.3");
    found_.answers.reset();
    stage_ = stage::over;
    return;
  }
  good(i);
  if (is_redirection)
    note(i, fate::approximated, "its Contact is not sent");
  found_.answers->codes = {{x.status, 1}};
  found_.answers->answer_after = since_invite_;
  auto accepts = x.status < 300;
  if (accepts && !x.describes_media())
    note(i, fate::approximated, "it has a description");
  stage_ = accepts ? stage::talking : stage::over;
  ended_ = ended_ || !accepts;
}

void way_reader::on_sent_provisional(std::size_t i, const message& x) {
  if (x.status == 100) {
    good(i); // the stack says it where it is needed
    return;
  }
  auto& answers = *found_.answers;
  if (answers.ring_after) {
    note(i, fate::left_out, "users send one provisional response");
    return;
  }
  law before;
  before.a = fix_pauses("when it rings and when it answers are drawn apart");
  if (before.a > 0)
    since_invite_.push_back(before);
  good(i);
  answers.ring_after = since_invite_;
  answers.early_media = x.status == 183 && x.describes_media();
  if (x.status != 180 && !answers.early_media)
    note(i, fate::approximated, "180 is sent in its place");
  if (x.find("RSeq"))
    note(i, fate::approximated, "provisional responses are not reliable");
}

} // namespace strowger::services::load::sipp
