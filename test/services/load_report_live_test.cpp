#include "services/load/live_view.hpp"
#include "test/services/load_results.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

using namespace strowger;
using namespace strowger::services;

namespace {

/// A terminal that knows the few sequences the view may use. It has no lines
/// to spare: what would scroll is an error.
class terminal {
public:
  explicit terminal(std::size_t columns, std::size_t lines)
    : columns_{columns}, screen_(lines) {
    // nop
  }

  void take(const std::string& text) {
    for (std::size_t i = 0; i < text.size();)
      i = text[i] == '\033' ? sequence(text, i + 1) : letter(text, i);
  }
  const std::vector<std::string>& screen() const {
    return screen_;
  }
  bool scrolled() const {
    return scrolled_;
  }

private:
  std::size_t letter(const std::string& text, std::size_t i) {
    if (text[i] == '\r') {
      column_ = 0;
    } else if (text[i] == '\n') {
      column_ = 0;
      scrolled_ = scrolled_ || ++row_ == screen_.size();
      row_ = std::min(row_, screen_.size() - 1);
    } else {
      if (column_ == columns_ && wraps_)
        letter("\n", 0);
      column_ = std::min(column_, columns_ - 1);
      auto& line = screen_[row_];
      line.resize(std::max(line.size(), column_ + 1), ' ');
      line[column_++] = text[i];
    }
    return i + 1;
  }
  std::size_t sequence(const std::string& text, std::size_t i) {
    auto end = text.find_first_of("AKhl", i);
    REQUIRE(end != text.npos);
    auto what = text.substr(i, end - i + 1);
    if (what == "[K")
      screen_[row_].resize(std::min(screen_[row_].size(), column_));
    else if (what == "[?7l" || what == "[?7h")
      wraps_ = what.back() == 'h';
    else if (what.back() == 'A')
      row_ -= std::min(row_, std::size_t(std::stoul(what.substr(1))));
    else
      FAIL("an unknown sequence: " << what);
    return end + 1;
  }

  std::size_t columns_;
  std::vector<std::string> screen_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  bool wraps_ = true;
  bool scrolled_ = false;
};

/// What a view writes while the run goes on, second by second.
template <class Each>
void play(const load::result& whole, bool on_terminal, Each each) {
  std::ostringstream out;
  load::live_view view{out, on_terminal, whole.times.end_s};
  auto so_far = whole;
  for (std::size_t i = 1; i <= whole.samples.size(); ++i) {
    so_far.samples.assign(whole.samples.begin(),
                          whole.samples.begin() + static_cast<long>(i));
    view.show(so_far);
    each(out.str());
    out.str("");
  }
}

} // namespace

TEST_CASE(
  "on a terminal the same lines are drawn again, however narrow it is") {
  auto whole = make_up(1, {.rate_per_s = 100, .seconds = 20, .failing = 0.3});
  for (std::size_t columns : {80, 40, 20}) {
    CAPTURE(columns);
    terminal screen{columns, 7};
    screen.take("$ strowger load run\n");
    play(whole, true, [&](const std::string& text) { screen.take(text); });
    CHECK(!screen.scrolled());
    CHECK(screen.screen()[0].starts_with("$ strowger load r"));
    CHECK(screen.screen()[6] == "");
  }
}

TEST_CASE("the view shows how far the run is and how it goes") {
  auto whole = make_up(2, {.rate_per_s = 100, .seconds = 20, .failing = 0.3});
  terminal screen{80, 6};
  play(whole, true, [&](const std::string& text) { screen.take(text); });
  auto& lines = screen.screen();
  CHECK(lines[0] == "[" + std::string(40, '#') + "] 100 %  29 of 29 s");
  CHECK(lines[1].starts_with("calls/s 0   in flight 0   attempts "));
  CHECK(lines[2].starts_with("answered "));
  CHECK(lines[3].starts_with("no answers   late p99 "));
  CHECK(lines[4].starts_with("errors: 503 x "));
}

TEST_CASE("a half is half a bar, and an unknown end has none") {
  load::result x;
  x.samples.resize(1);
  x.samples[0].at_s = 10;
  x.samples[0].attempts = 500;
  for (auto& [planned_s, begin] :
       std::initializer_list<std::pair<double, std::string>>{
         {20, "\r[" + std::string(20, '#') + std::string(20, '-') + "]  50 %"},
         {0, "\r10 s\033"},
         {5, "\r[" + std::string(40, '#') + "] 100 %"}}) {
    std::ostringstream out;
    load::live_view view{out, true, planned_s};
    view.show(x);
    CHECK(out.str().find(begin) != std::string::npos);
    CHECK(out.str().find("calls/s 50 ") != std::string::npos);
    CHECK(out.str().find("no errors") != std::string::npos);
  }
}

TEST_CASE("without a terminal there is one plain line a second") {
  auto whole = make_up(3, {.rate_per_s = 1e3, .seconds = 10, .failing = 0.3});
  play(whole, false, [](const std::string& text) {
    CHECK(std::ranges::count(text, '\n') == 1);
    CHECK(text.size() <= 80);
    CHECK(text.find('\033') == text.npos);
    CHECK(text.find(" /s ") != text.npos);
  });
}

TEST_CASE("what has been shown is not shown again") {
  std::ostringstream out;
  load::live_view view{out, false, 10};
  auto x = make_up(1, {.rate_per_s = 10, .seconds = 2});
  view.show(x);
  auto once = out.str();
  view.show(x);
  CHECK(out.str() == once);
}
