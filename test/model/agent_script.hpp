#pragma once

#include "actors/model/agents.hpp"

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

/// Plays the agent desk from lines of text, in virtual time.
namespace strowger::test {

/// Options in words: `wrap-up-time` of the application, `2001/wrap-up-time` of
/// a DN, `ada/wrap-up-time` of an agent login.
struct option_word {
  const char* path;
  const char* value;
};
using option_words = std::initializer_list<option_word>;

/// 2001 to 2003 are Extensions, 2004 is an ACD Position, 9 a Routing Point, 8
/// an ACD Queue, 7 a Virtual and 6 an External Routing Point, g a trunk. Ada
/// (password s3cret), bob and cyd are the group sales; 2001 and 2002 have a
/// place each in the place group floor.
std::shared_ptr<const model::directory> agent_office(option_words options = {});

/// Each line returns the events it caused, separated by commas, or the name of
/// the fault. An event is `ready`, `not_ready(AfterCallWork 20s)`; of another
/// DN than 2001 it begins with `2002:`. Around an event of a call, which is
/// shown as `*`, stands what must be published before and after it.
///
///   login AGENT DN [mode=] [password=] [queue=] [client=] [on_call=] [wrap=]
///   logout DN      ready DN [mode=]    not_ready DN [mode=] [reason=] [wrap=]
///   reserve DN ms= [priority=] [client=]      cancel DN
///   dial CALL DN [type=] [prev=]     ring CALL DN [queue=] [type=] [prev=]
///   answer CALL DN [queue=] [type=] [prev=]   release CALL DN
///   abandon CALL DN    move CALL DN prev=   delete CALL
///   out DN    back DN    dnd DN    no_dnd DN
///   penalise DN none|notready|logout    busy DN    free DN    gone CLIENT
///   classify CALL unknown|private|business|work
///   wait SECONDS: `+20s ready` is an event 20 s from its beginning
///   state DN    class CALL DN
class agent_script {
public:
  explicit agent_script(option_words options = {})
    : config(agent_office(options)) {
    // nop
  }

  std::string play(std::string_view line);

  /// Plays lines and checks what they return.
  struct row {
    const char* line;
    const char* result = "";
  };
  void play(std::initializer_list<row> rows);

  /// Another configuration, from now on.
  std::string reconfigure(std::shared_ptr<const model::directory> next);

  model::desk_context context() const {
    return {now, *config};
  }

  std::shared_ptr<const model::directory> config;
  model::agents desk;
  model::time_point now{};
  model::observation seen; // by the last event of a call
};

} // namespace strowger::test
