#include "actors/model/call.hpp"
#include "services/config/reader.hpp"
#include "services/config/wording.hpp"

#include <charconv>
#include <map>
#include <utility>

namespace strowger::services::config {

namespace {

constexpr std::string_view strategy_keys[] = {"name", "routing-points", "group",
                                              "overflow-after", "overflow-to"};

constexpr int64_t wait_max_s = 86'400;

bool has_requests(model::dn_type x) {
  return x == model::dn_type::routing_point || x == model::dn_type::acd_queue
         || x == model::dn_type::virtual_routing_point
         || x == model::dn_type::external_routing_point;
}

} // namespace

void reader::fail(model::config_place where, std::string message) {
  errors_.push_back({file_, where.line, where.column, std::move(message)});
}

void reader::read_strategy(const node& map) {
  const node* name = nullptr;
  const node* points = nullptr;
  const node* group = nullptr;
  strategy_entry x;
  auto before = errors_.size();
  read_map(map, "a strategy", strategy_keys,
           [&](const std::string& key, const node& value) {
             if (key == "name") {
               name = &value;
             } else if (key == "routing-points") {
               points = &value;
             } else if (key == "group") {
               group = &value;
             } else if (key == "overflow-after") {
               read_wait(value, x);
             } else {
               x.overflow_at = {value.line, value.column};
               read_text(key, value, x.is.overflow_to);
             }
           });
  model::config_place name_at;
  auto named = read_name(map, "the strategy", "name", name, x.is.name, name_at);
  auto has_group = read_name(map, "the strategy", "group", group, x.is.group,
                             x.group_at);
  read_names("routing-points", points, x.is.points, x.points_at);
  if (errors_.size() > before || !named || !has_group)
    return;
  if (x.is.points.empty())
    fail(map, "the strategy has no routing-points");
  else if ((x.is.overflow_after_s == 0) != x.is.overflow_to.empty())
    fail(map, "overflow-after and overflow-to go together");
  else
    strategies_.push_back(std::move(x));
}

void reader::read_wait(const node& value, strategy_entry& x) {
  auto text = scalar("overflow-after", value);
  if (!text)
    return;
  auto end = text->data() + text->size();
  auto [stop, failure] = std::from_chars(text->data(), end,
                                         x.is.overflow_after_s);
  if (failure != std::errc{} || stop != end || x.is.overflow_after_s < 1
      || x.is.overflow_after_s > wait_max_s)
    fail(value, "overflow-after: " + quoted(*text)
                  + " is not a number of seconds from 1 to 86400");
}

void reader::check_strategies(const model::directory& config) {
  std::map<std::string, std::string> served; // routing point: strategy
  for (auto& x : strategies_) {
    auto& staff = config.staff();
    if (!staff.groups().find(x.is.group)
        && !staff.place_groups().find(x.is.group))
      fail(x.group_at, "strategy " + x.is.name
                         + ": no agent group or place group "
                         + quoted(x.is.group));
    for (size_t i = 0; i < x.is.points.size(); ++i) {
      auto [first, is_new] = served.emplace(x.is.points[i], x.is.name);
      if (!is_new)
        fail(x.points_at[i], "strategy " + x.is.name + ": " + first->first
                               + " is served by strategy " + first->second
                               + " already");
      check_point(config, x, i);
    }
    if (!x.is.overflow_to.empty()
        && !model::is_reachable(config, x.is.overflow_to))
      fail(x.overflow_at,
           "strategy " + x.is.name + ": overflow-to " + quoted(x.is.overflow_to)
             + " is neither a DN that takes calls nor a number of a "
               "trunk");
    settings_.strategies.push_back(x.is);
  }
}

void reader::check_point(const model::directory& config,
                         const strategy_entry& x, size_t index) {
  auto& number = x.is.points[index];
  auto* dn = config.find(number);
  if (!dn) {
    fail(x.points_at[index],
         "strategy " + x.is.name + ": no DN " + quoted(number));
    return;
  }
  if (!has_requests(dn->type)) {
    fail(x.points_at[index], "strategy " + x.is.name + ": "
                               + std::string{to_string(dn->type)} + " " + number
                               + " is no routing point or queue");
    return;
  }
  // The default route would be faster, and nobody would ever overflow.
  auto limit = config.integer(model::option::router_timeout, dn);
  if (x.is.overflow_after_s >= limit && x.is.overflow_after_s > 0)
    fail(x.points_at[index], "strategy " + x.is.name + ": router-timeout of "
                               + number + " is " + std::to_string(limit)
                               + " s, which is over before overflow-after");
}

} // namespace strowger::services::config
