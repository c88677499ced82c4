#include "services/torture/mutation.hpp"

#include "services/torture/message.hpp"

#include <fmt/format.h>

namespace strowger::services::torture {

namespace {

// Below 65,507, the most that a UDP datagram over IPv4 carries.
constexpr std::size_t largest = 60'000;

constexpr std::string_view methods[] = {"INVITE", "REGISTER", "OPTIONS",
                                        "SUBSCRIBE"};

const mutation_kind& kind_of(std::size_t n) {
  auto left = (n - 1) % mutation_kind_count();
  for (auto kinds : {header_mutations(), line_mutations(), body_mutations(),
                     byte_mutations()}) {
    if (left < kinds.size())
      return kinds[left];
    left -= kinds.size();
  }
  return header_mutations().front(); // never: left is below the count
}

} // namespace

std::size_t mutation_kind_count() {
  return header_mutations().size() + line_mutations().size()
         + body_mutations().size() + byte_mutations().size();
}

torture_case mutation(std::uint64_t seed, std::size_t n,
                      const surroundings& around) {
  chooser choose{seed, n};
  auto& kind = kind_of(n);
  auto method = kind.method.empty() ? choose.one_of(methods) : kind.method;
  torture_case result;
  result.name = fmt::format("mutation-{}", n);
  result.source = fmt::format("mutation {}", kind.name);
  std::string what;
  auto bytes = kind.make(valid_request(method, around), choose, what);
  if (bytes.size() > largest)
    bytes.resize(largest);
  result.what = fmt::format("{}: {}", method, what);
  result.expect = {std::string(kind.good), std::string(kind.allowed),
                   std::string(kind.why)};
  // Whatever was done to it: a call needs these to be one.
  if (auto missing = missing_header(bytes);
      !missing.empty() && method_of(bytes) == "INVITE") {
    result.expect.good += " !2xx";
    if (!result.expect.allowed.empty())
      result.expect.allowed += " !2xx";
    result.expect.why += fmt::format("; without {} nothing is accepted",
                                     missing);
  }
  result.pieces = {std::move(bytes)};
  return result;
}

} // namespace strowger::services::torture
