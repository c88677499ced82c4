#pragma once

#include "services/config/config.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::load::sipp {

/// A file of SIPp's option -inf: values separated by semicolons below a line
/// that says in which order lines are taken.
struct injection {
  enum class order { sequential, random, user };
  struct row {
    int line = 1;
    std::vector<std::string> fields;
  };
  std::string file;
  order taken = order::sequential;
  std::vector<row> rows;
};

config::read_result<injection> read_injection(std::string_view text,
                                              const std::string& file);

} // namespace strowger::services::load::sipp
