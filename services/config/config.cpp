#include "services/config/config.hpp"

#include "actors/model/ip_network.hpp"
#include "services/config/reader.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>

namespace strowger::services::config {

namespace {

/// Far above any switch; a wrong path (a disk image, say) must not fill memory.
constexpr size_t max_file_size = 256 * 1024 * 1024;

/// How many bytes of the text are UTF-8 from the start (RFC 3629). Anything
/// else would surface much later, in records and logs that must be UTF-8.
size_t utf8_prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    auto lead = static_cast<unsigned char>(text[at]);
    auto more = lead < 0x80                   ? size_t{0}
                : lead >= 0xc2 && lead < 0xe0 ? size_t{1}
                : lead >= 0xe0 && lead < 0xf0 ? size_t{2}
                : lead >= 0xf0 && lead < 0xf5 ? size_t{3}
                                              : text.size();
    if (more >= text.size() - at)
      return at;
    auto tail = text.substr(at + 1, more);
    if (!std::ranges::all_of(tail, [](char c) { return (c & 0xc0) == 0x80; }))
      return at;
    at += more + 1;
  }
  return at;
}

bool is_host_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
         || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
}

} // namespace

std::optional<std::string> read_file(const std::string& path,
                                     std::string& error) {
  auto close = [](std::FILE* file) { std::fclose(file); };
  std::unique_ptr<std::FILE, decltype(close)> file{
    std::fopen(path.c_str(), "rb"), close};
  if (!file) {
    error = std::string("cannot open: ") + std::strerror(errno);
    return std::nullopt;
  }
  std::string result;
  char block[65536];
  while (auto count = std::fread(block, 1, sizeof block, file.get())) {
    if (result.size() + count > max_file_size) {
      error = "the file is larger than 256 MB";
      return std::nullopt;
    }
    result.append(block, count);
  }
  if (std::ferror(file.get())) {
    error = std::string("cannot read: ") + std::strerror(errno);
    return std::nullopt;
  }
  return result;
}

std::optional<int> line_without_utf8(std::string_view text) {
  auto good = utf8_prefix(text);
  if (good == text.size())
    return std::nullopt;
  auto before = std::ranges::count(text.substr(0, good), '\n');
  return static_cast<int>(before) + 1;
}

std::string to_string(const load_error& error) {
  auto result = error.file + ":" + std::to_string(error.line) + ":"
                + std::to_string(error.column) + ": error: " + error.message;
  // A line break quoted from the file must not look like a second error.
  auto control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
  std::ranges::replace_if(result, control, '?');
  return result;
}

load_result load(const std::string& path) {
  load_result result;
  std::string error;
  auto text = read_file(path, error);
  if (text)
    return load_text(*text, path);
  result.errors.push_back({path, 1, 1, error});
  return result;
}

load_result load_text(std::string_view text, const std::string& name) {
  load_result result;
  yaml_tree tree;
  if (parse_document(text, name, tree, result.errors))
    return reader(tree, name).read();
  return result;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::optional<listen_address> parse_listen_address(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  auto digits = text.substr(colon + 1);
  auto port = 0;
  auto end = digits.data() + digits.size();
  auto [stop, failure] = std::from_chars(digits.data(), end, port);
  if (failure != std::errc{} || stop != end || port < 0 || port > 65535)
    return std::nullopt;
  auto numeric = host.find_first_not_of("0123456789.")
                 == std::string_view::npos;
  auto bracketed = host.starts_with('[') && host.ends_with(']');
  if (numeric || bracketed ? !model::parse_ip_address(host)
                           : !std::ranges::all_of(host, is_host_char))
    return std::nullopt;
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  return listen_address{std::string(host), port};
}

} // namespace strowger::services::config
