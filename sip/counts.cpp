#include "sip/counts.hpp"

#include "sip/translate.hpp"

#include <algorithm>
#include <cstddef>

namespace strowger::sip {

void count_request_out(probe& to, int method) {
  to.requests[static_cast<std::size_t>(heading::out)][method_label(method)]
    .add();
}

void count_response_in(probe& to, std::uint16_t status) {
  auto status_class = std::clamp<std::size_t>(status / 100, 1, 6);
  to.responses[static_cast<std::size_t>(heading::in)][status_class - 1].add();
}

} // namespace strowger::sip
