#include "sip/pidf.hpp"

#include <pugixml.hpp>

namespace strowger::sip {

namespace {

// Peers choose their prefixes, and some forget to declare them, so only the
// local part of a name counts.
bool is_named(const pugi::xml_node& x, std::string_view wanted) {
  std::string_view name{x.name()};
  if (auto colon = name.find(':'); colon != name.npos)
    name.remove_prefix(colon + 1);
  return name == wanted;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  auto first = text.find_first_not_of(blanks);
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Calls `f` for every child of that name.
template <class F>
void each(const pugi::xml_node& parent, std::string_view name, F f) {
  for (const auto& x : parent.children())
    if (is_named(x, name))
      f(x);
}

} // namespace

// A tuple is one way to reach somebody (RFC 3863 §4.1.2), a device of the phone
// number here: while one of them is open a call finds it, so the number is idle
// as long as any is. A `basic` of any other value makes the document invalid
// (§4.1.4); a tuple without one says nothing, and extensions are not for us.
std::optional<basic_status> read_pidf(std::string_view body) {
  pugi::xml_document document;
  // Without DTD, and so without entities that grow.
  auto parsed = document.load_buffer(body.data(), body.size(),
                                     pugi::parse_default);
  auto root = document.document_element();
  if (!parsed || !is_named(root, "presence"))
    return std::nullopt;
  auto result = basic_status::unsaid;
  bool valid = true;
  each(root, "tuple", [&](const auto& tuple) {
    each(tuple, "status", [&](const auto& status) {
      each(status, "basic", [&](const auto& basic) {
        auto value = trimmed(basic.child_value());
        if (value == "open")
          result = basic_status::open;
        else if (value != "closed")
          valid = false;
        else if (result == basic_status::unsaid)
          result = basic_status::closed;
      });
    });
  });
  if (!valid)
    return std::nullopt;
  return result;
}

} // namespace strowger::sip
