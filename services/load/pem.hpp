#pragma once

#include <string>

/// Files for TLS, looked at before a run needs them.
namespace strowger::services::load {

/// Why the text does not begin a chain of certificates (PEM); empty: it does.
std::string fault_of_certificate(const std::string& pem);

/// Why the text is not the private key, without a password, of the first of
/// these certificates; empty: it is.
std::string fault_of_key(const std::string& pem,
                         const std::string& certificates);

} // namespace strowger::services::load
