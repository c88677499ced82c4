#include "actors/traffic/criterion.hpp"

#include "actors/model/spelling.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

namespace strowger::traffic {

namespace {

using std::string_view;

// -- words --------------------------------------------------------------------

constexpr string_view examples
  = R"(expected something like "p99 answer < 200 ms", "failed < 0.1 %", )"
    R"("SER > 99 %", "rate > 100/s" or "calls >= 1000")";

struct alias {
  string_view written;
  string_view meant;
};

constexpr alias latencies[] = {
  {"100", "100"},
  {"ringing", "ringing"},
  {"answer", "answer"},
  {"ack", "ack"},
  {"bye", "bye"},
  {"register", "register"},
  {"SRD", "SRD"},
  {"SDT", "SDT"},
  {"18x", "ringing"},
  {"2xx", "answer"},
  {"SDD", "bye"},
  {"RRD", "register"},
  {"subscribe", "subscribe"},
};

constexpr string_view shares[] = {
  "answered", "abandoned", "busy", "failed",       "SER",   "SEER",
  "ISA",      "SCR",       "IRA",  "lost packets", "tones", "digits"};

/// Numbers of calls, and a rate.
constexpr string_view counts[] = {"rate", "calls", "one-way", "silent"};

constexpr string_view statistics[] = {"p50",   "p90",    "p95", "p99",
                                      "p99.9", "p99.99", "max", "mean"};

/// The word of the list that this is, upper and lower case alike.
std::optional<string_view> known(string_view word,
                                 std::span<const string_view> words) {
  for (auto one : words)
    if (one.size() == word.size() && model::edit_distance(one, word) == 0)
      return one;
  return std::nullopt;
}

std::string quoted(string_view word) {
  return std::string{"\""}.append(word).append("\"");
}

/// "x is no latency; expected …; did you mean …?"
std::string unknown(string_view word, string_view what,
                    std::span<const string_view> words, string_view expected) {
  auto result = quoted(word).append(" is no ").append(what).append("; ").append(
    expected);
  auto nearest = model::nearest_word(word, words);
  // A word that shares nothing with what was written is no help.
  if (2 * model::edit_distance(word, nearest) <= nearest.size())
    result.append("; did you mean ").append(quoted(nearest)).append("?");
  return result;
}

/// Words, relations ("<=") and numbers, apart from each other.
std::vector<string_view> split(string_view text) {
  auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
  auto is_relation = [](char c) { return c == '<' || c == '>' || c == '='; };
  std::vector<string_view> result;
  for (std::size_t i = 0; i < text.size();) {
    if (is_space(text[i])) {
      ++i;
      continue;
    }
    auto first = i;
    auto relation = is_relation(text[i]);
    while (i < text.size() && !is_space(text[i])
           && is_relation(text[i]) == relation)
      ++i;
    result.push_back(text.substr(first, i - first));
  }
  return result;
}

/// A number that is not negative, and what stands behind it.
std::optional<std::pair<double, string_view>> number(string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(),
                                      value);
  if (error != std::errc{} || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return std::pair{value,
                   text.substr(static_cast<std::size_t>(end - text.data()))};
}

// -- grammar ------------------------------------------------------------------

/// What a measure may be followed by: the unit, and what it is divided by.
struct unit {
  string_view name;
  double divisor;
};

constexpr unit times[] = {{"us", 1e6}, {"µs", 1e6}, {"ms", 1e3}, {"s", 1}};
constexpr unit percent[] = {{"%", 100}};
constexpr unit per_second[] = {{"/s", 1}};
constexpr unit no_unit[] = {{"", 1}};

class reader {
public:
  explicit reader(string_view text) : words_{split(text)} {
    result_.text = text;
  }

  std::variant<criterion, std::string> read() {
    if (words_.empty())
      return std::string{"nothing is measured; "}.append(examples);
    if (measure() && relation() && bound() && end())
      return std::move(result_);
    return std::move(error_);
  }

private:
  /// The next word; empty if there is none.
  string_view take() {
    return next_ < words_.size() ? words_[next_++] : string_view{};
  }
  bool fail(std::string why) {
    error_ = std::move(why);
    return false;
  }

  bool measure() {
    auto word = take();
    if (word == "lost" && next_ < words_.size() && words_[next_] == "packets") {
      take();
      word = "lost packets";
    }
    if (auto p = percentile(word)) {
      result_.percentile = *p;
      units_ = times;
      return latency();
    }
    if (!error_.empty())
      return false;
    if (auto share = known(word, shares)) {
      result_.measure = *share;
      units_ = percent;
      return true;
    }
    if (auto count = known(word, counts)) {
      result_.measure = *count;
      units_ = *count == "rate" ? std::span{per_second} : std::span{no_unit};
      return true;
    }
    for (auto& one : latencies)
      if (model::edit_distance(word, one.written) == 0)
        return fail(quoted(word)
                    + " is a latency: say which value of it, as in "
                    + quoted("p99 " + std::string{one.written}));
    std::vector<string_view> all{std::begin(counts), std::end(counts)};
    all.insert(all.end(), std::begin(shares), std::end(shares));
    all.insert(all.end(), std::begin(statistics), std::end(statistics));
    return fail(unknown(word, "measure", all, examples));
  }

  /// Sets error_ if it should be one and is not.
  std::optional<double> percentile(string_view word) {
    constexpr string_view named[] = {"max", "mean"};
    if (auto name = known(word, named))
      return *name == "max" ? 100 : criterion::mean;
    if (word.size() < 2 || (word[0] != 'p' && word[0] != 'P') || word[1] < '0'
        || word[1] > '9')
      return std::nullopt;
    auto p = number(word.substr(1));
    if (p && p->second.empty() && p->first > 0 && p->first <= 99.99)
      return p->first;
    fail(quoted(word) + " is no percentile; expected p50 to p99.99, or max");
    return std::nullopt;
  }

  bool latency() {
    constexpr string_view expected = "expected 100, ringing, answer, ack, bye, "
                                     "register, subscribe, SRD, SDT, "
                                     "jitter or MOS";
    auto word = take();
    if (word.empty())
      return fail(std::string{"no latency is named; "}.append(expected));
    constexpr string_view heard[] = {"jitter", "MOS"};
    if (auto what = known(word, heard)) {
      result_.measure = *what;
      if (*what == "MOS")
        units_ = no_unit;
      return true;
    }
    std::vector<string_view> all{std::begin(heard), std::end(heard)};
    for (auto& one : latencies) {
      all.push_back(one.written);
      if (known(word, {&one.written, 1})) {
        result_.measure = one.meant;
        return true;
      }
    }
    return fail(unknown(word, "latency", all, expected));
  }

  bool relation() {
    using enum criterion::relation;
    constexpr std::pair<string_view, enum criterion::relation> relations[] = {
      {"<", less}, {"<=", at_most}, {">", greater}, {">=", at_least}};
    auto word = take();
    for (auto& [name, is] : relations)
      if (word == name) {
        result_.is = is;
        return true;
      }
    return fail(
      (word.empty() ? "the bound is missing" : quoted(word) + " is no relation")
      + "; expected <, <=, > or >= and a number");
  }

  bool bound() {
    auto word = take();
    auto value = number(word);
    if (!value)
      return fail((word.empty() ? "the number is missing"
                                : quoted(word) + " is no number")
                  + "; expected one of 0 or more"
                  + (units_.front().name.empty() ? "" : ", with ") + units());
    auto name = value->second;
    if (name.empty() && next_ < words_.size())
      name = take();
    auto found = std::ranges::find(units_, name, &unit::name);
    if (found == units_.end())
      return fail(
        (name.empty() ? result_.measure + " needs a unit"
                      : quoted(name) + " is no unit of " + result_.measure)
        + "; expected " + (units().empty() ? "a bare number" : units()));
    result_.bound = value->first / found->divisor;
    if (units_.data() == percent && result_.bound > 1)
      return fail("more than 100 % is no share");
    return true;
  }

  bool end() {
    if (auto word = take(); !word.empty())
      return fail(quoted(word) + " is too much at the end");
    return true;
  }

  /// "us, ms or s"
  std::string units() const {
    if (units_.data() == times)
      return "us, ms or s";
    return std::string{units_.front().name};
  }

  std::vector<string_view> words_;
  std::size_t next_ = 0;
  criterion result_;
  std::string error_;
  std::span<const unit> units_ = no_unit;
};

} // namespace

std::variant<criterion, std::string> parse_criterion(string_view text) {
  return reader{text}.read();
}

} // namespace strowger::traffic
