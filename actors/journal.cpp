#include "actors/journal.hpp"

#include "actors/model/agents.hpp"

#include <utility>

namespace strowger {

void journal::append(model::journal_event&& x) {
  if (!observer_) {
    number(std::move(x));
    return;
  }
  auto& around = observer_->observe(x);
  for (auto& y : around.before)
    number(std::move(y));
  number(std::move(x));
  for (auto& y : around.after)
    number(std::move(y));
}

void journal::number(model::journal_event&& x) {
  ++last_;
  probe_.events.add();
  out_.event(last_, x);
  if (follower_) {
    ledger_.fold(x);
    follower_->event(last_, x);
  }
  for (auto* watcher : watchers_)
    watcher->event(last_, x);
  kept_.push_back(std::move(x));
  if (kept_.size() > limit_)
    kept_.pop_front();
}

void journal::limit(size_t n) {
  limit_ = n;
  while (kept_.size() > limit_)
    kept_.pop_front();
}

} // namespace strowger
