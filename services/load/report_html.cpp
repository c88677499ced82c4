#include "services/load/report_html.hpp"

#include "services/load/report_json.hpp"
#include "services/load/report_page.hpp"

namespace strowger::services::load {

namespace {

/// Outside of texts JSON has no '<', and in texts it may be written like this.
/// Without one, nothing in the data can end the script element they stand in.
std::string without_markup(const std::string& json) {
  std::string result;
  result.reserve(json.size());
  for (auto c : json)
    if (c == '<')
      result += "\\u003c";
    else
      result += c;
  return result;
}

} // namespace

std::optional<std::string> to_html(const result& x) {
  constexpr std::string_view mark = "\"{report}\"";
  auto at = report_page.find(mark);
  if (at == report_page.npos)
    return std::nullopt;
  std::string page(report_page);
  return page.replace(at, mark.size(), without_markup(to_json(x)));
}

} // namespace strowger::services::load
