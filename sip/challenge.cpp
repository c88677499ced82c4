#include "sip/challenge.hpp"

#include "sip/sofia.hpp"
#include "sip/text.hpp"
#include "sip/translate.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace strowger::sip {

namespace {

using model::option;

bool must_prove_itself(const sip_s& request, const model::dn& of,
                       const model::directory& config) {
  std::string_view wanted
    = request.sip_request->rq_method == sip_method_register ? "register"
                                                            : "invite";
  const auto& methods = config.list(option::authenticate_requests, &of);
  return std::find(methods.begin(), methods.end(), wanted) != methods.end();
}

std::vector<digest_algorithm> algorithms_of(const model::directory& config) {
  std::vector<digest_algorithm> result;
  for (const auto& name : config.list(option::digest_algorithms))
    result.push_back(name == "MD5" ? digest_algorithm::md5
                                   : digest_algorithm::sha256);
  return result;
}

} // namespace

void challenger::configure(const model::directory& config) {
  realm_ = config.switch_name();
  authenticator_options wanted;
  wanted.algorithms = algorithms_of(config);
  wanted.nonce_lifetime
    = std::chrono::seconds{config.integer(option::nonce_lifetime)};
  if (judge_ && wanted.algorithms == options_.algorithms
      && wanted.nonce_lifetime == options_.nonce_lifetime)
    return;
  options_ = std::move(wanted);
  judge_ = key_ ? std::make_unique<authenticator>(options_, *key_)
                : std::make_unique<authenticator>(options_);
}

std::optional<refusal> challenger::check(const sip_s& request,
                                         const model::dn& of,
                                         const model::directory& config,
                                         model::time_point now) {
  if (!must_prove_itself(request, of, config))
    return std::nullopt;
  const auto& password = config.text(option::password, &of);
  if (password.empty())
    return refusal{.status = 403, .label = rejection::unauthorised};
  const auto& username = config.text(option::username, &of);
  const auto& user = username.empty() ? of.number : username;
  std::string_view body;
  if (request.sip_payload != nullptr)
    body = {request.sip_payload->pl_data, request.sip_payload->pl_len};
  auto stale = false;
  for (const auto* x = request.sip_authorization; x != nullptr;
       x = x->au_next) {
    switch (judge_->verify(value_of(x), request.sip_request->rq_method_name,
                           realm_, user, password, body, now)) {
      case verdict::ok:
        return std::nullopt;
      case verdict::stale:
        stale = true;
        break;
      case verdict::wrong:
        return refusal{.status = 403, .label = rejection::unauthorised};
      case verdict::no_credentials:
        break;
    }
  }
  return challenge(stale, now);
}

refusal challenger::challenge(bool stale, model::time_point now) {
  refusal result{.status = 401, .label = rejection::unauthorised};
  for (const auto& value : judge_->challenge(realm_, stale, now))
    result.headers += "WWW-Authenticate: " + value + "\r\n";
  return result;
}

// -- client side --------------------------------------------------------------

std::optional<std::string> answer_challenges(const sip_s& response,
                                             const model::credentials& who,
                                             uint64_t random,
                                             digest_request request) {
  bool by_proxy = response.sip_status->st_status == 407;
  std::vector<std::string> values;
  for (const auto* h = by_proxy ? response.sip_proxy_authenticate
                                : response.sip_www_authenticate;
       h != nullptr; h = h->au_next)
    values.push_back(value_of(h));
  std::vector<std::string_view> challenges(values.begin(), values.end());
  std::string cnonce;
  append_hex(cnonce, random, 16);
  request.cnonce = cnonce;
  auto value = answer_best(challenges, {who.username, who.password}, request);
  if (!value)
    return std::nullopt;
  return (by_proxy ? "Proxy-Authorization: " : "Authorization: ") + *value
         + "\r\n";
}

} // namespace strowger::sip
