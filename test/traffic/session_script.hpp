#pragma once

#include "actors/traffic/session.hpp"

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <string>

namespace strowger::test {

/// Plays a session row by row: at a time something happens, and these commands
/// come of it. Times are in milliseconds since the start.
///
///   start                      the user calls 2001
///   INVITE                     somebody calls the user
///   486, 200 to BYE            responses; without "to", to the INVITE; those
///                              with "sdp" have a description
///   BYE, INVITE, NOTIFY 200    requests of the peer inside the dialog
///   ACK, CANCEL, unacknowledged, time (a deadline), clear
///   ...': the second leg, of a consultation; ...'': that of a REFER
class session_script {
public:
  struct row {
    int at_ms;
    std::string what;
    std::string commands;
  };

  explicit session_script(traffic::course plan) {
    s_.plan = std::move(plan);
  }

  void play(std::initializer_list<row> rows);

  traffic::tally counts;
  traffic::media_end* media = nullptr;

  const traffic::session& session() const {
    return s_;
  }

private:
  void happen(std::string what, traffic::commands& out);
  std::string told(const traffic::commands& xs);
  void respond(std::string_view what, model::leg_number leg,
               traffic::commands& out);

  traffic::session s_;
  model::time_point now_{};
  std::array<model::txn_number, 4> last_{}; // request of ours, by leg
  std::array<model::method, 4> method_{};
  model::txn_number theirs_ = 0;
  model::content description_{"application/sdp",
                              "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                              "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                              "m=audio 9 RTP/AVP 0\r\na=sendrecv\r\n"};
  traffic::population who_;
  std::string domain_ = "test.example";
  std::string target_ = "@192.0.2.9:5060";
};

} // namespace strowger::test
