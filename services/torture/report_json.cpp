#include "services/torture/message.hpp"
#include "services/torture/report.hpp"

#include <nlohmann/json.hpp>

namespace strowger::services::torture {

namespace {

using json = nlohmann::ordered_json;

json maybe(const auto& x) {
  return x ? json(*x) : json(nullptr);
}

/// Bytes as text: RFC 4648 base64, which any reader of JSON can undo.
std::string base64(std::string_view bytes) {
  constexpr std::string_view digits
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    auto part = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = bits << 8
             | (j < part.size() ? static_cast<unsigned char>(part[j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      result += j <= part.size() ? digits[bits >> (18 - 6 * j) & 63] : '=';
  }
  return result;
}

json of(const case_result& x) {
  auto answers = json::array();
  for (auto& answer : x.seen.answers)
    answers.push_back(first_line_of(answer));
  auto good = x.found.is == verdict::as_expected
              || x.found.is == verdict::not_sent;
  std::string sent;
  for (auto& piece : x.what.pieces)
    sent += good ? "" : piece;
  return {{"name", x.what.name},
          {"source", x.what.source},
          {"what", x.what.what},
          {"verdict", to_string(x.found.is)},
          {"words", x.found.words},
          {"answer", maybe(x.found.answer)},
          {"answers", answers},
          {"answered_after_ms", maybe(x.seen.answered_after_ms)},
          {"expected",
           {{"good", x.what.expect.good},
            {"allowed", x.what.expect.allowed},
            {"why", x.what.expect.why}}},
          {"closed", x.seen.closed},
          {"alive", x.seen.alive},
          {"revived_after_ms", maybe(x.seen.revived_after_ms)},
          {"sent_base64", good ? json(nullptr) : json(base64(sent))}};
}

} // namespace

std::string to_json(const report& x) {
  auto counts = json::object();
  for (auto is : {verdict::as_expected, verdict::remark, verdict::failed,
                  verdict::unheard, verdict::not_sent})
    counts[std::string(to_string(is))] = x.count(is);
  auto cases = json::array();
  for (auto& one : x.cases)
    cases.push_back(of(one));
  json all{{"format", report_format},
           {"target", x.target},
           {"transport", x.transport},
           {"listen", x.listen},
           // As text: many readers of JSON have no integers beyond 2^53.
           {"seed", std::to_string(x.seed)},
           {"mutations", x.mutations},
           {"exact", x.exact},
           {"started", x.started},
           {"version", x.version},
           {"verdict",
            {{"passed", x.passed()},
             {"exit_code", x.exit_code()},
             {"counts", counts}}},
           {"cases", cases}};
  return all.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

} // namespace strowger::services::torture
