#pragma once

#include "actors/model/demand.hpp"

#include <grpcpp/support/status.h>
#include <strowger/v1/common.pb.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Errors as clients see them: a gRPC code, a text for people, and a
/// google.rpc.ErrorInfo whose reason never changes.
namespace strowger::services::control {

/// Name and value of what an error is about, such as {"dn", "2001"}.
using subject = std::pair<std::string_view, std::string_view>;

/// A status with its ErrorInfo; OK if the fault is none.
grpc::Status make_status(model::fault why, std::string_view text,
                         subject about = {});

/// Same, for errors that the switch does not know of: BAD_TOKEN…
grpc::Status make_status(grpc::StatusCode code, strowger::v1::Reason reason,
                         std::string_view text, subject about = {});

/// The path of a field, and what is wrong with it.
using violation = std::pair<std::string, std::string>;

/// The status with a google.rpc.BadRequest besides its ErrorInfo. It has as
/// many violations as fit a trailer, the first ones.
grpc::Status with_violations(const grpc::Status& x,
                             std::span<const violation> all);

/// Those of the BadRequest in the details; none if there is none.
std::vector<violation> violations_of(const grpc::Status& x);

/// The code of a fault.
grpc::StatusCode code_of(model::fault x);

/// The reason of an ErrorInfo in the details; empty if there is none.
std::string reason_of(const grpc::Status& x);

/// "NOT_FOUND", for labels and logs.
std::string_view to_string(grpc::StatusCode x);

/// One more than the last code.
inline constexpr size_t status_code_count = 17;

} // namespace strowger::services::control
