#include "services/load/import/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace strowger::services::load::sipp {

namespace {

using traffic::step_kind;

/// In the order of traffic::step_kind, as scenarios spell them.
constexpr std::string_view step_words[] = {
  "hold", "retrieve", "reinvite",       "update",
  "info", "dtmf",     "blind-transfer", "attended-transfer"};

/// As YAML's double quotes have it; a password may hold anything.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (auto c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      result += fmt::format("\\x{:02x}", c);
    else
      result += c;
  }
  return result + "\"";
}

std::string csv_value(std::string_view text) {
  std::string result = "\"";
  for (auto c : text)
    if (c == '"')
      result += "\"\"";
    else
      result += c;
  return result + "\"";
}

class writer {
public:
  writer(const behaviour& who, const numbers& of, const surroundings& around)
    : who_(who), of_(of), around_(around) {
    // nop
  }

  written write(const std::vector<std::string>& comments) {
    for (auto& x : comments)
      line("# " + x);
    line("load: " + quoted(around_.name));
    line("target: " + quoted(around_.target));
    line("listen: " + quoted(around_.listen));
    if (!of_.domain.empty())
      line("domain: " + quoted(of_.domain));
    line("populations:");
    line(std::string("  - name: ") + (who_.calls ? "callers" : "phones"));
    line("    users: " + users());
    if (who_.registers)
      write_registration();
    if (who_.calls)
      write_calls();
    if (who_.answers)
      write_answers();
    write_run();
    return std::move(result_);
  }

private:
  void line(const std::string& text) {
    result_.yaml += text + "\n";
  }

  std::string csv(std::string_view what, std::string text) {
    auto name = around_.stem + "-" + std::string(what) + ".csv";
    result_.csv.emplace_back(name, std::move(text));
    return "{csv: " + quoted(name) + "}";
  }

  // -- parts ------------------------------------------------------------------

  static std::string list(const auto& items, auto value) {
    std::string result;
    for (auto& x : items)
      result += (result.empty() ? "" : ", ") + quoted(value(x));
    return "[" + result + "]";
  }

  /// Passwords need a file, unless one does for all and they register with it.
  std::string users() {
    auto has_password = std::ranges::any_of(
      of_.users, [](auto& x) { return !x.password.empty(); });
    if (!of_.users_from_file && (!has_password || who_.registers))
      return list(of_.users, [](auto& x) { return x.number; });
    std::string text = has_password ? "number,password\n" : "number\n";
    for (auto& x : of_.users)
      text += x.number + (has_password ? "," + csv_value(x.password) : "")
              + "\n";
    return csv("users", std::move(text));
  }

  std::string called() {
    if (!of_.called_from_file)
      return list(of_.called, [](auto& x) { return x; });
    std::string text = "number\n";
    for (auto& x : of_.called)
      text += x + "\n";
    return csv("numbers", std::move(text));
  }

  std::string duration(std::string_view what, const std::vector<law>& sum) {
    auto x = write_law(sum);
    if (x.values_s.empty())
      return x.yaml;
    std::string text = "seconds\n";
    for (auto y : x.values_s)
      text += fmt::format("{:.6f}\n", y);
    return csv(what, std::move(text));
  }

  // -- sections ---------------------------------------------------------------

  void write_registration() {
    auto text = fmt::format("    register: {{expires: {} s",
                            who_.registers->expires.count());
    auto& password = of_.users.front().password;
    if (!of_.users_from_file && !password.empty())
      text += ", password: " + quoted(password);
    line(text + "}");
  }

  void write_calls() {
    auto& x = *who_.calls;
    line("    calls:");
    line("      to: " + called());
    line("      arrivals: {constant: " + around_.rate + "}");
    if (x.patience) {
      line("      patience: " + duration("patience", *x.patience));
      line("      talk: 0 s");
    } else if (x.callee_hangs_up) {
      line("      hang-up: callee");
    } else {
      line("      talk: " + duration("talk", x.talk));
    }
    write_steps(x.steps);
  }

  void write_answers() {
    auto& x = *who_.answers;
    line("    answers:");
    if (x.ring_after)
      line("      ring-after: " + duration("ring", *x.ring_after));
    if (x.codes.empty())
      line("      answer-after: 1 h");
    else
      line("      answer-after: " + duration("answer", x.answer_after));
    if (x.early_media)
      line("      early-media: true");
    if (x.codes.size() == 1 && x.codes.front().status != 200)
      line(fmt::format("      codes: [{{code: {}}}]", x.codes.front().status));
    if (x.codes.size() > 1) {
      line("      codes:");
      for (auto& code : x.codes)
        line(fmt::format("        - {{code: {}, chance: {:.6g} %}}",
                         code.status, code.chance * 100));
    }
    if (x.talk)
      line("      talk: " + duration("talk", *x.talk));
    write_steps(x.steps);
  }

  void write_steps(const std::vector<mid_call_step>& steps) {
    if (steps.empty())
      return;
    line("      steps:");
    for (auto& x : steps) {
      auto text = "        - {after: " + duration_text(x.after_ms) + ", do: "
                  + std::string(step_words[static_cast<std::size_t>(x.what)]);
      if (x.what == step_kind::dtmf)
        text += ", digits: " + quoted(x.argument);
      if (x.what == step_kind::blind_transfer)
        text += ", to: " + quoted(x.argument);
      line(text + "}");
    }
  }

  /// At most, for calls to end by themselves: what a transaction may take, and
  /// ten times as long as a call lasts.
  double drain_ms() const {
    constexpr auto transaction_ms = 40'000.;
    constexpr auto day_ms = 86'400'000.;
    auto talk_ms = 0.;
    if (who_.calls)
      for (auto& x : who_.calls->talk)
        talk_ms += mean_ms(x);
    return std::min(transaction_ms + 10 * std::ceil(talk_ms), day_ms);
  }

  /// As SIPp, whose exit code says whether any call failed; unless it is meant
  /// to fail.
  void write_run() {
    std::string calls;
    if (around_.calls)
      calls = fmt::format(", calls: {}", *around_.calls);
    line("run: {warm-up: 0 s, steady: " + duration_text(around_.steady_s * 1000)
         + ", drain: " + duration_text(drain_ms()) + calls + "}");
    if (who_.calls && !who_.calls->is_refused)
      line("pass: [\"failed < 0.01 %\"]");
  }

  const behaviour& who_;
  const numbers& of_;
  const surroundings& around_;
  written result_;
};

} // namespace

written write_scenario(const behaviour& who, const numbers& of,
                       const surroundings& around,
                       const std::vector<std::string>& comments) {
  return writer(who, of, around).write(comments);
}

} // namespace strowger::services::load::sipp
