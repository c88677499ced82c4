#include "sip/listeners.hpp"

#include "sip/sofia.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <cstdlib>
#include <sys/stat.h>

namespace strowger::sip {

using model::option;

// -- certificates -------------------------------------------------------------

namespace {

std::optional<std::string> read_file(const std::string& path,
                                     std::string& content) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf()))
    return "cannot read " + path;
  content = text.str();
  if (!content.empty() && content.back() != '\n')
    content += '\n';
  return std::nullopt;
}

bool write_file(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  return file.good() && chmod(path.c_str(), S_IRUSR | S_IWUSR) == 0;
}

} // namespace

certificates::~certificates() {
  std::error_code ignored;
  if (!path_.empty())
    std::filesystem::remove_all(path_, ignored);
}

std::optional<std::string>
certificates::prepare(const model::directory& config) {
  std::string certificate;
  std::string key;
  std::string authorities;
  if (auto e = read_file(config.text(option::sip_tls_cert), certificate))
    return "sip-tls-cert: " + *e;
  const auto& key_file = config.text(option::sip_tls_cert_key);
  if (!key_file.empty())
    if (auto e = read_file(key_file, key))
      return "sip-tls-cert-key: " + *e;
  const auto& trusted = config.text(option::sip_tls_trusted_ca);
  if (!trusted.empty())
    if (auto e = read_file(trusted, authorities))
      return "sip-tls-trusted-ca: " + *e;
  auto pattern = (std::filesystem::temp_directory_path() / "strowger-XXXXXX")
                   .string();
  if (mkdtemp(pattern.data()) == nullptr) // with mode 0700
    return std::string{"cannot make a directory for TLS: "}
           + std::strerror(errno);
  path_ = pattern;
  if (!write_file(path_ + "/agent.pem", key + certificate)
      || !write_file(path_ + "/cafile.pem",
                     authorities.empty() ? certificate : authorities))
    return "cannot write the certificates for TLS";
  return std::nullopt;
}

// -- listeners ----------------------------------------------------------------

namespace {

// A peer that begins a message on a stream has this long to end it; its
// connection is closed then.
constexpr unsigned unfinished_ms = 30'000;

std::string bracketed(const std::string& host) {
  return host.find(':') != std::string::npos && host.front() != '['
           ? "[" + host + "]"
           : host;
}

bool is_any(const std::string& host) {
  return host.empty() || host == "0.0.0.0" || host == "::" || host == "[::]";
}

// Via shows the host of this URL, the socket is bound to its maddr.
std::string bind_url(const std::string& address, const std::string& interface,
                     const std::string& port, const std::string& transport) {
  // TLS is to be had under this scheme only.
  std::string url = transport == "tls" ? "sips:" : "sip:";
  if (address.empty() && is_any(interface)) {
    url += '*';
  } else if (address.empty() || address == interface) {
    url += bracketed(interface);
  } else {
    url += bracketed(address);
  }
  url += ':' + port;
  if (!address.empty() && address != interface) {
    bool v6 = address.find(':') != std::string::npos;
    url += ";maddr=";
    url += is_any(interface) ? std::string{v6 ? "[::]" : "0.0.0.0"}
                             : bracketed(interface);
  }
  url += ";transport=";
  url += transport;
  return url;
}

std::string failure(const std::string& url) {
  int error = su_errno();
  return "cannot listen at " + url + ": "
         + (error == EPROTONOSUPPORT ? "no such transport"
                                     : su_strerror(error));
}

} // namespace

std::optional<std::string> listen(nta_agent_s* agent,
                                  const model::directory& config,
                                  certificates& files, own_address& self) {
  const auto& address = config.text(option::sip_address);
  const auto& interface = config.text(option::sip_interface);
  self.port = std::to_string(config.integer(option::sip_port));
  // One at a time: of a list of transports sofia keeps pointers into a scope
  // that it has left. A phone opens its connection once and keeps it for its
  // registration, so an idle one is not closed before an hour is over.
  for (const char* transport : {"udp", "tcp"}) {
    auto url = bind_url(address, interface, self.port, transport);
    if (nta_agent_add_tport(agent, as_url(url.c_str()), TPTAG_IDLE(3'600'000),
                            TPTAG_TIMEOUT(unfinished_ms),
                            TPTAG_UDP_RMEM(4 << 20), TPTAG_UDP_WMEM(4 << 20),
                            TPTAG_QUEUESIZE(1024), TAG_END())
        < 0)
      return failure(url);
  }
  auto tls_port = config.integer(option::sip_port_tls);
  if (tls_port != 0) {
    if (auto e = files.prepare(config))
      return e;
    auto tls_url
      = bind_url(address, interface, std::to_string(tls_port), "tls");
    int policy = config.flag(option::sip_tls_mutual) ? TPTLS_VERIFY_IN
                                                     : TPTLS_VERIFY_NONE;
    if (!config.text(option::sip_tls_trusted_ca).empty())
      policy |= TPTLS_VERIFY_OUT;
    if (nta_agent_add_tport(agent, as_url(tls_url.c_str()),
                            TPTAG_CERTIFICATE(files.path().c_str()),
                            TPTAG_TLS_VERIFY_POLICY(policy),
                            TPTAG_IDLE(3'600'000),
                            TPTAG_TIMEOUT(unfinished_ms),
                            TPTAG_QUEUESIZE(1024),
                            TAG_END())
        < 0)
      return failure(tls_url);
  }
  const auto* via = nta_agent_via(agent);
  if (!address.empty())
    self.host = address;
  else if (!is_any(interface))
    self.host = interface;
  else if (const auto* contact = nta_agent_contact(agent))
    self.host = contact->m_url->url_host;
  else if (via != nullptr)
    self.host = via->v_host;
  self.host = bracketed(self.host);
  self.ipv6 = self.host.front() == '[';
  auto at = "<sip:" + self.host + ":";
  self.contacts[on_udp] = at + self.port + ">";
  self.contacts[on_tcp] = at + self.port + ";transport=tcp>";
  self.contacts[on_tls] = at + std::to_string(tls_port) + ";transport=tls>";
  return std::nullopt;
}

} // namespace strowger::sip
