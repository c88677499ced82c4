#include "actors/model/line.hpp"
#include "test/model/lone_phone.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace strowger::model;
using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace strowger::model::test;
using list = std::vector<std::string>;

// -- where a DN is ------------------------------------------------------------

TEST_CASE_FIXTURE(phone,
                  "a phone that never registered cannot be called but may "
                  "call") {
  start();
  CHECK(!model.in_service());
  CHECK(!fx.service);
  CHECK(why(seize(1)) == refusal::not_registered);
  CHECK(granted(seize(2, true)));
  CHECK(model.in_use() == 1);
}

TEST_CASE_FIXTURE(phone, "a call forks to every binding, with its path and its "
                         "source") {
  start(with({{option::sip_alert_info, "info=alert-autoanswer"s},
              {option::trusted, true}}));
  auto request = registration("sip:a@192.0.2.1:5070;ob", 60, 1);
  request.contacts.push_back({"sip:b@192.0.2.2", ";q=0.5"});
  request.path = "<sip:edge.example;lr>";
  request.received = "udp:198.51.100.1:40000";
  CHECK(model.on_enrolment(request, context(), fx).status == 200);
  CHECK(fx.service == event_type::dn_back_in_service);
  auto answer = seize(1);
  auto& xs = targets(answer);
  CHECK(std::get<seized>(answer).parallel);
  REQUIRE(xs.size() == 2);
  CHECK(xs[0].uri == "sip:a@192.0.2.1:5070;ob");
  CHECK(xs[1].uri == "sip:b@192.0.2.2");
  for (auto& x : xs) {
    CHECK(x.route == "<sip:edge.example;lr>");
    CHECK(x.received == "udp:198.51.100.1:40000");
    CHECK(x.alert_info == "info=alert-autoanswer");
    CHECK(x.trusted);
  }
}

TEST_CASE_FIXTURE(phone,
                  "a binding overrules the contact while the registrar is on") {
  auto fixed = option_values{{option::contact, "10.0.0.9:5066"s}};
  start(with(fixed));
  CHECK(model.in_service());
  auto answer = seize(1);
  CHECK(targets(answer)[0].uri == "sip:2001@10.0.0.9:5066");
  CHECK(!std::get<seized>(answer).parallel);
  CHECK(enrol().status == 200);
  CHECK(!fx.service); // was in service before
  CHECK(targets(seize(2))[0].uri == "sip:2001@192.0.2.1:5070");
  auto off = with(fixed);
  off.set(option::internal_registrar_enabled, false);
  reconfigure(std::move(off));
  CHECK(targets(seize(3))[0].uri == "sip:2001@10.0.0.9:5066");
  CHECK(enrol().status == 403);
  reconfigure(with(fixed));
  pass(60s); // the registration ends, the contact does not
  CHECK(!fx.service);
  CHECK(targets(seize(4))[0].uri == "sip:2001@10.0.0.9:5066");
}

TEST_CASE_FIXTURE(phone, "a contact keeps its own user part") {
  start(with({{option::contact, "sip:annc@10.0.0.9"s},
              {option::service_type, "treatment"s},
              {option::contacts_backup, list{"10.0.0.10"}},
              {option::password, "secret"s}},
             dn_type::voip_service));
  auto answer = seize(1, false, "dialog");
  auto& xs = targets(answer);
  REQUIRE(xs.size() == 2);
  CHECK(xs[0].uri == "sip:annc@10.0.0.9");
  CHECK(xs[1].uri == "sip:dialog@10.0.0.10");
  CHECK(xs[0].login.username == "2001");
  CHECK(xs[0].login.password == "secret");
}

TEST_CASE_FIXTURE(phone, "the password of a phone is never sent to it") {
  start(with({{option::contact, "10.0.0.9"s}, {option::password, "secret"s}}));
  CHECK(targets(seize(1))[0].login.password.empty());
}

TEST_CASE_FIXTURE(phone, "a phone without contact is at the softswitch") {
  auto site = with({{option::sip_alert_info, "mine"s}});
  site.add("ss", dn_type::voip_service,
           {{option::service_type, "softswitch"s},
            {option::contact, "sip:me@10.0.0.5:5061;transport=tcp"s},
            {option::sip_alert_info, "its"s}});
  start(std::move(site));
  CHECK(model.in_service());
  auto answer = seize(1);
  CHECK(targets(answer)[0].uri == "sip:2001@10.0.0.5:5061;transport=tcp");
  CHECK(targets(answer)[0].alert_info == "mine");
  enrol();
  CHECK(targets(seize(2))[0].uri == "sip:2001@192.0.2.1:5070");
}

TEST_CASE_FIXTURE(phone, "a routing point is nowhere, softswitch or not") {
  auto site = with({}, dn_type::routing_point);
  site.add("ss", dn_type::voip_service,
           {{option::service_type, "softswitch"s}, {option::contact, "ss"s}});
  start(std::move(site));
  CHECK(why(seize(1)) == refusal::not_registered);
  CHECK(enrol().status == 403);
}

// -- calls --------------------------------------------------------------------

TEST_CASE_FIXTURE(phone, "reject-call-incall keeps a second call away") {
  start(with({{option::reject_call_incall, true}}));
  enrol();
  CHECK(granted(seize(1, true)));
  CHECK(why(seize(2)) == refusal::at_capacity);
  CHECK(granted(seize(3, true)));
  release(1);
  release(1); // once more does not free the other call
  CHECK(why(seize(2)) == refusal::at_capacity);
  release(3);
  CHECK(granted(seize(2)));
}

TEST_CASE_FIXTURE(phone, "capacity limits a service") {
  start(with({{option::contact, "ms"s},
              {option::service_type, "music"s},
              {option::capacity, int64_t{1}}},
             dn_type::voip_service));
  CHECK(granted(seize(1)));
  CHECK(why(seize(2)) == refusal::at_capacity);
  release(1);
  CHECK(granted(seize(2)));
}

TEST_CASE_FIXTURE(phone,
                  "a service that fails is left alone for recovery-timeout") {
  start(with({{option::contact, "ms"s},
              {option::service_type, "music"s},
              {option::recovery_timeout, int64_t{30}}},
             dn_type::voip_service));
  seize(1);
  release(1, 503);
  CHECK(fx.service == event_type::dn_out_of_service);
  CHECK(why(seize(2)) == refusal::out_of_service);
  pass(30s);
  CHECK(fx.service == event_type::dn_back_in_service);
  CHECK(granted(seize(2)));
}

TEST_CASE_FIXTURE(phone, "a removed DN finishes with its last call") {
  start();
  enrol();
  seize(1);
  model.on_reconfigured(false, context(), fx);
  CHECK(!fx.finished);
  CHECK(why(seize(2)) == refusal::draining);
  CHECK(why(seize(3, true)) == refusal::draining);
  CHECK(enrol().status == 404);
  pass(1h);
  CHECK(!fx.service);
  CHECK(!fx.finished);
  release(1);
  CHECK(fx.finished);
}

// -- registrar ----------------------------------------------------------------

TEST_CASE_FIXTURE(phone,
                  "registrations bring a phone into service and out of it") {
  start();
  CHECK(enrol("sip:a@192.0.2.1", 60).status == 200);
  CHECK(fx.service == event_type::dn_back_in_service);
  CHECK(!fx.persist);
  CHECK(enrol("sip:b@192.0.2.1", 90).status == 200);
  CHECK(!fx.service);
  CHECK(model.next_deadline() == now + 60s);
  pass(60s);
  CHECK(!fx.service);
  CHECK(model.bindings().size() == 1);
  SUBCASE("when the last binding expires") {
    CHECK(model.next_deadline() == now + 30s);
    pass(30s);
  }
  SUBCASE("when the phone takes back the last binding") {
    enrol("sip:b@192.0.2.1", 0);
  }
  CHECK(fx.service == event_type::dn_out_of_service);
  CHECK(why(seize(1)) == refusal::not_registered);
  CHECK(model.next_deadline() == never);
}

TEST_CASE_FIXTURE(phone,
                  "a call never goes to a binding that has expired unnoticed") {
  start();
  enrol();
  now += 60s; // and the tick has not come yet
  CHECK(why(seize(1)) == refusal::not_registered);
  CHECK(fx.service == event_type::dn_out_of_service);
}

TEST_CASE_FIXTURE(phone, "the registrar's limits come from the options") {
  auto site = with({{option::registrar_max_contacts, int64_t{1}}});
  site.set(option::registrar_min_timeout, int64_t{30})
    .set(option::registrar_max_timeout, int64_t{100})
    .set(option::registrar_default_timeout, int64_t{50});
  start(std::move(site));
  auto brief = enrol("sip:a@192.0.2.1", 29);
  CHECK(brief.status == 423);
  CHECK(brief.min_expires_s == 30);
  enrol("sip:a@192.0.2.1", 1000);
  REQUIRE(model.bindings().size() == 1);
  CHECK(model.bindings()[0].expires == now + 100s);
  CHECK(enrol("sip:b@192.0.2.1", 60).status == 403);
  auto silent = registration("sip:a@192.0.2.1", 0, ++cseq);
  silent.expires.reset();
  CHECK(model.on_enrolment(silent, context(), fx).status == 200);
  CHECK(model.bindings()[0].expires == now + 50s);
}

TEST_CASE_FIXTURE(phone, "bindings outlive a restart if they are persistent") {
  auto site = [] {
    auto result = with({});
    result.set(option::internal_registrar_persistent, true);
    return result;
  };
  start(site());
  enrol();
  CHECK(fx.persist);
  auto query = registration({}, 0, 0);
  query.contacts.clear();
  query.expires.reset();
  CHECK(model.on_enrolment(query, context(), fx).status == 200);
  CHECK(!fx.persist); // nothing changed
  line restarted;
  auto stored = model.bindings();
  restarted.on_start(std::move(stored), context(), fx);
  CHECK(restarted.bindings() == model.bindings());
  CHECK(restarted.in_service());
  CHECK(!fx.service);
  pass(60s);
  CHECK(fx.persist);
  CHECK(model.bindings().empty());
}

// -- probes -------------------------------------------------------------------

TEST_CASE_FIXTURE(phone, "oos-check watches a DN where it can be reached") {
  auto site = [](option_values more) {
    more.set(option::oos_check, int64_t{10});
    more.set(option::oos_force, int64_t{0});
    return with(std::move(more));
  };
  start(site({}));
  CHECK(model.next_deadline() == never); // nowhere to ask
  reconfigure(site({{option::contact, "10.0.0.9"s}}));
  CHECK(fx.service == event_type::dn_back_in_service);
  if (fx.probe.empty())
    pass(model.next_deadline() - now);
  CHECK(fx.probe == "sip:2001@10.0.0.9");
  model.on_probed(false, context(), fx);
  CHECK(fx.service == event_type::dn_out_of_service);
  CHECK(why(seize(1)) == refusal::out_of_service);
  // Behind a NAT the phone is where its REGISTER came from.
  auto request = registration("sip:2001@192.168.0.7", 3600, 1);
  request.received = "tcp:198.51.100.1:40000";
  model.on_enrolment(request, context(), fx);
  pass(model.next_deadline() - now);
  CHECK(fx.probe == "sip:2001@198.51.100.1:40000;transport=tcp");
  model.on_probed(true, context(), fx);
  CHECK(fx.service == event_type::dn_back_in_service);
}

TEST_CASE("the phones of a site are not all asked at the same moment") {
  directory_builder builder;
  dn prototype;
  prototype.type = dn_type::extension;
  prototype.options = std::make_shared<const option_values>(option_values{
    {option::contact, "10.0.0.9"s}, {option::oos_check, int64_t{100}}});
  builder.add_range(2000, 2999, 4, prototype);
  auto config = builder.build();
  REQUIRE(config);
  std::vector<int> per_tenth(10);
  for (auto& x : config->dns()) {
    line model;
    line_effects fx;
    time_point now{1h};
    model.on_start({}, {*config, &x, now}, fx);
    auto first = fx.probe.empty() ? model.next_deadline() - now : 0s;
    REQUIRE(first < 100s);
    ++per_tenth[static_cast<size_t>(first / 10s)];
  }
  for (auto n : per_tenth)
    CHECK(n > 50);
}
