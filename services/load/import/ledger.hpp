#pragma once

#include "services/load/import/document.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What has become of each element of a scenario.
namespace strowger::services::load::sipp {

/// From the best to the worst.
enum class fate : std::uint8_t {
  understood,
  approximated, // in the result, but not quite as it was
  left_out,     // not in the result, which is meaningful without it
  impossible,   // what it asks for is nothing that a user does
};
inline constexpr std::size_t fate_count = 4;
std::string_view to_string(fate x);

struct finding {
  int line = 1;
  std::string element; // "send INVITE", "pause"
  fate what = fate::left_out;
  std::vector<std::string> means; // for the result, one sentence each
};

/// "uac.xml:12: pause: left out: …", one line for each sentence.
std::string to_string(const finding& x, const std::string& file);

/// Every element has one fate; where more than one was found, the worst.
class ledger {
public:
  explicit ledger(const document& of);

  void understood(std::size_t element);
  void note(std::size_t element, fate what, std::string means);
  /// Takes what the other one says of this element.
  void take(std::size_t element, const ledger& from);

  bool knows(std::size_t element) const {
    return entries_[element].known;
  }
  fate of(std::size_t element) const {
    return entries_[element].what;
  }

  /// Of every element, in the order of the file.
  std::vector<finding> findings() const;

private:
  struct entry {
    bool known = false;
    fate what = fate::understood;
    std::vector<std::string> means;
  };
  const document* of_;
  std::vector<entry> entries_;
};

} // namespace strowger::services::load::sipp
