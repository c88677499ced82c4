#include "services/load/import/document.hpp"

#include "services/config/wording.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <optional>

namespace strowger::services::load::sipp {

namespace {

/// Real ones have some dozens; every way through them is gone.
constexpr std::size_t max_elements = 2000;

/// Where lines begin, to tell line and column of an offset.
class lines {
public:
  explicit lines(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n')
        starts_.push_back(i + 1);
  }
  int line(std::size_t offset) const {
    return static_cast<int>(std::ranges::upper_bound(starts_, offset)
                            - starts_.begin());
  }
  int column(std::size_t offset) const {
    auto begin = starts_[static_cast<std::size_t>(line(offset)) - 1];
    return static_cast<int>(offset - begin) + 1;
  }

private:
  std::vector<std::size_t> starts_{0};
};

/// Scenarios usually say that they are ISO-8859-1. They are brought to UTF-8
/// here because offsets have to be those of the text that is parsed.
std::string as_utf8(std::string_view text) {
  auto declaration = text.substr(0, text.find("?>"));
  auto has = [&](std::string_view word) {
    return std::ranges::search(declaration, word, {},
                               [](char c) {
                                 return c >= 'a' && c <= 'z'
                                          ? static_cast<char>(c - 'a' + 'A')
                                          : c;
                               })
             .size()
           > 0;
  };
  if (!text.starts_with("<?xml") || !(has("8859-1") || has("LATIN1")))
    return std::string(text);
  std::string result;
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += static_cast<char>(0xc0 | byte >> 6);
      result += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return result;
}

std::string text_of(const pugi::xml_node& x) {
  std::string result;
  for (auto part : x.children())
    if (part.type() == pugi::node_cdata || part.type() == pugi::node_pcdata)
      result += part.value();
  return result;
}

element read_element(const pugi::xml_node& x, std::size_t parent,
                     const lines& places) {
  element result;
  result.name = x.name();
  result.line = places.line(static_cast<std::size_t>(x.offset_debug()));
  result.parent = parent;
  for (auto attribute : x.attributes())
    result.attributes.emplace_back(attribute.name(), attribute.value());
  result.text = text_of(x);
  return result;
}

/// This node, or the first element after it beside it.
pugi::xml_node element_from(pugi::xml_node x) {
  while (x && x.type() != pugi::node_element)
    x = x.next_sibling();
  return x;
}

/// The next element of the document; `parent` becomes the index of the one it
/// stands in. Not recursive: how deep it goes is up to the file.
pugi::xml_node next_of(pugi::xml_node x, std::size_t at, std::size_t& parent,
                       const std::vector<element>& all) {
  if (auto child = element_from(x.first_child())) {
    parent = at;
    return child;
  }
  for (; x; x = x.parent()) {
    if (auto sibling = element_from(x.next_sibling()))
      return sibling;
    parent = all[parent].parent;
  }
  return {};
}

} // namespace

const std::string* element::find(std::string_view attribute) const {
  auto found = std::ranges::find_if(
    attributes, [&](auto& x) { return x.first == attribute; });
  return found == attributes.end() ? nullptr : &found->second;
}

bool element::is(std::string_view attribute) const {
  auto value = find(attribute);
  return value && (*value == "true" || *value == "1" || *value == "yes");
}

std::vector<std::size_t> document::steps() const {
  return children(0);
}

std::vector<std::size_t> document::children(std::size_t parent) const {
  std::vector<std::size_t> result;
  for (std::size_t i = parent + 1; i < elements.size(); ++i)
    if (elements[i].parent == parent)
      result.push_back(i);
  return result;
}

config::read_result<document> read_document(std::string_view text,
                                            const std::string& file) {
  config::read_result<document> result;
  auto utf8 = as_utf8(text);
  lines places{utf8};
  auto fail = [&](std::ptrdiff_t offset, std::string message) {
    auto at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0));
    result.errors.push_back(
      {file, places.line(at), places.column(at), std::move(message)});
  };
  if (auto line = config::line_without_utf8(utf8)) {
    result.errors.push_back(
      {file, *line, 1,
       "the text is not UTF-8, nor does its first line say ISO-8859-1"});
    return result;
  }
  pugi::xml_document xml;
  // Without DTD, and so without entities that grow.
  auto parsed = xml.load_buffer(utf8.data(), utf8.size(), pugi::parse_default,
                                pugi::encoding_utf8);
  if (!parsed) {
    fail(parsed.offset, std::string("this is no XML: ") + parsed.description());
    return result;
  }
  auto root = xml.document_element();
  if (std::string_view{root.name()} != "scenario") {
    fail(root.offset_debug(), "expected the element scenario of a SIPp "
                              "scenario, found "
                                + config::quoted(root.name()));
    return result;
  }
  document found{file, {}};
  std::size_t parent = 0;
  for (auto x = root; x;
       x = next_of(x, found.elements.size() - 1, parent, found.elements)) {
    if (found.elements.size() == max_elements) {
      fail(x.offset_debug(), "more than 2000 elements");
      return result;
    }
    found.elements.push_back(read_element(x, parent, places));
  }
  result.value = std::move(found);
  return result;
}

} // namespace strowger::services::load::sipp
