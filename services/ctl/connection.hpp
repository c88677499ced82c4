#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <ostream>
#include <string>

namespace strowger::services::ctl {

/// Where the control plane is, and how to get in.
struct settings {
  std::string server; ///< host:port
  std::string token;
  std::string token_file; ///< its first word is the token
  std::string ca;         ///< PEM; with it, or a certificate, TLS is used
  std::string cert;       ///< PEM; needs the key
  std::string key;        ///< PEM
  bool json = false;
};

/// A way to the control plane.
class connection {
public:
  /// Null if a file cannot be read; then `error` says which. Connects when it
  /// is first used.
  static std::unique_ptr<connection> make(const settings& from,
                                          std::string& error);

  const std::shared_ptr<grpc::Channel>& channel() const {
    return channel_;
  }

  /// Shows the token.
  void enter(grpc::ClientContext& call) const;

private:
  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
};

/// A method of a service, for messages known by reflection.
struct method {
  std::unique_ptr<google::protobuf::Message> (*make_request)();
  std::unique_ptr<google::protobuf::Message> (*make_response)();
  grpc::Status (*send)(const connection& through,
                       const google::protobuf::Message& request,
                       google::protobuf::Message& response);
};

/// Sets the deadline that every request has, and shows the token.
void prepare(const connection& through, grpc::ClientContext& call);

template <class Pointer>
struct method_types;

template <class Stub, class Request, class Response>
struct method_types<grpc::Status (Stub::*)(grpc::ClientContext*, const Request&,
                                           Response*)> {
  using stub = Stub;
  using request = Request;
  using response = Response;
};

/// The method that a generated stub has.
template <auto Pointer>
constexpr method method_of() {
  using types = method_types<decltype(Pointer)>;
  using message = google::protobuf::Message;
  return {
    []() -> std::unique_ptr<message> {
      return std::make_unique<typename types::request>();
    },
    []() -> std::unique_ptr<message> {
      return std::make_unique<typename types::response>();
    },
    [](const connection& through, const message& request, message& response) {
      grpc::ClientContext call;
      prepare(through, call);
      typename types::stub stub{through.channel()};
      return (stub.*Pointer)(
        &call, static_cast<const typename types::request&>(request),
        static_cast<typename types::response*>(&response));
    }};
}

/// `ctl: NOT_REGISTERED: text`, with the reason of the google.rpc.ErrorInfo, or
/// the gRPC code if there is none.
std::string error_line(const grpc::Status& x);

} // namespace strowger::services::ctl
