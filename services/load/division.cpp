#include "services/load/division.hpp"

#include "services/config/config.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace strowger::services::load {

namespace {

constexpr std::array<std::string_view, 3> role_words{"both", "caller",
                                                     "callee"};

constexpr std::size_t generators_max = 64;

bool plays(const traffic::population& x, role whose) {
  switch (whose) {
    case role::both:
      return true;
    case role::caller:
      return x.calls || ((x.registers || x.subscribes) && !x.answers);
    case role::callee:
      return x.answers.has_value();
  }
  return false;
}

// -- parts of numbers ---------------------------------------------------------

/// Where the part begins if `whole` is divided among `count`: the parts differ
/// by one at most.
std::uint64_t begin_of(std::uint64_t whole, std::size_t index,
                       std::size_t count) {
  // whole * index / count, which may not fit.
  return whole / count * index + whole % count * index / count;
}

/// A population that calls and answers is divided among those of one role.
bool shares(const traffic::population& x, role one, role other) {
  return plays(x, one) && (!x.calls || !x.answers || one == other);
}

/// Which of the generators play a population, and which of those is this one.
struct sharing {
  std::size_t index = 0;
  std::size_t count = 0; // 0: this one does not play it
};

sharing sharing_of(const traffic::population& x, std::span<const role> roles,
                   std::size_t index) {
  sharing result;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (!shares(x, roles[i], roles[index]))
      continue;
    result.index += i < index;
    ++result.count;
  }
  // A user is one, so there are no more parts than users.
  result.count = std::min(result.count, x.users.size());
  if (!plays(x, roles[index]) || result.index >= result.count)
    return {};
  return result;
}

// -- parts of laws ------------------------------------------------------------

/// Makes a law that of a part.
struct scaling {
  double share;

  void operator()(std::monostate) const {
    // nop
  }
  void operator()(traffic::arrival_law::constant& x) const {
    x.rate_per_s *= share;
  }
  void operator()(traffic::arrival_law::poisson& x) const {
    x.rate_per_s *= share;
  }
  void operator()(traffic::arrival_law::ramp& x) const {
    x.from_per_s *= share;
    x.to_per_s *= share;
  }
  void operator()(traffic::arrival_law::steps& x) const {
    for (auto& stair : x.stairs)
      stair.rate_per_s *= share;
  }
  void operator()(traffic::arrival_law::profile& x) const {
    for (auto& calls : x.calls)
      calls *= share;
  }
  void operator()(traffic::arrival_law::bursts& x) const {
    for (auto& mood : x.moods)
      mood.rate_per_s *= share;
  }
  void operator()(traffic::arrival_law::users&) const {
    // The users are divided already.
  }
};

void keep_part(traffic::population& x, sharing mine) {
  auto whole = x.users.size();
  auto begin = begin_of(whole, mine.index, mine.count);
  auto end = begin_of(whole, mine.index + 1, mine.count);
  auto first = x.users.begin();
  x.users = {first + static_cast<std::ptrdiff_t>(begin),
             first + static_cast<std::ptrdiff_t>(end)};
  x.part = static_cast<unsigned>(mine.index);
  if (!x.calls)
    return;
  auto users = static_cast<double>(end - begin);
  auto& law = x.calls->arrivals;
  std::visit(scaling{users / static_cast<double>(whole)}, law.what);
  law.part = x.part;
  // By now the parts before have made this part of the first call.
  law.lead = static_cast<double>(begin) / static_cast<double>(whole);
}

/// The calls that this generator may start, if there is a limit. It holds for
/// each population, so all must be divided among the same generators.
std::string divide_calls(traffic::scenario& part,
                         const traffic::scenario& whole,
                         std::span<const role> roles, std::size_t index) {
  for (auto& x : whole.populations) {
    auto sharers = static_cast<std::size_t>(
      std::count_if(roles.begin(), roles.end(), [&](role y) {
        return y != role::callee && shares(x, y, roles[index]);
      }));
    if (!x.calls || sharers == 0 || roles[index] == role::callee)
      continue;
    if (x.users.size() < sharers)
      return "run calls cannot be divided: " + x.name + " has fewer users ("
             + std::to_string(x.users.size()) + ") than there are generators";
    auto place = sharing_of(x, roles, index);
    if (place.count > 0)
      part.run.calls = begin_of(*whole.run.calls, place.index + 1, place.count)
                       - begin_of(*whole.run.calls, place.index, place.count);
  }
  return {};
}

/// Who plays both roles would share such a population with everybody, of whom
/// some do one half of what it does.
std::string fault_of(const traffic::scenario& whole,
                     std::span<const role> roles) {
  if (whole.tls)
    return "tls: certificates and keys stay where they are, so a run over TLS "
           "has one generator";
  auto both = std::ranges::count(roles, role::both);
  if (both == 0 || both == std::ssize(roles))
    return {};
  for (auto& x : whole.populations)
    if (x.calls && x.answers)
      return "population " + x.name
             + " calls and answers: the generators must have the role both, or "
               "none of them";
  return {};
}

} // namespace

std::string_view to_string(role x) {
  return role_words[static_cast<std::size_t>(x)];
}

std::optional<role> parse_role(std::string_view word) {
  auto found = std::ranges::find(role_words, word);
  if (found == role_words.end())
    return std::nullopt;
  return static_cast<role>(found - role_words.begin());
}

std::variant<std::vector<generator_name>, std::string>
parse_generators(std::string_view list, role otherwise) {
  std::vector<generator_name> result;
  while (!list.empty()) {
    auto comma = list.find(',');
    auto item = list.substr(0, comma);
    list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
    auto equals = item.find('=');
    generator_name x{std::string{item.substr(0, equals)}, otherwise};
    if (equals != item.npos) {
      auto word = parse_role(item.substr(equals + 1));
      if (!word)
        return "generators: \"" + std::string{item.substr(equals + 1)}
               + "\" is not caller, callee or both";
      x.role = *word;
    }
    auto address = config::parse_listen_address(x.address);
    if (!address || address->port == 0)
      return "generators: \"" + x.address
             + "\" is not an address (host:port, such as 192.0.2.1:50052)";
    if (std::ranges::find(result, x.address, &generator_name::address)
        != result.end())
      return "generators: " + x.address + " is there twice";
    result.push_back(std::move(x));
  }
  if (result.empty() || result.size() > generators_max)
    return "generators: there must be 1 to 64";
  return result;
}

bool keep_role(traffic::scenario& script, role whose) {
  // Who answers registers where it answers.
  std::erase_if(script.populations, [&](auto& x) { return !plays(x, whose); });
  for (auto& x : script.populations) {
    if (whose == role::caller)
      x.answers.reset();
    if (whose == role::callee)
      x.calls.reset();
  }
  return !script.populations.empty();
}

std::variant<traffic::scenario, std::string>
part_of(const traffic::scenario& whole, std::span<const role> roles,
        std::size_t index) {
  if (auto fault = fault_of(whole, roles); !fault.empty())
    return fault;
  auto part = whole;
  part.criteria.clear();
  part.search.reset();
  if (whole.run.calls)
    if (auto fault = divide_calls(part, whole, roles, index); !fault.empty())
      return fault;
  part.populations.clear();
  for (auto& x : whole.populations)
    if (auto mine = sharing_of(x, roles, index); mine.count > 0)
      keep_part(part.populations.emplace_back(x), mine);
  if (!keep_role(part, roles[index]))
    return "there is nothing to do for generator " + std::to_string(index + 1)
           + " of " + std::to_string(roles.size()) + " ("
           + std::string(to_string(roles[index])) + ")";
  return part;
}

} // namespace strowger::services::load
