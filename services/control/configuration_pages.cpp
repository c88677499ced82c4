#include "services/control/configuration_pages.hpp"

#include "services/control/configuration_words.hpp"
#include "services/control/query_pages.hpp"

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strowger::services::control {

namespace {

using config::change_verb;
using config::configuration_view;
using config::object_id;
using config::overlay_entry;

// Clients take messages of 4 MB; an object may be as large as a change set.
constexpr size_t page_bytes_max = 1024 * 1024;

/// What the document does not show.
bool is_shadow(const overlay_entry& x) {
  return !x.inactive.empty() || x.is.verb == change_verb::unset
         || x.is.verb == change_verb::remove;
}

bool is_whole(const overlay_entry& x) {
  return x.is.verb == change_verb::put || x.is.verb == change_verb::remove;
}

api::SettingState state_of(const overlay_entry& x) {
  return x.inactive.empty() ? api::SETTING_STATE_REMOVED
                            : api::SETTING_STATE_INACTIVE;
}

void add_shadow(const overlay_entry& from, const config::setting& is,
                api::ConfigurationObject& to) {
  auto& x = *to.add_settings();
  to_api(is, x);
  to_api(&from, *x.mutable_origin());
  x.set_state(state_of(from));
  x.set_reason(from.inactive);
}

/// Objects and settings that the document does not show.
class shadows {
public:
  explicit shadows(const configuration_view& view) {
    for (auto& x : view.entries) {
      if (!is_shadow(x))
        continue;
      auto key = to_string(x.is.object);
      if (!is_whole(x) && view.document.objects().lists(x.is.object))
        settings_[key].push_back(&x);
      else
        objects_.push_back(&x);
    }
  }

  const std::vector<const overlay_entry*>& objects() const {
    return objects_;
  }

  void add_to(const object_id& id, api::ConfigurationObject& to) const {
    if (auto i = settings_.find(to_string(id)); i != settings_.end())
      for (auto x : i->second)
        add_shadow(*x, x->is.settings.front(), to);
  }

private:
  std::map<std::string, std::vector<const overlay_entry*>> settings_;
  std::vector<const overlay_entry*> objects_;
};

void show(const configuration_view& view, const config::listed_object& from,
          const shadows& more, api::ConfigurationObject& to) {
  to.set_kind(to_api(from.id.kind));
  to.set_name(from.id.name);
  to_api(view.document.origin(from.map), *to.mutable_origin());
  to.set_state(api::SETTING_STATE_IN_FORCE);
  for (auto& x : view.document.objects().settings(from)) {
    auto& out = *to.add_settings();
    to_api(x.is, out);
    to_api(view.document.origin(x.value), *out.mutable_origin());
    out.set_state(api::SETTING_STATE_IN_FORCE);
  }
  more.add_to(from.id, to);
}

/// An object that is removed or inactive, or that only inactive settings name.
void show(const overlay_entry& from, api::ConfigurationObject& to) {
  to.set_kind(to_api(from.is.object.kind));
  to.set_name(from.is.object.name);
  to_api(&from, *to.mutable_origin());
  to.set_state(state_of(from));
  to.set_reason(from.inactive);
  for (auto& x : from.is.settings)
    add_shadow(from, x, to);
}

/// REVISION:INDEX
std::optional<size_t> parse_token(const std::string& token, uint64_t revision) {
  if (token.empty())
    return 0;
  auto prefix = std::to_string(revision) + ":";
  size_t index = 0;
  auto end = token.data() + token.size();
  if (!token.starts_with(prefix)
      || std::from_chars(token.data() + prefix.size(), end, index).ptr != end)
    return std::nullopt;
  return index;
}

/// Which objects were asked for.
class filter {
public:
  filter(const configuration_view& view,
         const api::GetConfigurationRequest& request)
    : view_(view), kind_(to_kind(request.kind())), name_(request.name()) {
    // nop
  }

  bool passes(const config::listed_object& x) const {
    if (kind_ && x.id.kind != *kind_)
      return false;
    // A number finds the range that holds it.
    return name_.empty() || x.id.name == name_
           || (x.id.kind == config::object_kind::dn
               && view_.document.objects().position_of({x.id.kind, name_})
                    == x.position);
  }
  bool passes(const overlay_entry& x) const {
    return (!kind_ || x.is.object.kind == *kind_)
           && (name_.empty() || x.is.object.name == name_);
  }

private:
  const configuration_view& view_;
  std::optional<config::object_kind> kind_;
  const std::string& name_;
};

} // namespace

grpc::Status fill_page(const configuration_view& from,
                       const api::GetConfigurationRequest& request,
                       api::GetConfigurationResponse& response) {
  auto size = page_size(request);
  if (size == 0)
    return bad_size();
  if (request.kind() != api::OBJECT_KIND_UNSPECIFIED
      && !to_kind(request.kind()))
    return make_status(model::fault::invalid_argument, "kind: is none");
  auto i = parse_token(request.page_token(), from.revision);
  if (!i)
    return bad_token();
  response.set_revision(from.revision);
  shadows more{from};
  filter wanted{from, request};
  auto& all = from.objects;
  auto& extra = more.objects();
  size_t bytes = 0;
  for (auto index = *i; index < all.size() + extra.size(); ++index) {
    auto listed = index < all.size();
    auto passes = listed ? wanted.passes(all[index])
                         : wanted.passes(*extra[index - all.size()]);
    if (!passes)
      continue;
    if (static_cast<size_t>(response.objects_size()) == size
        || bytes > page_bytes_max) {
      response.set_next_page_token(std::to_string(from.revision) + ":"
                                   + std::to_string(index));
      break;
    }
    auto& to = *response.add_objects();
    if (listed)
      show(from, all[index], more, to);
    else
      show(*extra[index - all.size()], to);
    bytes += to.ByteSizeLong();
  }
  return grpc::Status::OK;
}

} // namespace strowger::services::control
