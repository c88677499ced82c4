#include "services/torture/cases.hpp"

#include "services/torture/message.hpp"
#include "services/torture/mutation.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

namespace strowger::services::torture {

namespace {

/// What an answer repeats of a message that has nothing of ours.
std::vector<std::string> keys_in(std::string_view raw) {
  std::vector<std::string> result;
  if (auto branch = usable_branch(raw))
    result.emplace_back(branch->in(raw));
  if (auto id = find_header(raw, "Call-ID"); id && id->size > 0)
    result.emplace_back(id->in(raw));
  return result;
}

} // namespace

std::string suffix_of(const std::string& run, std::size_t n) {
  return fmt::format("-{}{:05}", run, n);
}

std::vector<torture_case> cases_of(const selection& wanted) {
  auto wants = [&](const torture_case& x) {
    return wanted.only.empty()
           || fnmatch(wanted.only.c_str(), x.name.c_str(), 0) == 0;
  };
  auto stream = wanted.around.transport == "TCP";
  // Every case has the same number in every run, whatever is left out.
  std::size_t n = 0;
  std::vector<torture_case> result;
  for (auto& x : rfc_cases(stream)) {
    ++n;
    if (!wants(x))
      continue;
    if (wanted.exact) {
      x.keys = keys_in(x.pieces.front());
      if (x.answers > 1) {
        std::string_view raw{x.pieces.front()};
        for (auto& key : keys_in(raw.substr(body_of(raw).value_or(0))))
          x.keys.push_back(key);
      }
    } else {
      x.keys = {suffix_of(wanted.run, n)};
      auto& raw = x.pieces.front();
      auto first = x.answers > 1 ? body_of(raw).value_or(0) : raw.size();
      freshness with{x.keys.front(), wanted.around.transport};
      raw = freshened(raw.substr(0, first), with)
            + freshened(raw.substr(first), with);
    }
    result.push_back(std::move(x));
  }
  auto around = wanted.around;
  around.token = suffix_of(wanted.run, ++n);
  if (stream)
    for (auto& x : framing_cases(around))
      if (wants(x))
        result.push_back(std::move(x));
  constexpr std::size_t first_mutation = 1'000;
  for (std::size_t i = 1; i <= wanted.mutations; ++i) {
    around.token = suffix_of(wanted.run, first_mutation + i);
    auto x = mutation(wanted.seed, i, around);
    x.keys = {around.token};
    if (wants(x))
      result.push_back(std::move(x));
  }
  return result;
}

} // namespace strowger::services::torture
