#include "services/control/request_memory.hpp"

#include <cassert>
#include <utility>

namespace strowger::services::control {

void noted_request::wait(taker f) {
  {
    std::lock_guard guard{mutex_};
    if (!verdict_) {
      waiting_.push_back(std::move(f));
      return;
    }
  }
  f(*verdict_); // it does not change any more
}

void noted_request::settle(model::verdict x) {
  std::vector<taker> all;
  {
    std::lock_guard guard{mutex_};
    assert(!verdict_);
    verdict_ = std::make_unique<model::verdict>(std::move(x));
    all.swap(waiting_);
  }
  for (auto& f : all)
    f(*verdict_);
}

request_memory::found request_memory::note(std::string_view client,
                                           const std::string& id,
                                           uint64_t content) {
  std::lock_guard guard{mutex_};
  auto [i, is_new_client] = clients_.try_emplace(std::string{client});
  if (is_new_client) {
    client_order_.push_back(i->first);
    if (client_order_.size() > clients_max_) {
      clients_.erase(client_order_.front());
      client_order_.pop_front();
    }
  }
  auto& history = i->second;
  auto& request = history.by_id[id];
  if (request)
    return {request->content == content ? request : nullptr, false};
  request = std::make_shared<noted_request>(content);
  auto result = request;
  history.order.push_back(id);
  while (history.order.size() > requests_max_) {
    history.by_id.erase(history.order.front());
    history.order.pop_front();
  }
  return {std::move(result), true};
}

void request_memory::forget(std::string_view client, const std::string& id,
                            const std::shared_ptr<noted_request>& request) {
  std::lock_guard guard{mutex_};
  auto i = clients_.find(std::string{client});
  if (i == clients_.end())
    return;
  auto& history = i->second;
  auto j = history.by_id.find(id);
  if (j == history.by_id.end() || j->second != request)
    return; // it was dropped, and the id is another request's by now
  history.by_id.erase(j);
  // Nearly always it is the newest.
  for (auto k = history.order.rbegin(); k != history.order.rend(); ++k)
    if (*k == id) {
      history.order.erase(std::next(k).base());
      break;
    }
}

} // namespace strowger::services::control
