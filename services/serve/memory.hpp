#pragma once

namespace strowger::services {

/// Lets jemalloc give freed memory back in the background. SIP transactions
/// linger for 32 s after their call, so a peak leaves a lot behind: with
/// glibc's malloc, which never returns it, 10,000 held calls cost 22.8 KB each,
/// and with jemalloc's decay 13.9 KB. Without the background thread pages would
/// go back only with later allocations, so an idle switch would keep its peak.
/// Does nothing where jemalloc is not linked (sanitizers). Not to be done by
/// commands that end at once: the thread may be starting as the process ends.
void return_memory_in_background();

} // namespace strowger::services
