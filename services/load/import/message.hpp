#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What stands in the CDATA of a `send`: a message with keywords in it.
namespace strowger::services::load::sipp {

struct header {
  std::string name; // in its long form; empty: a line that is one keyword
  std::string value;
};

struct message {
  std::string method; // empty: a response
  int status = 0;
  std::string uri;
  std::vector<header> headers;
  std::string body;
  /// Why it is none that a SIP stack would send; empty: it is well formed.
  std::string fault;

  /// Null: not there.
  const header* find(std::string_view name) const;
  /// The method of the CSeq; empty: a keyword stands for it.
  std::string cseq_method() const;
  bool describes_media() const; // has an SDP body
};

message parse_message(std::string_view text);

/// A value with at most one keyword whose values we know: the user part of a
/// URI, a password. "1[field0]" is field 0 after "1".
struct source {
  std::string prefix;
  std::optional<std::size_t> field; // column of the injection file
  std::string field_file;           // empty: the only one
  bool counted = false;             // [call_number], [userid]
  std::string suffix;
  std::string unknown; // a keyword that means nothing to us

  bool empty() const {
    return prefix.empty() && !field && !counted && suffix.empty()
           && unknown.empty();
  }
  friend bool operator==(const source&, const source&) = default;
};

/// [service] becomes "service", as without the option -s.
source parse_source(std::string_view text);

/// The user part of the first URI in this text; empty: it has none.
std::string user_of(std::string_view text);
/// Its host, without port; empty if it is that of the machine or the target.
std::string host_of(std::string_view text);

/// The keyword [authentication username=… password=…] of a text.
struct authentication {
  std::string username; // empty: none given
  std::string password;
};
std::optional<authentication> find_authentication(std::string_view text);

/// White space off both ends.
std::string_view trimmed(std::string_view text);
/// Do they differ in case only?
bool same_word(std::string_view a, std::string_view b);

} // namespace strowger::services::load::sipp
