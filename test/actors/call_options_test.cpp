#include "test/actors/call_control_office.hpp"

/// Options of devices that decide what an INVITE says, at every value.
using namespace strowger;
using namespace strowger::test;

TEST_CASE("sip-alert-info goes into the INVITE to the phone, word for word") {
  for (std::string text : {"info=alert-autoanswer", ""}) {
    CAPTURE(text);
    played_office x{phones_with({{option::sip_alert_info, text}})};
    x.play({{"gateway: INVITE 2002 o1", "2002: INVITE o1"}});
    CHECK(x.paper.last<model::invite>()->target.alert_info == text);
    x.play({{"2002: 486", "gateway: 486"}});
  }
}

TEST_CASE("makecall-subst-uname: the phone at the softswitch is rung in its "
          "own name, or in that of the destination") {
  for (auto own : {true, false}) {
    CAPTURE(own);
    model::directory_builder b{"office"};
    b.add("2001", model::dn_type::extension, {{option::refer_enabled, false}});
    b.add("2002", model::dn_type::extension);
    model::option_values softswitch{
      {option::service_type, std::string{"softswitch"}},
      {option::contact, std::string{"sip:softswitch"}},
      {option::makecall_subst_uname, own},
      {option::refer_enabled, false},
    };
    b.add("pbx", model::dn_type::voip_service, std::move(softswitch));
    played_office x{b.build()};
    x.play({{"MakeCall 2001 2002", "softswitch: INVITE"}});
    auto* sent = x.paper.last<model::invite>();
    REQUIRE(sent);
    CHECK(sent->to_user == "2001");
    CHECK(sent->caller.user == (own ? "2001" : "2002"));
    x.play({{"softswitch: 486", "", "2001 Error[c1](BUSY)"}});
  }
}
