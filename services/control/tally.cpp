#include "services/control/tally.hpp"

namespace strowger::services::control {

void tally::expect(std::string_view method) {
  std::lock_guard guard{mutex_};
  rows_.emplace(method, row{});
}

void tally::add(std::string_view method, grpc::StatusCode code) {
  std::lock_guard guard{mutex_};
  auto i = rows_.find(method);
  if (i == rows_.end())
    i = rows_.emplace(method, row{}).first;
  ++i->second[static_cast<size_t>(code)];
}

std::map<std::string, tally::row, std::less<>> tally::look() const {
  std::lock_guard guard{mutex_};
  return rows_;
}

} // namespace strowger::services::control
