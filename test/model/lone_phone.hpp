#pragma once

#include "actors/model/line.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// A DN 2001 by itself, for tests of model::line.
namespace strowger::model::test {

inline directory_builder with(option_values options,
                              dn_type type = dn_type::extension) {
  directory_builder builder;
  builder.add("2001", type, std::move(options));
  return builder;
}

inline register_request registration(std::string contact, uint32_t expires_s,
                                     uint32_t cseq) {
  register_request x;
  x.contacts.push_back({std::move(contact), {}});
  x.expires = expires_s;
  x.call_id = "phone";
  x.cseq = cseq;
  return x;
}

// A DN, its configuration and its clock.
struct phone {
  std::shared_ptr<const directory> config = with({}).build();
  time_point now{std::chrono::hours{1}};
  line model;
  line_effects fx;
  uint32_t cseq = 0;

  device_context context() {
    fx = {};
    return {*config, config->find("2001"), now};
  }
  void start(directory_builder builder = with({})) {
    config = builder.build();
    REQUIRE(config);
    model.on_start({}, context(), fx);
  }
  void reconfigure(directory_builder builder) {
    config = builder.build();
    REQUIRE(config);
    model.on_reconfigured(true, context(), fx);
  }
  register_result enrol(std::string contact = "sip:2001@192.0.2.1:5070",
                        uint32_t expires_s = 60) {
    return model.on_enrolment(
      registration(std::move(contact), expires_s, ++cseq), context(), fx);
  }
  seize_answer seize(uint64_t call, bool origin = false,
                     std::string number = "2001") {
    return model.on_seize(
      {{call}, 1, origin ? purpose::origin : purpose::reach, std::move(number)},
      context(), fx);
  }
  void release(uint64_t call, uint16_t status = 200) {
    model.on_release({{call}, 1, status, false}, context(), fx);
  }
  void pass(duration d) {
    now += d;
    model.on_tick(context(), fx);
  }
};

inline bool granted(const seize_answer& x) {
  return std::holds_alternative<seized>(x);
}

inline refusal why(const seize_answer& x) {
  REQUIRE(std::holds_alternative<refused>(x));
  return std::get<refused>(x).why;
}

inline const std::vector<target>& targets(const seize_answer& x) {
  REQUIRE(granted(x));
  return std::get<seized>(x).targets;
}

} // namespace strowger::model::test
