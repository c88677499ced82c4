#include "services/torture/message.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace strowger::services::torture {

namespace {

constexpr std::string_view blanks = " \t\r\n";

constexpr std::pair<std::string_view, char> compact_forms[] = {
  {"call-id", 'i'},
  {"contact", 'm'},
  {"content-encoding", 'e'},
  {"content-length", 'l'},
  {"content-type", 'c'},
  {"event", 'o'},
  {"from", 'f'},
  {"subject", 's'},
  {"supported", 'k'},
  {"to", 't'},
  {"via", 'v'}};

constexpr std::string_view mandatory[] = {"Via", "From", "To", "Call-ID",
                                          "CSeq"};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(blanks);
  if (first == text.npos)
    return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

place place_in(std::string_view raw, std::string_view part) {
  return {static_cast<std::size_t>(part.data() - raw.data()), part.size()};
}

/// Behind the end of the line.
std::size_t next_line(std::string_view raw, std::size_t at) {
  auto end = raw.find('\n', at);
  return end == raw.npos ? raw.size() : end + 1;
}

/// Where the first line begins: empty lines before it do not count.
std::size_t first_line(std::string_view raw) {
  return std::min(raw.find_first_not_of("\r\n"), raw.size());
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(blanks, at), text.size());
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number result{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(),
                                      result);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return result;
}

/// The top Via cut behind its transport: the word, and what follows it.
struct via_parts {
  std::string_view transport;
  std::string_view rest;
};

std::optional<via_parts> top_via(std::string_view raw) {
  auto value = find_header(raw, "Via");
  if (!value)
    return std::nullopt;
  auto hop = value->in(raw);
  hop = hop.substr(0, hop.find(','));
  auto slash = hop.find('/');
  if (slash != hop.npos)
    slash = hop.find('/', slash + 1);
  if (slash == hop.npos)
    return std::nullopt;
  auto begin = skip_blanks(hop, slash + 1);
  auto end = std::min(hop.find_first_of(" \t\r\n;:", begin), hop.size());
  return via_parts{hop.substr(begin, end - begin), hop.substr(end)};
}

} // namespace

bool is_named(std::string_view written, std::string_view name) {
  if (written.size() != 1)
    return same(written, name);
  auto found = std::ranges::find_if(
    compact_forms, [&](auto& x) { return same(x.first, name); });
  return found != std::end(compact_forms) && lower(written[0]) == found->second;
}

std::vector<header_field> headers_of(std::string_view raw) {
  std::vector<header_field> result;
  auto at = next_line(raw, first_line(raw));
  while (at < raw.size()) {
    auto next = next_line(raw, at);
    auto line = raw.substr(at, next - at);
    if (line.find_first_not_of("\r\n") == line.npos)
      break;
    auto colon = line.find(':');
    if ((line[0] == ' ' || line[0] == '\t') && !result.empty()) {
      auto& value = result.back().value;
      value = place_in(
        raw, trimmed(raw.substr(value.at, at + line.size() - value.at)));
    } else if (colon != line.npos) {
      auto value = trimmed(line.substr(colon + 1));
      result.push_back({trimmed(line.substr(0, colon)), place_in(raw, value)});
    }
    at = next;
  }
  return result;
}

std::optional<place> find_header(std::string_view raw, std::string_view name) {
  for (auto& field : headers_of(raw))
    if (is_named(field.name, name))
      return field.value;
  return std::nullopt;
}

std::size_t count_headers(std::string_view raw, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
    headers_of(raw), [&](auto& x) { return is_named(x.name, name); }));
}

std::optional<std::size_t> body_of(std::string_view raw) {
  auto at = next_line(raw, first_line(raw));
  while (at < raw.size()) {
    auto next = next_line(raw, at);
    if (raw.substr(at, next - at).find_first_not_of("\r\n") == raw.npos)
      return next;
    at = next;
  }
  return std::nullopt;
}

// -- the first line -----------------------------------------------------------

bool is_response(std::string_view raw) {
  return same(raw.substr(first_line(raw), 4), "SIP/");
}

std::string_view method_of(std::string_view raw) {
  raw.remove_prefix(first_line(raw));
  return raw.substr(0, raw.find_first_of(blanks));
}

int status_of(std::string_view raw) {
  if (!raw.starts_with("SIP/2.0 ") || raw.size() < 11)
    return 0;
  if (raw.size() > 11 && blanks.find(raw[11]) == blanks.npos)
    return 0;
  return number_in<int>(raw.substr(8, 3)).value_or(0);
}

std::string first_line_of(std::string_view raw) {
  auto at = first_line(raw);
  auto line = trimmed(raw.substr(at, next_line(raw, at) - at));
  return std::string(line.substr(0, 120));
}

// -- Via ----------------------------------------------------------------------

std::vector<std::string_view> vias_of(std::string_view raw) {
  std::vector<std::string_view> result;
  for (auto& field : headers_of(raw)) {
    if (!is_named(field.name, "Via"))
      continue;
    auto rest = field.value.in(raw);
    while (true) {
      auto comma = rest.find(',');
      result.push_back(trimmed(rest.substr(0, comma)));
      if (comma == rest.npos)
        break;
      rest.remove_prefix(comma + 1);
    }
  }
  return result;
}

std::optional<place> usable_branch(std::string_view raw) {
  auto via = top_via(raw);
  if (!via)
    return std::nullopt;
  auto rest = via->rest;
  for (auto at = rest.find(';'); at != rest.npos; at = rest.find(';', at + 1)) {
    auto name = skip_blanks(rest, at + 1);
    if (!same(rest.substr(name, 6), "branch"))
      continue;
    auto equals = skip_blanks(rest, name + 6);
    if (equals == rest.size() || rest[equals] != '=')
      continue;
    auto begin = skip_blanks(rest, equals + 1);
    auto end = std::min(rest.find_first_of(" \t\r\n;", begin), rest.size());
    auto branch = rest.substr(begin, end - begin);
    if (branch.starts_with("z9hG4bK") && branch.size() > 7)
      return place_in(raw, branch);
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<place> via_transport(std::string_view raw) {
  auto via = top_via(raw);
  if (!via)
    return std::nullopt;
  return place_in(raw, via->transport);
}

unsigned sent_by_port(std::string_view raw) {
  constexpr unsigned usual = 5060;
  auto via = top_via(raw);
  if (!via)
    return usual;
  auto rest = via->rest.substr(0, via->rest.find(';'));
  auto host_end = rest.find(']'); // colons of an IPv6 address are not ports
  auto colon = rest.find(':', host_end == rest.npos ? 0 : host_end);
  if (colon == rest.npos)
    return usual;
  auto port = number_in<unsigned>(trimmed(rest.substr(colon + 1)));
  return port && *port > 0 && *port < 65536 ? *port : usual;
}

// -- patching -----------------------------------------------------------------

std::string freshened(std::string_view raw, const freshness& with) {
  struct edit {
    place what;
    std::string by;
  };
  std::vector<edit> edits;
  if (auto branch = usable_branch(raw))
    edits.push_back({{branch->at + branch->size, 0}, with.suffix});
  auto id = find_header(raw, "Call-ID");
  if (id && id->size > 0)
    edits.push_back({{id->at + id->size, 0}, with.suffix});
  if (auto transport = via_transport(raw); transport && transport->size > 0)
    edits.push_back({*transport, with.transport});
  std::ranges::sort(edits, std::greater{}, [](auto& x) { return x.what.at; });
  std::string result(raw);
  for (auto& x : edits) // from behind, so that places stay right
    result.replace(x.what.at, x.what.size, x.by);
  return result;
}

std::optional<std::string> take_message(std::string& stream) {
  stream.erase(0, first_line(stream));
  auto end = stream.find("\r\n\r\n");
  if (end == stream.npos)
    return std::nullopt;
  auto size = end + 4;
  if (auto length = find_header(stream, "Content-Length"))
    size += number_in<std::size_t>(length->in(stream)).value_or(0);
  if (size > stream.size())
    return std::nullopt;
  auto result = stream.substr(0, size);
  stream.erase(0, size);
  return result;
}

std::string_view missing_header(std::string_view raw) {
  for (auto name : mandatory) {
    auto value = find_header(raw, name);
    if (!value || value->size == 0)
      return name;
  }
  return {};
}

} // namespace strowger::services::torture
