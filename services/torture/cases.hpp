#pragma once

#include "services/torture/answers.hpp"
#include "services/torture/draft.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace strowger::services::torture {

/// What a device does with the connection after a message over TCP.
enum class ending { any, open, closed };

/// One thing that is sent, and what should come of it.
struct torture_case {
  std::string name;   // wsinv, frame-two, mutation-17
  std::string source; // "RFC 4475 3.1.1.1", "framing", "mutation nul"
  std::string what;   // what a mutation has changed; may be empty
  std::vector<std::string> pieces; // one write each
  std::vector<std::string> keys;   // an answer to it has one of them
  expectation expect;
  std::size_t answers = 1;   // final answers that belong to the pieces
  bool all_vias = false;     // every Via has to come back
  bool ends_stream = false;  // the sender says that no more comes (TCP)
  ending then = ending::any; // of the connection
};

/// Which cases there are to be.
struct selection {
  surroundings around; // token and sequence numbers are set for each case
  std::string run;     // makes branches and Call-IDs of this run its own
  std::uint64_t seed = 1;
  std::size_t mutations = 200;
  std::string only; // a glob over names; empty for all
  bool exact = false;
};

/// The cases in the order in which they are sent: RFC 4475, RFC 5118, framing
/// if it is TCP, mutations.
std::vector<torture_case> cases_of(const selection& wanted);

/// The messages of the two RFCs, as they stand in the files.
std::vector<torture_case> rfc_cases(bool stream);

/// What only a stream can get wrong: where a message ends.
std::vector<torture_case> framing_cases(const surroundings& around);

/// Suffix that the n-th case (or ping) of a run has at branch and Call-ID; none
/// is the beginning of another.
std::string suffix_of(const std::string& run, std::size_t n);

} // namespace strowger::services::torture
