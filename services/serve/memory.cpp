#include "services/serve/memory.hpp"

#include <cstddef>

// Jemalloc's own interface; absent in builds without it.
extern "C" int mallctl(const char* name, void* old, std::size_t* old_size,
                       void* value, std::size_t size) __attribute__((weak));

namespace strowger::services {

void return_memory_in_background() {
  if (mallctl == nullptr)
    return;
  auto on = true;
  mallctl("background_thread", nullptr, nullptr, &on, sizeof(on));
}

} // namespace strowger::services
