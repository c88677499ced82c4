#include "services/control/access.hpp"

#include <grpcpp/security/auth_context.h>
#include <openssl/sha.h>

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

namespace strowger::services::control {

namespace {

constexpr std::array<std::string_view, 3> role_words = {"observe", "control",
                                                        "configure"};

// Shorter ones can be guessed.
constexpr size_t token_min = 16;

constexpr std::string_view scheme = "Bearer ";

std::optional<role> parse_role(std::string_view word) {
  for (size_t i = 0; i < role_words.size(); ++i)
    if (role_words[i] == word)
      return static_cast<role>(i);
  return std::nullopt;
}

std::string digest(std::string_view token) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> out;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
         out.data());
  return {out.begin(), out.end()};
}

/// Common name of the client's certificate, or empty.
std::string certificate_name(const grpc::ServerContextBase& call) {
  auto auth = call.auth_context();
  if (!auth || !auth->IsPeerAuthenticated())
    return {};
  auto names = auth->FindPropertyValues("x509_common_name");
  return names.empty()
           ? std::string{}
           : std::string{names.front().data(), names.front().size()};
}

} // namespace

std::string_view to_string(role x) {
  return role_words[static_cast<size_t>(x)];
}

std::optional<std::string> access::load(const std::string& path) {
  if (path.empty())
    return std::nullopt;
  std::ifstream in{path};
  if (!in)
    return "cannot read tokens from " + path;
  auto made = std::make_shared<tokens>();
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    auto fail = [&](const std::string& what) {
      return path + ":" + std::to_string(number) + ": " + what;
    };
    line.resize(std::min(line.size(), line.find('#')));
    std::istringstream words{line};
    std::string token, role_word, name, more;
    if (!(words >> token))
      continue;
    if (!(words >> role_word >> name) || words >> more)
      return fail("a line has a token, a role and a name");
    auto known = parse_role(role_word);
    if (!known)
      return fail("the role is observe, control or configure, not \""
                  + role_word + "\"");
    if (token.size() < token_min)
      return fail("the token is shorter than 16 characters");
    if (!made->emplace(digest(token), client{name, *known}).second)
      return fail("the token is there twice");
  }
  if (made->empty())
    return path + ": there is no token in it";
  std::lock_guard guard{mutex_};
  tokens_ = std::move(made);
  return std::nullopt;
}

std::optional<client>
access::identify(const grpc::ServerContextBase& call) const {
  std::shared_ptr<const tokens> known;
  {
    std::lock_guard guard{mutex_};
    known = tokens_;
  }
  if (!known) {
    auto name = certificate_name(call);
    return client{name.empty() ? "local" : name, role::configure};
  }
  auto shown = call.client_metadata().find("authorization");
  if (shown == call.client_metadata().end())
    return std::nullopt;
  std::string_view text{shown->second.data(), shown->second.size()};
  if (!text.starts_with(scheme))
    return std::nullopt;
  auto found = known->find(digest(text.substr(scheme.size())));
  if (found == known->end())
    return std::nullopt;
  return found->second;
}

} // namespace strowger::services::control
