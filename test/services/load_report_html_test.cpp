#include "services/load/report_html.hpp"
#include "services/load/report_json.hpp"
#include "services/load/report_page.hpp"
#include "test/services/load_results.hpp"

#include <doctest/doctest.h>

using namespace strowger::services;

TEST_CASE("a page is there exactly if npm was there to make it") {
  CHECK(load::to_html({}).has_value() == !load::report_page.empty());
}

TEST_CASE("a page asks no other place for anything") {
  for (auto word : {"src=\"", "href=\"", "@import", "url("})
    CHECK(load::report_page.find(word) == load::report_page.npos);
}

TEST_CASE("the report comes out of the page as it went in, tags and all") {
  auto x = make_up(1, {.rate_per_s = 10, .seconds = 5});
  x.scenario = "</script><!-- <script> \"{report}\"";
  auto page = load::to_html(x);
  if (!page)
    return; // built without npm
  auto begin = page->find("id=\"report\">") + 12;
  auto json = page->substr(begin, page->find("</script>", begin) - begin);
  CHECK(json.find('<') == json.npos);
  auto read = load::read_json(json);
  REQUIRE(std::holds_alternative<load::result>(read));
  CHECK(load::to_json(std::get<load::result>(read)) == load::to_json(x));
}
