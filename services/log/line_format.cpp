#include "services/log/line_format.hpp"

#include <array>
#include <cstring>
#include <ctime>

namespace strowger::services {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

/// Length of the UTF-8 sequence at the start of `text`, which starts with a
/// byte above 0x7f; 0 if it is none (RFC 3629: no overlong forms, no
/// surrogates).
size_t utf8_length(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto first = byte(0);
  size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < n)
    return 0;
  for (size_t i = 1; i < n; ++i)
    if ((byte(i) & 0xc0) != 0x80)
      return 0;
  auto second = byte(1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)
      || (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
    return 0;
  return n;
}

/// The two characters that stand for `c` in JSON; 0 if there are none.
char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

void append_escaped(text_buffer& out, char c) {
  if (auto e = short_escape(c)) {
    out.push_back('\\');
    out.push_back(e);
    return;
  }
  append(out, "\\u00");
  auto byte = static_cast<unsigned char>(c);
  out.push_back(hex_digits[byte >> 4]);
  out.push_back(hex_digits[byte & 15]);
}

bool is_plain(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

/// What stands between the quotes; runs of plain characters go in one piece.
void append_inside(text_buffer& out, std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto end = i;
    while (end < text.size() && is_plain(text[end]))
      ++end;
    append(out, text.substr(i, end - i));
    i = end;
    if (i == text.size())
      return;
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      append_escaped(out, text[i++]);
    } else if (auto n = utf8_length(text.substr(i))) {
      append(out, text.substr(i, n));
      i += n;
    } else {
      append(out, "\xef\xbf\xbd");
      ++i;
    }
  }
}

bool is_one_word(std::string_view text) {
  for (auto c : text)
    if (!is_plain(c) || c == ' ' || c == '=')
      return false;
  return !text.empty();
}

bool is_key(std::string_view text) {
  for (auto c : text)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
      return false;
  return !text.empty();
}

/// Could the text, quotes and all, stand in JSON as it is?
bool is_json_string(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"')
    return false;
  text = text.substr(1, text.size() - 2);
  constexpr std::string_view hex = "0123456789abcdefABCDEF";
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      auto is_u = text[i + 1] == 'u' && i + 6 <= text.size()
                  && text.substr(i + 2, 4).find_first_not_of(hex) == text.npos;
      if (!is_u && std::string_view{"\"\\nrt"}.find(text[i + 1]) == text.npos)
        return false;
      i += is_u ? 6 : 2;
    } else if (static_cast<unsigned char>(text[i]) >= 0x80) {
      auto n = utf8_length(text.substr(i));
      if (n == 0)
        return false;
      i += n;
    } else if (!is_plain(text[i++])) {
      return false;
    }
  }
  return true;
}

/// Where the value that starts at `i` ends: after its closing quote, or at the
/// next space.
size_t value_end(std::string_view text, size_t i) {
  if (i >= text.size() || text[i] != '"')
    return std::min(text.find(' ', i), text.size());
  for (++i; i < text.size() && text[i] != '"'; ++i)
    if (text[i] == '\\')
      ++i;
  return std::min(i + 1, text.size());
}

} // namespace

// -- times and ids ------------------------------------------------------------

void time_format::append(text_buffer& out, wall_time t) {
  using namespace std::chrono;
  auto ms = floor<milliseconds>(t.time_since_epoch()).count();
  auto second = ms >= 0 ? ms / 1000 : (ms - 999) / 1000;
  if (second != second_) {
    std::tm parts{};
    auto as_time = static_cast<std::time_t>(second);
    ::gmtime_r(&as_time, &parts);
    fmt::format_to_n(text_, sizeof(text_),
                     "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.",
                     parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
    second_ = second;
  }
  auto rest = static_cast<unsigned>(ms - second * 1000);
  char tail[] = {static_cast<char>('0' + rest / 100),
                 static_cast<char>('0' + rest / 10 % 10),
                 static_cast<char>('0' + rest % 10), 'Z'};
  out.append(text_, text_ + sizeof(text_));
  out.append(tail, tail + sizeof(tail));
}

void append_call_id(text_buffer& out, uint64_t id) {
  std::array<char, 16> text;
  for (size_t i = text.size(); i-- > 0; id >>= 4)
    text[i] = hex_digits[id & 15];
  out.append(text.data(), text.data() + text.size());
}

// -- texts --------------------------------------------------------------------

void append_json(text_buffer& out, std::string_view text) {
  out.push_back('"');
  append_inside(out, text);
  out.push_back('"');
}

void append_utf8(text_buffer& out, std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto ascii = static_cast<unsigned char>(text[i]) < 0x80;
    if (auto n = ascii ? 1 : utf8_length(text.substr(i))) {
      append(out, text.substr(i, n));
      i += n;
    } else {
      append(out, "\xef\xbf\xbd");
      ++i;
    }
  }
}

void append_value(text_buffer& out, std::string_view text) {
  if (is_one_word(text))
    append(out, text);
  else
    append_json(out, text);
}

void append_visible(text_buffer& out, std::string_view text) {
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      append_escaped(out, c);
    else
      out.push_back(c);
  }
}

void append_field(text_buffer& out, std::string_view key,
                  std::string_view value) {
  if (value.empty())
    return;
  out.push_back(' ');
  append(out, key);
  out.push_back('=');
  append_value(out, value);
}

void append_members(text_buffer& out, std::string_view text) {
  size_t fields = 0; // where the first key=value starts
  while (fields < text.size()) {
    auto end = std::min(text.find(' ', fields), text.size());
    auto word = text.substr(fields, end - fields);
    auto equals = word.find('=');
    if (equals != word.npos && is_key(word.substr(0, equals)))
      break;
    fields = std::min(end + 1, text.size());
  }
  auto message = text.substr(0, fields);
  while (message.ends_with(' '))
    message.remove_suffix(1);
  append(out, "\"message\":");
  append_json(out, message);
  while (fields < text.size()) {
    auto equals = text.find('=', fields);
    if (equals == text.npos) {
      append(out, ",\"rest\":");
      append_json(out, text.substr(fields));
      return;
    }
    auto key = text.substr(fields, equals - fields);
    auto end = value_end(text, equals + 1);
    auto value = text.substr(equals + 1, end - equals - 1);
    append(out, ",");
    append_json(out, key);
    append(out, ":");
    if (is_json_string(value))
      append(out, value); // as append_value writes it
    else
      append_json(out, value);
    fields = end;
    while (fields < text.size() && text[fields] == ' ')
      ++fields;
  }
}

} // namespace strowger::services
