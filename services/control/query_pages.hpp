#pragma once

#include "services/control/query_service.hpp"
#include "services/control/rpc.hpp"
#include "services/control/status.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>

/// What the methods of QueryService share: asking for an image, and pages. Only
/// its own sources include it.
namespace strowger::services::control {

inline constexpr size_t page_default = 100;
inline constexpr size_t page_max = 1000;

using image_ptr = std::shared_ptr<state_image>;

inline grpc::Status bad_token() {
  return make_status(model::fault::invalid_argument,
                     "page_token: it is not of this list, or the list has "
                     "changed; begin anew");
}

/// Entries a page may have; 0 if the request makes no sense.
template <class Request>
size_t page_size(const Request& request) {
  if (request.page_size() < 0)
    return 0;
  auto wanted = static_cast<size_t>(request.page_size());
  return wanted == 0 ? page_default : std::min(wanted, page_max);
}

inline grpc::Status bad_size() {
  return make_status(model::fault::invalid_argument,
                     "page_size: it is below 0");
}

/// Where the page after this DN of a sorted list begins.
template <class List, class Number>
size_t index_after(const List& list, const std::string& token, Number number) {
  if (token.empty())
    return 0;
  auto i = std::ranges::upper_bound(list, token, {}, number);
  return static_cast<size_t>(i - list.begin());
}

/// Where the page after the entry of this name begins, in a list in the order
/// of the configuration that finds it; nothing if there is none.
template <class Finder, class T>
std::optional<size_t> index_after(const Finder& finder, std::span<const T> list,
                                  const std::string& token) {
  if (token.empty())
    return 0;
  auto* last = finder.find(token);
  if (!last)
    return std::nullopt;
  return static_cast<size_t>(last - list.data()) + 1;
}

/// What a page is made of.
template <class List, class Passes, class Add, class Token>
struct page_source {
  const List& list;
  std::optional<size_t> begin; // nothing: the token is not of this list
  Passes passes;               // is this item asked for?
  Add add;                     // to the response; returns how many entries
  Token token;                 // of the page after this item
};

/// Fills a response with a page.
template <class Request, class Response, class Source>
grpc::Status fill_page(const Request& request, Response& response,
                       const Source& from) {
  auto size = page_size(request);
  if (size == 0)
    return bad_size();
  if (!from.begin)
    return bad_token();
  size_t entries = 0;
  auto end = std::ranges::size(from.list);
  for (auto last = *from.begin, i = last; i < end; ++i) {
    auto& x = from.list[i];
    if (!from.passes(x))
      continue;
    if (entries >= size) {
      response.set_next_page_token(from.token(from.list[last]));
      break;
    }
    entries += from.add(x);
    last = i;
  }
  return grpc::Status::OK;
}

template <class Request, class Answer>
query_service::reactor_type query_service::ask(context* call,
                                               std::string_view method,
                                               const Request& request,
                                               Answer answer) {
  auto self = rpc::open(host_, call, {method, role::observe},
                        request.ByteSizeLong());
  if (!self->refused())
    self->query([feed = host_->feed](exchange&) { return feed->image(); },
                std::move(answer));
  return self.get();
}

} // namespace strowger::services::control
