#include "services/control/configuration_service.hpp"

#include "services/control/commands.hpp"
#include "services/control/configuration_pages.hpp"
#include "services/control/configuration_words.hpp"
#include "services/control/rpc.hpp"
#include "services/control/status.hpp"

namespace strowger::services::control {

namespace {

using config::change_outcome;

constexpr method_info watch{"ConfigurationService/WatchConfiguration",
                            role::observe};

constexpr int changes_max = 1000;

// Of the audit log; what is beyond is said in a number.
constexpr size_t audited_bytes_max = 1000;

// A trailer has the details as well.
constexpr size_t message_bytes_max = 1000;

grpc::Status busy() {
  return make_status(model::fault::overloaded,
                     "the configuration has too much to do");
}

grpc::Status invalid(std::string_view text) {
  return make_status(model::fault::invalid_argument, text);
}

using api_changes
  = google::protobuf::RepeatedPtrField<api::ConfigurationChange>;

/// Returns what is wrong with the shape of the changes, or nothing.
complaint read(const api_changes& from, std::vector<config::change>& to) {
  if (from.empty() || from.size() > changes_max)
    return "changes: has 1 to 1000 entries";
  for (auto& x : from) {
    auto index = std::to_string(to.size());
    if (auto error = read_change(x, to.emplace_back()))
      return "changes[" + index + "]." + *error;
  }
  return std::nullopt;
}

/// The changes for the audit log.
std::string summary_of(const api_changes& all) {
  std::string result;
  int said = 0;
  for (auto& from : all) {
    config::change x;
    if (read_change(from, x))
      continue;
    auto text = to_string(x);
    if (result.size() + text.size() > audited_bytes_max)
      break;
    result += (result.empty() ? "" : "; ") + text;
    ++said;
  }
  if (said < all.size())
    result += (result.empty() ? "" : "; and ")
              + std::to_string(all.size() - said) + " more";
  return result;
}

grpc::Status to_status(const std::vector<config::change_fault>& faults) {
  std::vector<violation> violations;
  for (auto& x : faults) {
    auto field = x.change ? "changes[" + std::to_string(*x.change) + "]"
                          : std::string{"changes"};
    violations.emplace_back(std::move(field), to_string(x));
  }
  auto text = violations.empty() ? std::string{} : violations.front().second;
  if (text.size() > message_bytes_max) {
    auto end = message_bytes_max;
    while ((text[end] & 0xc0) == 0x80) // not within a character of UTF-8
      --end;
    text.resize(end);
  }
  if (faults.size() > 1)
    text += " (and " + std::to_string(faults.size() - 1) + " more)";
  return with_violations(make_status(grpc::INVALID_ARGUMENT,
                                     strowger::v1::REASON_INVALID_CONFIGURATION,
                                     text),
                         violations);
}

grpc::Status to_status(const change_outcome& x, const std::string& request) {
  switch (x.is) {
    case change_outcome::verdict::good:
      return grpc::Status::OK;
    case change_outcome::verdict::invalid:
      return to_status(x.faults);
    case change_outcome::verdict::revision_conflict:
      return make_status(grpc::ABORTED, strowger::v1::REASON_REVISION_CONFLICT,
                         "the revision is " + std::to_string(x.revision),
                         {"revision", std::to_string(x.revision)});
    case change_outcome::verdict::request_conflict:
      return make_status(model::fault::conflict,
                         "the request_id " + request
                           + " was used for another request",
                         {"request_id", request});
    case change_outcome::verdict::not_stored:
      return make_status(grpc::UNAVAILABLE,
                         strowger::v1::REASON_STORE_UNAVAILABLE,
                         "changes cannot be kept: " + x.text);
  }
  return grpc::Status::OK;
}

} // namespace

// -- reading ------------------------------------------------------------------

configuration_service::reactor_type configuration_service::GetConfiguration(
  context* call, const api::GetConfigurationRequest* request,
  api::GetConfigurationResponse* response) {
  auto self = rpc::open(
    host_, call, {"ConfigurationService/GetConfiguration", role::observe},
    request->ByteSizeLong());
  if (self->refused())
    return self.get();
  auto asked = keeper_ && keeper_->look([self, request, response](auto& view) {
    auto more = false;
    self->finish_with([&] {
      auto status = fill_page(view, *request, *response);
      more = !response->next_page_token().empty();
      return status;
    });
    return more;
  });
  if (!asked)
    self->finish(busy());
  return self.get();
}

configuration_service::reactor_type configuration_service::ListOptions(
  context* call, const api::ListOptionsRequest* request,
  api::ListOptionsResponse* response) {
  auto self = rpc::open(host_, call,
                        {"ConfigurationService/ListOptions", role::observe},
                        request->ByteSizeLong());
  self->finish_with([&] {
    list_options(request->filter(), *response);
    return grpc::Status::OK;
  });
  return self.get();
}

configuration_service::reactor_type configuration_service::ValidateChanges(
  context* call, const api::ValidateChangesRequest* request,
  api::ValidateChangesResponse* response) {
  auto self = rpc::open(host_, call,
                        {"ConfigurationService/ValidateChanges", role::observe},
                        request->ByteSizeLong());
  if (self->refused())
    return self.get();
  std::vector<config::change> changes;
  if (auto error = read(request->changes(), changes)) {
    self->finish(invalid(*error));
    return self.get();
  }
  auto answer = [self, response](const change_outcome& x) {
    self->finish_with([&] {
      response->set_revision(x.revision);
      for (auto& fault : x.faults)
        to_api(fault, *response->add_faults());
      return grpc::Status::OK;
    });
  };
  if (!keeper_ || !keeper_->validate(std::move(changes), std::move(answer)))
    self->finish(busy());
  return self.get();
}

// -- changing -----------------------------------------------------------------

configuration_service::reactor_type configuration_service::ApplyChanges(
  context* call, const api::ApplyChangesRequest* request,
  api::ApplyChangesResponse* response) {
  request_about about;
  about.request_id = request->request_id();
  about.changes = summary_of(request->changes());
  auto self = rpc::open(host_, call,
                        {"ConfigurationService/ApplyChanges", role::configure},
                        request->ByteSizeLong(), std::move(about));
  if (self->refused())
    return self.get();
  config::change_request x;
  auto error = read_name("request_id", request->request_id(), x.id);
  if (!error)
    error = read(request->changes(), x.changes);
  if (error) {
    self->finish(invalid(*error));
    return self.get();
  }
  x.client = self->who().name;
  x.content = request->SerializeAsString();
  x.expected_revision = request->expected_revision();
  x.is_wanted = [self] { return !self->refused(); };
  auto answer = [self, response, id = x.id](const change_outcome& outcome) {
    self->finish_with([&] {
      if (outcome.is == change_outcome::verdict::good)
        response->set_revision(outcome.revision);
      return to_status(outcome, id);
    });
  };
  if (!keeper_ || !keeper_->apply(std::move(x), std::move(answer)))
    self->finish(busy());
  return self.get();
}

// -- watching -----------------------------------------------------------------

grpc::ServerWriteReactor<api::WatchConfigurationResponse>*
configuration_service::WatchConfiguration(
  context* call, const api::WatchConfigurationRequest* request) {
  client who;
  auto verdict = admit(*host_, *call, watch, request->ByteSizeLong(), who);
  if (verdict.ok() && !keeper_)
    verdict = busy();
  auto self = std::make_shared<configuration_watch>(
    keeper_, watches_, [host = host_, call, who](const grpc::Status& outcome) {
      conclude(*host, *call, watch, who, {}, outcome);
    });
  if (verdict.ok())
    self->start();
  else
    self->refuse(verdict);
  return self.get();
}

} // namespace strowger::services::control
