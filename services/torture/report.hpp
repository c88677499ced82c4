#pragma once

#include "services/torture/player.hpp"

#include <array>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace strowger::services::torture {

constexpr std::string_view report_format = "strowger-torture-report/1";

/// All that is known of a run.
struct report {
  std::string target;    // sip:host:port
  std::string transport; // UDP, TCP
  std::string listen;    // where answers are heard
  std::uint64_t seed = 1;
  std::size_t mutations = 0;
  bool exact = false;
  std::string started; // RFC 3339, UTC
  std::string version;
  std::vector<case_result> cases;

  /// How many have that verdict.
  std::size_t count(verdict x) const;

  /// Everything was sent, and nothing failed.
  bool passed() const;

  /// 0: passed, 2: not.
  int exit_code() const;
};

/// One case on a line of its own.
void print_case(const case_result& x, std::ostream& out);

/// The counts by source, the verdict, and how to send one again.
void print_summary(const report& x, std::ostream& out);

/// What is sent and expected, without sending anything.
void print_list(const std::vector<torture_case>& cases, std::ostream& out);

/// Described by report.schema.json.
std::string to_json(const report& x);

} // namespace strowger::services::torture
