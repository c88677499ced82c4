#include "services/load/import/remarks.hpp"

#include "services/config/wording.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace strowger::services::load::sipp {

namespace {

using config::quoted;

struct remark {
  std::string_view name;
  fate what;
  std::string_view means; // empty: understood
};

// -- elements -----------------------------------------------------------------

constexpr std::string_view no_variables
  = "users have no variables, and take nothing out of messages";
constexpr std::string_view no_checks
  = "it is not checked: a call counts by its status, whatever else it says";

constexpr remark elements[] = {
  {"scenario", fate::understood, ""},
  {"label", fate::understood, ""},
  {"action", fate::understood, ""},
  // Every report has whole histograms.
  {"ResponseTimeRepartition", fate::understood, ""},
  {"CallLengthRepartition", fate::understood, ""},
  {"Global", fate::left_out, no_variables},
  {"User", fate::left_out, no_variables},
  {"Reference", fate::left_out, no_variables},
  {"init", fate::left_out, "nothing is done before the calls"},
  {"ereg", fate::left_out, no_variables},
  {"log", fate::left_out, "nothing is logged"},
  {"warning", fate::left_out, "nothing is logged"},
  {"error", fate::left_out, "nothing ends the run here"},
  {"assign", fate::left_out, no_variables},
  {"assignstr", fate::left_out, no_variables},
  {"sample", fate::left_out, no_variables},
  {"add", fate::left_out, no_variables},
  {"subtract", fate::left_out, no_variables},
  {"multiply", fate::left_out, no_variables},
  {"divide", fate::left_out, no_variables},
  {"todouble", fate::left_out, no_variables},
  {"trim", fate::left_out, no_variables},
  {"urldecode", fate::left_out, no_variables},
  {"urlencode", fate::left_out, no_variables},
  {"gettimeofday", fate::left_out, no_variables},
  {"index", fate::left_out, no_variables},
  {"lookup", fate::left_out, no_variables},
  {"insert", fate::left_out, "the file of values does not change"},
  {"replace", fate::left_out, "the file of values does not change"},
  {"test", fate::left_out, no_variables},
  {"strcmp", fate::left_out, no_variables},
  {"verifyauth", fate::left_out, "whoever calls is not asked for a password"},
  {"setdest", fate::left_out, "everything is sent to the target"},
  {"closecon", fate::left_out, "connections stay"},
  {"pauserestore", fate::left_out, no_variables},
  {"jump", fate::impossible,
   "where it leads is computed; what stands below it is done"},
  {"rtpecho", fate::left_out, "no RTP is sent"},
  {"setrtpecho", fate::left_out, "no RTP is sent"},
};

constexpr remark executed[] = {
  {"command", fate::left_out, "no command is run"},
  {"int_cmd", fate::left_out, "nothing ends the call or the run here"},
  {"verify", fate::left_out, no_checks},
};

/// Of the actions, those that let a call fail when something is not there.
bool is_check(const element& x) {
  return x.is("check_it") || x.is("check_it_inverse");
}

/// A variable that a pause takes its length from.
bool sets_pause(const document& of, const element& x) {
  auto name = x.find("assign_to");
  return name && (x.name == "sample" || (x.name == "assign" && x.find("value")))
         && std::ranges::any_of(of.elements, [&](auto& y) {
              auto wanted = y.find("variable");
              return y.name == "pause" && wanted && *wanted == *name;
            });
}

void remark_exec(const element& x, std::size_t at, ledger& notes) {
  for (auto& [name, value] : x.attributes) {
    auto known = std::ranges::find(executed, name, &remark::name);
    if (known != std::end(executed))
      notes.note(at, known->what, std::string(known->means));
    else
      notes.note(at, fate::left_out, "no RTP is sent: " + quoted(value));
  }
  if (x.attributes.empty())
    notes.note(at, fate::left_out, "it does not say what");
}

bool is_step(const document& of, std::size_t at) {
  auto& x = of.elements[at];
  constexpr std::string_view steps[] = {"send", "recv",    "pause",  "timewait",
                                        "nop",  "sendCmd", "recvCmd"};
  return at > 0 && x.parent == 0
         && std::ranges::find(steps, x.name) != std::end(steps);
}

// -- attributes ---------------------------------------------------------------

constexpr std::string_view ignored_by_users
  = "users decide nothing by variables, and count nothing";

constexpr remark attributes[] = {
  {"response", fate::understood, ""},
  {"request", fate::understood, ""},
  {"optional", fate::understood, ""},
  {"crlf", fate::understood, ""},
  {"display", fate::understood, ""},
  {"hide", fate::understood, ""},
  {"next", fate::understood, ""}, // by the ways through the scenario
  {"test", fate::understood, ""},
  {"chance", fate::understood, ""},
  {"rrs", fate::understood, ""}, // routes are always followed
  {"auth", fate::understood, ""},
  // Transactions are told apart as RFC 3261 says.
  {"start_txn", fate::understood, ""},
  {"response_txn", fate::understood, ""},
  {"ack_txn", fate::understood, ""},
  {"lost", fate::approximated, "no message is lost on purpose"},
  {"timeout", fate::approximated,
   "users wait as long as RFC 3261 says, or until their patience ends"},
  {"ontimeout", fate::approximated, "nothing else is done after a timeout"},
  {"counter", fate::approximated, ignored_by_users},
  {"condexec", fate::approximated, ignored_by_users},
  {"condexec_inverse", fate::approximated, ignored_by_users},
  {"ignoresdp", fate::approximated, "descriptions are always read"},
  {"regexp_match", fate::approximated, "what it matches is taken as it stands"},
  {"advance_state", fate::approximated, "what comes is not put aside"},
  {"missing", fate::approximated, ignored_by_users},
};

/// Of a pause these are its law.
constexpr std::string_view of_pauses[] = {"milliseconds",
                                          "variable",
                                          "distribution",
                                          "value",
                                          "min",
                                          "max",
                                          "mean",
                                          "stdev",
                                          "lambda",
                                          "k",
                                          "x_m",
                                          "theta",
                                          "n",
                                          "p",
                                          "normal",
                                          "exponential",
                                          "lognormal",
                                          "weibull",
                                          "pareto",
                                          "gamma",
                                          "sanity_check",
                                          "poisson"};

/// Reports measure from each request to 100, 18x and 2xx, to ACK, and to the
/// end of BYE and REGISTER.
bool is_measured(const element& x) {
  return x.name == "recv" || !x.find("rtd");
}

void remark_timer(const element& x, std::size_t at, ledger& notes) {
  if (x.find("start_rtd"))
    notes.note(at, fate::approximated,
               "reports measure from each request to its responses, not from "
               "here");
  else if (!is_measured(x))
    notes.note(at, fate::approximated,
               "reports measure to responses, not to here");
}

/// T1 is 500 ms, as RFC 3261 has it.
bool is_usual_retransmission(const std::string& value) {
  return value == "500" || value == "true" || value == "0" || value == "false";
}

// -- messages -----------------------------------------------------------------

/// Users send these, or nobody misses them.
constexpr std::string_view usual_headers[] = {
  "Via",          "From",         "To",
  "Call-ID",      "CSeq",         "Contact",
  "Max-Forwards", "Content-Type", "Content-Length",
  "Route",        "Record-Route", "Authorization",
  "Expires",      "Allow",        "Supported",
  "User-Agent",   "Server",       "Proxy-Authorization",
  "Accept",       "Date",         "Refer-To",
  "Event",        "Referred-By",  "Subscription-State",
  "Allow-Events", "Replaces"};

/// PCMU, PCMA and telephone-event: what users offer and answer.
bool is_usual_payload(std::string_view word) {
  return word == "0" || word == "8" || word == "101";
}

std::string unusual_media(const std::string& body) {
  std::size_t streams = 0;
  for (std::size_t at = 0; (at = body.find("m=", at)) != std::string::npos;
       ++at) {
    if (at > 0 && body[at - 1] != '\n')
      continue;
    ++streams;
    std::string_view line{body};
    line = line.substr(at, line.find('\n', at) - at);
    if (!line.starts_with("m=audio ") || streams > 1)
      return "one stream of audio is described, nothing else";
    auto rest = line.substr(std::min(line.find("AVP"), line.size()));
    for (auto space = rest.find(' '); space != rest.npos;
         space = rest.find(' ')) {
      rest.remove_prefix(space + 1);
      auto word = rest.substr(0, rest.find(' '));
      if (!word.empty() && !is_usual_payload(word))
        return "PCMU, PCMA and telephone-event are described, nothing else";
    }
  }
  return {};
}

} // namespace

void remark_beside(const document& of, ledger& notes) {
  for (std::size_t i = 0; i < of.elements.size(); ++i) {
    if (is_step(of, i))
      continue;
    auto& x = of.elements[i];
    if (x.name == "exec") {
      remark_exec(x, i, notes);
      continue;
    }
    auto known = std::ranges::find(elements, x.name, &remark::name);
    if (sets_pause(of, x))
      notes.understood(i);
    else if (is_check(x))
      notes.note(i, fate::left_out, std::string(no_checks));
    else if (known == std::end(elements))
      notes.note(i, fate::left_out, "nothing is known of such an element");
    else if (known->what == fate::understood)
      notes.understood(i);
    else
      notes.note(i, known->what, std::string(known->means));
  }
}

void remark_attributes(const document& of, std::size_t step, ledger& notes) {
  auto& x = of.elements[step];
  auto is_pause = x.name == "pause" || x.name == "timewait";
  for (auto& [name, value] : x.attributes) {
    if (name == "rtd" || name == "start_rtd" || name == "repeat_rtd") {
      remark_timer(x, step, notes);
      continue;
    }
    if (name == "retrans") {
      if (!is_usual_retransmission(value))
        notes.note(step, fate::approximated,
                   "it is sent again as RFC 3261 says, T1 is 500 ms");
      continue;
    }
    auto is_law = std::ranges::find(of_pauses, name) != std::end(of_pauses);
    if (is_pause && is_law)
      continue;
    auto known = std::ranges::find(attributes, name, &remark::name);
    if (known == std::end(attributes))
      notes.note(step, fate::approximated,
                 "nothing is known of its attribute " + quoted(name));
    else if (known->what != fate::understood)
      notes.note(step, known->what, name + ": " + std::string(known->means));
  }
}

void remark_message(const message& x, std::size_t step, ledger& notes) {
  std::string strange;
  for (auto& [name, value] : x.headers) {
    auto is_usual = std::ranges::any_of(
      usual_headers, [&](auto& y) { return same_word(y, name); });
    auto word = name.empty() ? value : name;
    // A line of one field may be all that proves who it is.
    if (!is_usual && !word.starts_with("[field"))
      strange += (strange.empty() ? "" : ", ") + word;
  }
  if (!strange.empty())
    notes.note(step, fate::approximated, "not sent: " + strange);
  if (x.describes_media())
    if (auto fault = unusual_media(x.body); !fault.empty())
      notes.note(step, fate::approximated, fault);
}

} // namespace strowger::services::load::sipp
