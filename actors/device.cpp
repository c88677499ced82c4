#include "actors/device_shell.hpp"

namespace strowger {

void announce(environment& env, const std::string& number,
              model::event_type type) {
  auto back = type == model::event_type::dn_back_in_service;
  auto grave = back ? severity::info : severity::warning;
  if (env.out.wants(grave))
    env.out.log(grave, {},
                number + (back ? " is back in service" : " is out of service"));
  env.journal.append(model::service_event(type, number, env.reactor.now()));
}

} // namespace strowger
