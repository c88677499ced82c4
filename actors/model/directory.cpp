#include "actors/model/directory.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <functional>
#include <utility>

namespace strowger::model {

// -- directory ----------------------------------------------------------------

/// The slot that holds the number, or the empty one where it belongs.
size_t directory::slot_of(std::string_view number) const {
  auto mask = slots_.size() - 1;
  auto slot = std::hash<std::string_view>{}(number)&mask;
  while (slots_[slot] != 0 && dns_[slots_[slot] - 1].number != number)
    slot = (slot + 1) & mask;
  return slot;
}

const dn* directory::find(std::string_view number) const {
  auto position = slots_[slot_of(number)];
  return position == 0 ? nullptr : &dns_[position - 1];
}

const dn* directory::service(std::string_view service_type) const {
  for (auto entry : services_)
    if (text(option::service_type, entry) == service_type)
      return entry;
  return nullptr;
}

/// The value that somebody of the scope sets, or null.
namespace {

/// What a softswitch says for the phones that it has (semantics 2.1).
bool holds_for_phones(option id) {
  switch (id) {
    case option::refer_enabled:
    case option::sip_cti_control:
    case option::make_call_rfc3725_flow:
    case option::dual_dialog_enabled:
    case option::sip_hold_rfc3264:
    case option::sip_trying_timeout:
      return true;
    default:
      return false;
  }
}

} // namespace

const option_value* directory::find_set(option id,
                                        const option_scope& of) const {
  if (of.agent)
    if (auto found = of.agent->options->find(id))
      return found;
  for (auto source : {of.device, of.origin})
    if (source)
      if (auto found = source->options->find(id))
        return found;
  auto at_softswitch = softswitch_ && of.device && is_station(of.device->type)
                       && !of.device->options->find(option::contact);
  return at_softswitch && holds_for_phones(id) ? softswitch_->options->find(id)
                                               : nullptr;
}

const option_value& directory::value(option id, option_scope of) const {
  auto found = find_set(id, of);
  return found ? *found : values_[static_cast<size_t>(id)];
}

namespace {

template <class T>
const T& get(const option_value& value) {
  auto result = std::get_if<T>(&value);
  assert(result && "the option is of another type");
  return *result;
}

} // namespace

bool directory::flag(option id, option_scope of) const {
  return get<bool>(value(id, of));
}

int64_t directory::integer(option id, option_scope of) const {
  return get<int64_t>(value(id, of));
}

const std::string& directory::text(option id, option_scope of) const {
  return get<std::string>(value(id, of));
}

const std::vector<std::string>& directory::list(option id,
                                                option_scope of) const {
  return get<std::vector<std::string>>(value(id, of));
}

bool directory::is_set(option id, option_scope of) const {
  return find_set(id, of) || application_.find(id);
}

// -- collecting ---------------------------------------------------------------

namespace {

const std::shared_ptr<const option_values>& no_options() {
  static const auto result = std::make_shared<const option_values>();
  return result;
}

} // namespace

directory_builder::directory_builder(std::string switch_name)
  : result_(new directory) {
  result_->switch_name_ = std::move(switch_name);
}

directory_builder& directory_builder::switch_name(std::string name) {
  result_->switch_name_ = std::move(name);
  return *this;
}

directory_builder& directory_builder::set(option id, option_value value,
                                          int line, int column) {
  result_->application_.set(id, std::move(value));
  settings_.push_back({id, line, column});
  return *this;
}

directory_builder& directory_builder::set_extrouter(option id,
                                                    option_value value) {
  result_->extrouter_.set(id, std::move(value));
  return *this;
}

directory_builder& directory_builder::add(std::string number, dn_type type,
                                          option_values options) {
  auto shared = std::make_shared<const option_values>(std::move(options));
  return add(dn{std::move(number), type, std::move(shared)});
}

directory_builder& directory_builder::add(dn entry) {
  if (!entry.options)
    entry.options = no_options();
  result_->dns_.push_back(std::move(entry));
  return *this;
}

directory_builder& directory_builder::add_range(uint64_t first, uint64_t last,
                                                size_t width,
                                                const dn& prototype) {
  assert(first <= last);
  auto entry = prototype;
  if (!entry.options)
    entry.options = no_options();
  for (auto number = first;; ++number) {
    entry.number = std::to_string(number);
    if (entry.number.size() < width)
      entry.number.insert(0, width - entry.number.size(), '0');
    result_->dns_.push_back(entry);
    if (number == last)
      return *this;
  }
}

// -- checking -----------------------------------------------------------------

std::string_view number_fault(std::string_view number) {
  if (number.empty())
    return "is empty";
  if (number.find('@') != std::string_view::npos)
    return "holds '@': a number has no host part";
  if (number.find(':') != std::string_view::npos)
    return "holds ':': a number has no scheme, host or port";
  auto is_host = std::ranges::count(number, '.') == 3
                 && number.find_first_not_of("0123456789.")
                      == std::string_view::npos;
  if (is_host)
    return "is an IP address";
  auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
           || (c >= 'a' && c <= 'z')
           || std::string_view("+*#-._").find(c) != std::string_view::npos;
  };
  if (!std::ranges::all_of(number, allowed))
    return "may only hold digits, letters and + * # - . _";
  return {};
}

namespace {

std::string name_of(const dn& entry) {
  return std::string(to_string(entry.type)) + " " + entry.number;
}

/// True if a dialled number can be this DN's.
bool is_dialable(dn_type type) {
  switch (type) {
    case dn_type::trunk:
    case dn_type::voip_service:
    case dn_type::virtual_routing_point:
      return false;
    case dn_type::extension:
    case dn_type::acd_position:
    case dn_type::acd_queue:
    case dn_type::routing_point:
    case dn_type::external_routing_point:
    case dn_type::access_resource:
    case dn_type::trunk_group:
    case dn_type::voice_treatment_port:
      return true;
  }
  return false;
}

/// Codes this short ("0" for the operator) may also begin numbers outside.
constexpr size_t short_code = 2;

bool same_place(const dn& a, const dn& b) {
  return a.line == b.line && a.column == b.column;
}

} // namespace

void directory_builder::fail(const dn& where, std::string message) {
  errors_.push_back({where.line, where.column, std::move(message)});
}

void directory_builder::fail(option where, std::string message) {
  auto position = std::ranges::find(settings_, where, &setting::id);
  if (position == settings_.end())
    errors_.push_back({0, 0, std::move(message)});
  else
    errors_.push_back({position->line, position->column, std::move(message)});
}

/// Fills the hash table, which shows numbers that are there twice.
void directory_builder::index_dns() {
  auto& dns = result_->dns_;
  auto& slots = result_->slots_;
  slots.assign(std::bit_ceil(2 * dns.size() + 1), 0);
  const dn* last = nullptr; // pair of places that was reported last
  const dn* last_first = nullptr;
  for (size_t i = 0; i < dns.size(); ++i) {
    auto slot = result_->slot_of(dns[i].number);
    if (slots[slot] == 0) {
      slots[slot] = static_cast<uint32_t>(i + 1);
      continue;
    }
    // Two ranges that overlap are one mistake, not a thousand.
    auto& first = dns[slots[slot] - 1];
    if (last && last->line != 0 && same_place(*last, dns[i])
        && same_place(*last_first, first))
      continue;
    last = &dns[i];
    last_first = &first;
    fail(dns[i], "duplicate DN " + dns[i].number + ", first defined in line "
                   + std::to_string(first.line));
  }
}

void directory_builder::check_number(const dn& entry) {
  if (auto fault = number_fault(entry.number); !fault.empty())
    fail(entry, std::string(to_string(entry.type)) + " number \"" + entry.number
                  + "\" " + std::string(fault));
}

void directory_builder::check_options(const dn& entry) {
  auto& options = *entry.options;
  auto challenged = options.find(option::authenticate_requests);
  if (challenged && !get<std::vector<std::string>>(*challenged).empty()
      && result_->text(option::password, &entry).empty())
    fail(entry, name_of(entry)
                  + ": authenticate-requests without password: no request "
                    "could ever pass");
  if (entry.type == dn_type::voip_service
      && !options.find(option::service_type))
    fail(entry, name_of(entry) + ": service-type is missing");
  auto watched = options.find(option::subscribe_presence);
  if (watched && !get<std::string>(*watched).empty()) {
    auto trunk = result_->find(get<std::string>(*watched));
    if (!trunk || trunk->type != dn_type::trunk)
      fail(entry, name_of(entry) + ": subscribe-presence names \""
                    + get<std::string>(*watched) + "\", which is no trunk");
    else if (result_->text(option::contact, trunk).empty())
      fail(entry, name_of(entry) + ": subscribe-presence names \""
                    + get<std::string>(*watched)
                    + "\", which has no contact to ask");
  }
  check_prefixes(entry);
}

/// Finds prefixes that no call will ever take.
void directory_builder::check_prefixes(const dn& entry) {
  auto& prefixes = result_->list(option::prefix, &entry);
  if (prefixes.empty())
    return;
  auto unreachable = [&](const std::string& why) {
    fail(entry, name_of(entry) + ": unreachable prefix: " + why);
  };
  if (result_->text(option::contact, &entry).empty())
    unreachable("there is no contact to send the calls to");
  if (entry.type == dn_type::voip_service
      && result_->text(option::service_type, &entry) != "softswitch")
    unreachable("only a trunk or a softswitch is chosen by prefix");
  for (auto i = prefixes.begin(); i != prefixes.end(); ++i) {
    if (std::find(prefixes.begin(), i, *i) != i) {
      unreachable("\"" + *i + "\" is given twice");
      continue;
    }
    auto local = result_->find(*i);
    if (i->size() > short_code && local && is_dialable(local->type))
      unreachable("\"" + *i + "\" is the local " + name_of(*local)
                  + (local->line == 0
                       ? std::string{}
                       : " (line " + std::to_string(local->line) + ")")
                  + ", which gets the call");
  }
}

void directory_builder::check_application() {
  auto& all = *result_;
  auto& peer = all.text(option::dr_peer_trunk);
  if (auto trunk = all.find(peer);
      !peer.empty() && (!trunk || trunk->type != dn_type::trunk))
    fail(option::dr_peer_trunk,
         "dr-peer-trunk names \"" + peer + "\", which is no trunk");
  if (all.integer(option::registrar_min_timeout)
      > all.integer(option::registrar_max_timeout))
    fail(all.is_set(option::registrar_max_timeout)
           ? option::registrar_max_timeout
           : option::registrar_min_timeout,
         "registrar-max-timeout is less than registrar-min-timeout");
  auto refresh_s = all.integer(option::session_refresh_interval);
  if (refresh_s != 0 && refresh_s < all.integer(option::min_session_interval))
    fail(all.is_set(option::session_refresh_interval)
           ? option::session_refresh_interval
           : option::min_session_interval,
         "session-refresh-interval is less than min-session-interval");
  auto tls_port = all.integer(option::sip_port_tls);
  if (tls_port != 0 && tls_port == all.integer(option::sip_port))
    fail(option::sip_port_tls, "sip-port-tls is the same as sip-port");
  if (tls_port != 0
      && (all.text(option::sip_tls_cert).empty()
          || all.text(option::sip_tls_cert_key).empty()))
    fail(option::sip_port_tls,
         "sip-port-tls needs sip-tls-cert and sip-tls-cert-key");
}

// -- building -----------------------------------------------------------------

/// Fills the number plan and the list of services.
void directory_builder::add_routes() {
  auto& all = *result_;
  for (auto& entry : all.dns_) {
    if (entry.type == dn_type::voip_service)
      all.services_.push_back(&entry);
    else if (entry.type != dn_type::trunk)
      continue;
    for (auto& prefix : all.list(option::prefix, &entry))
      all.plan_.add(prefix, all.integer(option::priority, &entry), entry);
  }
  // Not std::ranges: clang 14, which builds the fuzz targets, rejects it here.
  std::stable_sort(all.services_.begin(), all.services_.end(),
                   [&](const dn* a, const dn* b) {
                     return all.integer(option::priority, a)
                            < all.integer(option::priority, b);
                   });
  all.softswitch_ = all.service("softswitch");
}

std::shared_ptr<const directory> directory_builder::build() {
  auto& all = *result_;
  for (auto& about : option_table())
    all.values_.push_back(default_value(about.id));
  for (auto& [id, value] : all.application_.entries())
    all.values_[static_cast<size_t>(id)] = value;
  for (auto& [id, value] : all.extrouter_.entries())
    if (!(describe(id).levels & level::application))
      all.values_[static_cast<size_t>(id)] = value;
  index_dns();
  const dn* before = nullptr;
  for (auto& entry : all.dns_) {
    check_number(entry);
    // The DNs of a range share their options: once is enough.
    if (!before || entry.options != before->options
        || !same_place(entry, *before))
      check_options(entry);
    before = &entry;
  }
  check_application();
  add_routes();
  all.staff_ = staff_.build(all, errors_);
  auto result = std::exchange(result_, nullptr);
  result_.reset(new directory);
  settings_.clear();
  return errors_.empty() ? result : nullptr;
}

} // namespace strowger::model
