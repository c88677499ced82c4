#include "services/control/status.hpp"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <array>
#include <cassert>

namespace strowger::services::control {

namespace {

namespace api = strowger::v1;

constexpr std::string_view domain = "strowger";

// The protocol lists the faults of the model in their order, then its own.
static_assert(static_cast<int>(model::fault::cancelled)
              == api::REASON_CANCELLED);
static_assert(model::fault_count == api::REASON_BAD_TOKEN);

constexpr std::string_view prefix = "REASON_";

// Clients accept 8 KB of trailers, in base64, with the message.
constexpr size_t violations_bytes_max = 3000;

constexpr std::array<std::string_view, status_code_count> code_words = {
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
};

/// Clients may send names of any length; an answer that repeated one could be
/// too large for them to read.
std::string beginning_of(std::string_view text) {
  constexpr size_t bytes_max = 300;
  if (text.size() <= bytes_max)
    return std::string{text};
  auto end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end; // not within a character
  return std::string{text.substr(0, end)} + "...";
}

} // namespace

grpc::StatusCode code_of(model::fault x) {
  using enum model::fault;
  switch (x) {
    case none:
      return grpc::OK;
    case unknown_dn:
    case unknown_call:
    case unknown_agent:
      return grpc::NOT_FOUND;
    case invalid_calling_dn:
    case invalid_called_dn:
    case invalid_argument:
      return grpc::INVALID_ARGUMENT;
    case not_registered:
    case party_not_on_call:
    case invalid_call_state:
    case wrong_kind_of_call:
    case busy:
    case not_logged_in:
      return grpc::FAILED_PRECONDITION;
    case already_logged_in:
    case agent_in_use:
    case conflict:
      return grpc::ALREADY_EXISTS;
    case no_trunk:
    case too_large:
      return grpc::RESOURCE_EXHAUSTED;
    case out_of_service:
    case overloaded:
      return grpc::UNAVAILABLE;
    case no_answer:
    case rejected:
    case cancelled:
      return grpc::ABORTED;
    case timeout:
      return grpc::DEADLINE_EXCEEDED;
    case unsupported:
      return grpc::UNIMPLEMENTED;
    case wrong_password:
      return grpc::PERMISSION_DENIED;
  }
  return grpc::INTERNAL;
}

grpc::Status make_status(grpc::StatusCode code, api::Reason reason,
                         std::string_view text, subject about) {
  if (code == grpc::OK)
    return grpc::Status::OK;
  google::rpc::ErrorInfo info;
  info.set_reason(api::Reason_Name(reason).substr(prefix.size()));
  info.set_domain(std::string{domain});
  if (!about.first.empty())
    (*info.mutable_metadata())[std::string{about.first}] = beginning_of(
      about.second);
  auto message = beginning_of(text);
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  status.add_details()->PackFrom(info);
  return {code, message, status.SerializeAsString()};
}

grpc::Status with_violations(const grpc::Status& x,
                             std::span<const violation> all) {
  google::rpc::BadRequest request;
  size_t bytes = 0;
  for (auto& [field, text] : all) {
    bytes += field.size() + text.size();
    if (bytes > violations_bytes_max)
      break;
    auto& one = *request.add_field_violations();
    one.set_field(field);
    one.set_description(text);
  }
  google::rpc::Status status;
  auto parsed = status.ParseFromString(x.error_details());
  assert(parsed); // we made it
  static_cast<void>(parsed);
  status.add_details()->PackFrom(request);
  return {x.error_code(), x.error_message(), status.SerializeAsString()};
}

std::vector<violation> violations_of(const grpc::Status& x) {
  std::vector<violation> result;
  google::rpc::Status status;
  google::rpc::BadRequest request;
  if (!status.ParseFromString(x.error_details()))
    return result;
  for (auto& detail : status.details())
    if (detail.UnpackTo(&request))
      for (auto& one : request.field_violations())
        result.emplace_back(one.field(), one.description());
  return result;
}

grpc::Status make_status(model::fault why, std::string_view text,
                         subject about) {
  return make_status(code_of(why), static_cast<api::Reason>(why), text, about);
}

std::string reason_of(const grpc::Status& x) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  if (x.error_details().empty() || !status.ParseFromString(x.error_details())
      || status.details().empty() || !status.details(0).UnpackTo(&info))
    return {};
  return info.reason();
}

std::string_view to_string(grpc::StatusCode x) {
  auto index = static_cast<size_t>(x);
  assert(index < code_words.size());
  return code_words[index];
}

} // namespace strowger::services::control
