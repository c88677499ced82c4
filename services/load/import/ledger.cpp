#include "services/load/import/ledger.hpp"

#include "services/load/import/message.hpp"

#include <algorithm>

namespace strowger::services::load::sipp {

namespace {

/// "send INVITE", "recv 200", "exec play_pcap_audio": what tells it apart from
/// its neighbours.
std::string title(const element& x) {
  std::string more;
  if (x.name == "send") {
    auto sent = parse_message(x.text);
    more = sent.status != 0 ? std::to_string(sent.status) : sent.method;
  } else if (x.name == "recv") {
    auto what = x.find("response") ? x.find("response") : x.find("request");
    more = what ? *what : "";
  } else if (x.name == "label") {
    more = x.find("id") ? *x.find("id") : "";
  } else if (x.name == "exec" && !x.attributes.empty()) {
    more = x.attributes.front().first;
  }
  return more.empty() ? x.name : x.name + " " + more;
}

} // namespace

std::string_view to_string(fate x) {
  switch (x) {
    case fate::understood:
      return "understood";
    case fate::approximated:
      return "approximated";
    case fate::left_out:
      return "left out";
    case fate::impossible:
      return "impossible";
  }
  return "";
}

std::string to_string(const finding& x, const std::string& file) {
  std::string result;
  auto head = file + ":" + std::to_string(x.line) + ": " + x.element + ": "
              + std::string(to_string(x.what));
  for (auto& sentence : x.means)
    result += head + ": " + sentence + "\n";
  return result;
}

ledger::ledger(const document& of) : of_(&of), entries_(of.elements.size()) {
  // nop
}

void ledger::understood(std::size_t element) {
  entries_[element].known = true;
}

void ledger::note(std::size_t element, fate what, std::string means) {
  auto& x = entries_[element];
  x.known = true;
  x.what = std::max(x.what, what);
  if (std::ranges::find(x.means, means) == x.means.end())
    x.means.push_back(std::move(means));
}

void ledger::take(std::size_t element, const ledger& from) {
  entries_[element] = from.entries_[element];
}

std::vector<finding> ledger::findings() const {
  std::vector<finding> result;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    auto& x = entries_[i];
    auto& element = of_->elements[i];
    finding found{element.line, title(element), x.what, x.means};
    if (!x.known) {
      found.what = fate::left_out;
      found.means = {"nothing is known of such an element"};
    }
    result.push_back(std::move(found));
  }
  return result;
}

} // namespace strowger::services::load::sipp
