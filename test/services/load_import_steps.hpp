#pragma once

#include "services/load/import/import.hpp"
#include "services/load/scenario_reader.hpp"
#include "test/services/scratch_folder.hpp"

#include <fstream>
#include <optional>
#include <string>

/// Scenarios of SIPp, step by step, and what has become of them.
namespace sipp_steps {

using namespace strowger::services::load;
using namespace std::literals;

// -- scenarios ----------------------------------------------------------------

/// The headers without which it is no request.
inline std::string headers(const std::string& method, const std::string& more) {
  return "Via: SIP/2.0/UDP [local_ip];branch=[branch]\n"
         "From: <sip:2001@[local_ip]>;tag=[call_number]\n"
         "To: <sip:2002@[remote_ip]>[peer_tag_param]\n"
         "Call-ID: [call_id]\nCSeq: 1 "
         + method + "\n" + more;
}

inline std::string send(const std::string& method,
                        const std::string& more = "\n",
                        const std::string& attributes = "") {
  return "<send" + attributes + "><![CDATA[\n" + method
         + " sip:2002@[remote_ip] SIP/2.0\n" + headers(method, more)
         + "]]></send>\n";
}

inline std::string respond(const std::string& status,
                           const std::string& more = "\n",
                           const std::string& attributes = "") {
  return "<send" + attributes + "><![CDATA[\nSIP/2.0 " + status
         + " x\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n"
           "[last_CSeq:]\n"
         + more + "]]></send>\n";
}

inline const auto sdp
  = "Content-Type: application/sdp\n\nv=0\nm=audio 9 RTP/AVP 0\n"s;
inline const auto invite = send("INVITE", sdp);
inline const auto answered = "<recv response=\"100\" optional=\"true\"/>\n"
                             "<recv response=\"200\" rtd=\"true\"/>\n"s
                             + send("ACK");
inline const auto bye = send("BYE") + "<recv response=\"200\"/>\n";
inline const auto released = "<recv request=\"BYE\"/>\n"s + respond("200");
inline const auto offered = "<recv request=\"INVITE\"/>\n"s;
inline const auto accepted = respond("200", sdp)
                             + "<recv request=\"ACK\" optional=\"true\"/>\n";

inline std::string pause(const std::string& attributes) {
  return "<pause " + attributes + "/>\n";
}

inline sipp::imported
import_steps(const std::string& steps,
             const std::optional<sipp::source_file>& values = {}) {
  return sipp::import_scenario(
    {"x.xml", "<scenario name=\"x\">\n" + steps + "</scenario>\n"}, values, {});
}

/// What stands below `populations`, without the run.
inline std::string user_of(const sipp::imported& x) {
  if (!x.scenario)
    return "none";
  auto& yaml = x.scenario->yaml;
  auto begin = yaml.find("populations:\n") + 13;
  return yaml.substr(begin, yaml.find("run:") - begin);
}

inline std::string notes_of(const sipp::imported& x) {
  std::string result;
  for (std::size_t i = 1; i < x.notes.size(); ++i)
    result += x.notes[i] + "\n";
  return result;
}

/// Is it a scenario that strowger load takes as it is?
inline std::string faults_of(const sipp::imported& x) {
  scratch_folder folder;
  for (auto& [name, text] : x.scenario->csv)
    std::ofstream{folder.file(name)} << text;
  std::string result;
  auto read = read_scenario_text(x.scenario->yaml, folder.file("x.yaml"));
  for (auto& error : read.errors)
    result += to_string(error) + "\n";
  return result;
}

inline const auto calling = "  - name: callers\n"
                            "    users: [\"2001\"]\n"
                            "    calls:\n"
                            "      to: [\"2002\"]\n"
                            "      arrivals: {constant: 10/s}\n"s;
inline const auto answering = "  - name: phones\n"
                              "    users: [\"service\"]\n"
                              "    answers:\n"s;

inline const auto challenged = "<recv response=\"401\" auth=\"true\"/>\n"s;

} // namespace sipp_steps
