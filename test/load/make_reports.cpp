#include "services/load/report_html.hpp"
#include "services/load/report_json.hpp"
#include "services/load/report_text.hpp"
#include "test/services/load_results.hpp"

#include <fstream>
#include <iostream>

/// make_reports FOLDER: writes made-up results as NAME.json, and as NAME.html
/// if this was built with npm; exit code 3 if it was not. The scripts beside
/// this look at them with the programs that people use.
int main(int argc, char** argv) {
  using namespace strowger::services;
  if (argc != 2) {
    std::cerr << "make_reports FOLDER\n";
    return 2;
  }
  auto hostile = make_up(4, {.rate_per_s = 20, .seconds = 10});
  hostile.scenario = "</script><script>console.error('let in')</script>";
  hostile.target = "<img src=x onerror=\"console.error('let in')\">";
  auto broken = make_up(5, {.rate_per_s = 20, .seconds = 10});
  broken.broken_laws = {"at 3 s: 10 attempts, but 9 answered = 9"};
  load::result nothing;
  nothing.started = "2024-05-06T07:08:09Z";
  std::pair<const char*, load::result> all[] = {
    {"passed", make_up(1)},
    {"failed", make_up(2, {.failing = 0.03, .answer_s = 0.3})},
    {"invalid", make_up(3, {.seconds = 60, .overloaded = true})},
    {"long", make_up(6, {.rate_per_s = 30, .seconds = 3600})},
    {"plain", make_up(7, {.rate_per_s = 5,
                          .seconds = 20,
                          .with_registrations = false,
                          .with_media = false,
                          .with_impairments = false})},
    {"together",
     make_up(8, {.rate_per_s = 50, .seconds = 20, .generators = 3})},
    {"hostile", hostile},
    {"broken", broken},
    {"nothing", nothing}};
  bool with_html = true;
  for (auto& [name, result] : all) {
    auto path = std::string(argv[1]) + "/" + name;
    std::ofstream(path + ".json") << load::to_json(result);
    std::ofstream text(path + ".txt");
    load::print_report(result, text, false);
    if (auto page = load::to_html(result))
      std::ofstream(path + ".html") << *page;
    else
      with_html = false;
  }
  return with_html ? 0 : 3;
}
