#include "services/load/import/import.hpp"

#include "services/load/import/recogniser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

namespace strowger::services::load::sipp {

namespace {

using namespace std::literals;

std::string summary(const std::vector<finding>& of) {
  std::array<std::size_t, fate_count> count{};
  for (auto& x : of)
    ++count[static_cast<std::size_t>(x.what)];
  auto result = fmt::format("{} elements:", of.size());
  for (std::size_t i = 0; i < fate_count; ++i)
    result += fmt::format("{} {} {}", i == 0 ? "" : ",", count[i],
                          to_string(static_cast<fate>(i)));
  return result;
}

/// Why there is no scenario, with the line that is to blame.
std::string refusal(const std::vector<finding>& of) {
  auto worst = std::ranges::find(of, fate::impossible, &finding::what);
  auto text = "there is no user in it, nobody who calls, answers or registers "
              "as users of strowger load can"s;
  return worst == of.end() ? text
                           : text
                               + fmt::format("; see {} in line {}",
                                             worst->element, worst->line);
}

/// A comment is one line, whatever stands in the XML, and YAML knows no control
/// characters; those above ASCII begin with C2 in UTF-8.
std::string one_line(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1]
                                                               : 0);
    if (c == 0xc2 && next < 0xa0)
      ++i;
    else if (c < 0x20 || c == 0x7f)
      result += ' ';
    else
      result += text[i];
  }
  return result;
}

void add_lines(const std::string& text, std::vector<std::string>& to) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    to.push_back(one_line(line));
}

std::vector<std::string> heading(const imported& x, const document& of) {
  std::vector<std::string> result = {
    one_line("Made by strowger load import of " + of.file
             + ", a scenario of SIPp."),
    "Users make their messages by themselves: Request-URIs have the host of",
    "the target; From and To too, unless domain says otherwise.",
    "",
  };
  result.insert(result.end(), x.notes.begin(), x.notes.end());
  return result;
}

} // namespace

imported import_scenario(const source_file& scenario,
                         const std::optional<source_file>& values,
                         surroundings around) {
  imported result;
  auto read = read_document(scenario.text, scenario.name);
  std::optional<injection> injected;
  if (values) {
    auto found = read_injection(values->text, values->name);
    injected = std::move(found.value);
    read.errors.insert(read.errors.end(), found.errors.begin(),
                       found.errors.end());
  }
  for (auto& x : read.errors)
    result.errors.push_back(config::to_string(x));
  if (!read.errors.empty())
    return result;
  auto& document = *read.value;
  auto found = recognise(document);
  result.findings = found.findings;
  result.notes.push_back(summary(found.findings));
  for (auto& x : found.findings)
    add_lines(to_string(x, scenario.name), result.notes);
  if (!found.who.is_anybody()) {
    result.errors.push_back(scenario.name + ": " + refusal(found.findings));
    return result;
  }
  auto numbers = find_numbers(found.who, injected ? &*injected : nullptr);
  for (auto& x : numbers.remarks)
    add_lines(x, result.notes);
  if (!numbers.error.empty()) {
    result.errors.push_back(scenario.name + ": " + numbers.error);
    return result;
  }
  if (auto name = document.elements.front().find("name"))
    around.name = one_line(*name);
  if (around.name.empty())
    around.name = scenario.name;
  result.scenario = write_scenario(found.who, numbers, around,
                                   heading(result, document));
  return result;
}

} // namespace strowger::services::load::sipp
