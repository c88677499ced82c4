#pragma once

#include "services/control/status.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace strowger::services::control {

/// Counts requests by method and outcome. From any thread.
class tally {
public:
  using row = std::array<uint64_t, status_code_count>; // by code

  /// Makes the method appear before its first request: "CallService/MakeCall".
  void expect(std::string_view method);

  void add(std::string_view method, grpc::StatusCode code);

  std::map<std::string, row, std::less<>> look() const;

private:
  mutable std::mutex mutex_; // guards the rows
  std::map<std::string, row, std::less<>> rows_;
};

} // namespace strowger::services::control
