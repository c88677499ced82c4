#include "services/torture/judge.hpp"

#include "services/torture/message.hpp"
#include "services/torture/response.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace strowger::services::torture {

namespace {

bool is_final(std::string_view response) {
  return status_of(response) >= 200;
}

std::optional<int> answer_of(const observation& seen) {
  auto final = std::ranges::find_if(seen.answers, is_final);
  if (final != seen.answers.end())
    return status_of(*final);
  for (auto& x : seen.answers)
    if (auto status = status_of(x))
      return status;
  return std::nullopt;
}

std::string words_of(std::optional<int> answer) {
  return answer ? std::to_string(*answer) : "no answer";
}

/// Gathers what is said, and the worst of it.
class findings {
public:
  void add(verdict is, std::string words) {
    if (result_.is != verdict::failed)
      result_.is = is;
    result_.words.push_back(std::move(words));
  }

  judgement result_;
};

void judge_answer(const torture_case& what, const observation& seen,
                  std::optional<int> answer, findings& found) {
  auto good = answer_set::parse(what.expect.good);
  auto allowed = answer_set::parse(what.expect.allowed);
  assert(good && allowed);
  if (good->has(answer))
    return;
  if (allowed->has(answer))
    found.add(verdict::remark,
              fmt::format("{}; better is {}: {}", words_of(answer),
                          what.expect.good, what.expect.why));
  else if (!answer && !seen.cannot_hear.empty())
    found.add(verdict::unheard, "no answer: " + seen.cannot_hear);
  else
    found.add(verdict::failed,
              fmt::format("{}; expected is {}: {}", words_of(answer),
                          what.expect.good, what.expect.why));
}

void judge_form(const torture_case& what, const observation& seen,
                findings& found) {
  std::string sent;
  for (auto& piece : what.pieces)
    sent += piece;
  for (auto& answer : seen.answers) {
    if (auto flaw = flaw_in(answer, sent))
      found.add(verdict::failed, fmt::format("{} is not well-formed: {}",
                                             first_line_of(answer), *flaw));
    else if (auto words = remark_on(answer, sent); !words.empty())
      found.add(verdict::remark, words);
    auto came = vias_of(answer), went = vias_of(sent);
    if (what.all_vias && came.size() != went.size())
      found.add(verdict::failed,
                fmt::format("{} has {} Vias, the request has {}",
                            status_of(answer), came.size(), went.size()));
  }
}

void judge_stream(const torture_case& what, const observation& seen,
                  findings& found) {
  auto finals = static_cast<std::size_t>(
    std::ranges::count_if(seen.answers, is_final));
  if (finals > 0 && finals < what.answers)
    found.add(verdict::failed,
              fmt::format("{} final answers of {}", finals, what.answers));
  if (what.then == ending::closed && !seen.closed)
    found.add(verdict::remark, "the connection is still open");
  if (what.then == ending::open && seen.closed)
    found.add(verdict::remark, "the connection was closed");
}

} // namespace

std::string_view to_string(verdict x) {
  switch (x) {
    case verdict::as_expected:
      return "as expected";
    case verdict::remark:
      return "remark";
    case verdict::failed:
      return "failed";
    case verdict::unheard:
      return "unheard";
    case verdict::not_sent:
      return "not sent";
  }
  return {};
}

judgement judge(const torture_case& what, const observation& seen) {
  findings found;
  auto& result = found.result_;
  if (!seen.could_not_send.empty()) {
    found.add(verdict::not_sent, seen.could_not_send);
  } else {
    result.answer = answer_of(seen);
    judge_answer(what, seen, result.answer, found);
    judge_form(what, seen, found);
    judge_stream(what, seen, found);
  }
  if (!seen.alive)
    found.add(verdict::failed,
              seen.revived_after_ms
                ? fmt::format("the device died of it, and came back after "
                              "{:.1f} s",
                              *seen.revived_after_ms / 1000)
                : "the device died of it, and did not come back");
  return result;
}

} // namespace strowger::services::torture
