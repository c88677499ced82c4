#include "test/sim/trace.hpp"

namespace strowger::sim {

namespace {

using namespace model;

template <class... Ts>
struct overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;

const char* name_of(method x) {
  constexpr const char* names[] = {"INVITE", "ACK",    "BYE",    "CANCEL",
                                   "PRACK",  "UPDATE", "INFO",   "MESSAGE",
                                   "REFER",  "NOTIFY", "OPTIONS"};
  return names[static_cast<size_t>(x)];
}

/// Which leg a description is from, and its version: the line o= of it.
std::string text_of(const content& x) {
  if (x.empty())
    return {};
  auto start = x.data.find("o=- ");
  if (start == std::string::npos)
    return " [" + x.type + "]";
  auto end = x.data.find(" IN", start);
  auto direction = x.data.find("a=");
  return " [sdp " + x.data.substr(start + 4, end - start - 4) + " "
         + x.data.substr(direction + 2, x.data.size() - direction - 4) + "]";
}

std::string text_of(const session_terms& x) {
  if (x.interval_s == 0 && x.min_se_s == 0)
    return {};
  constexpr const char* who[] = {"-", "uac", "uas"};
  return " timer=" + std::to_string(x.interval_s) + ","
         + who[static_cast<size_t>(x.refresher)] + ",min "
         + std::to_string(x.min_se_s);
}

std::string leg_text(leg_number leg, txn_number txn) {
  return "leg " + std::to_string(leg) + " #" + std::to_string(txn) + " ";
}

std::string status_text(uint16_t status, uint32_t rseq) {
  auto text = std::to_string(status);
  return rseq ? text + " rseq=" + std::to_string(rseq) : text;
}

} // namespace

std::string describe(const signal& x) {
  return std::visit(
    overloaded{
      [](const offered& y) {
        return "INVITE " + y.called + " from "
               + (y.source.empty() ? "a stranger" : y.source)
               + (y.reliable ? " 100rel" : "")
               + (y.update_allowed ? " update" : "") + text_of(y.session)
               + text_of(y.body);
      },
      [](const responded& y) {
        return leg_text(y.leg, y.txn) + status_text(y.status, y.rseq) + " to "
               + name_of(y.method) + (y.local ? " (local)" : "")
               + (y.contacts.empty() ? "" : " contact " + y.contacts.front())
               + text_of(y.session) + text_of(y.body);
      },
      [](const requested& y) {
        return leg_text(y.leg, y.txn) + name_of(y.method) + text_of(y.session)
               + text_of(y.body);
      },
      [](const acked& y) {
        return leg_text(y.leg, y.txn) + "ACK" + text_of(y.body);
      },
      [](const cancelled& y) { return leg_text(y.leg, 0) + "CANCEL"; },
      [](const unacknowledged& y) {
        return leg_text(y.leg, y.txn) + "unacknowledged";
      },
    },
    x);
}

std::string describe(const command& x) {
  return std::visit(
    overloaded{
      [](const invite& y) {
        return leg_text(y.leg, 0) + "INVITE " + y.target.uri
               + (y.reliable ? " 100rel" : "") + text_of(y.session)
               + text_of(y.body);
      },
      [](const request& y) {
        return leg_text(y.leg, y.txn) + name_of(y.method)
               + (y.rseq ? " rseq=" + std::to_string(y.rseq) : "")
               + text_of(y.session) + text_of(y.body);
      },
      [](const respond& y) {
        return leg_text(y.leg, y.txn) + status_text(y.status, 0)
               + (y.reliable ? " reliable" : "") + text_of(y.session)
               + text_of(y.body);
      },
      [](const acknowledge& y) {
        return leg_text(y.leg, y.txn) + "ACK" + text_of(y.body);
      },
      [](const cancel& y) { return leg_text(y.leg, 0) + "CANCEL"; },
      [](const forget& y) { return leg_text(y.leg, 0) + "forget"; },
      [](const refer& y) {
        return leg_text(y.leg, 0) + "REFER " + y.target.uri + " to "
               + y.refer_to;
      },
      [](const hand_over& y) {
        return leg_text(y.leg, 0) + "goes to call "
               + std::to_string(y.to.call.value) + " as leg "
               + std::to_string(y.to.leg);
      },
    },
    x);
}

std::string describe(const journal_event& x) {
  return std::string{to_string(x.type)} + " " + x.this_dn + " ("
         + std::string{to_string(x.this_role)} + ") other " + x.other_dn
         + " state " + std::string{to_string(x.call_state)};
}

std::string describe(const call_record& x) {
  return "finished " + std::string{to_string(x.result)} + " "
         + std::to_string(x.status) + " by "
         + std::string{to_string(x.released_by)};
}

} // namespace strowger::sim
