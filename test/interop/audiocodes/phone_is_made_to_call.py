"""3pcc make call between two phones, by flow I, flow II and REFER (M7), and to
a busy one (M9)."""

from office import Office


def play(stage):
    office = Office(stage, only={
        "2001": {"refer_enabled": False, "sip_alert_info":
                 "info=alert-autoanswer"},
        "2003": {"refer_enabled": False, "make_call_rfc3725_flow": 2},
        "2004": {"refer_enabled": True}})
    office.play(
        ("MakeCall 2001 2002", "2001: INVITE"),
        ("2001: 200 o1", "2002: INVITE o1", "2001 Dialing c1"),
        ("2002: 180", "", "2002 Ringing c1"),
        ("2002: 200 a1", "2002: ACK; 2001: ACK a1",
         "2001 Established c1, 2002 Established c1"))
    asked = office.dialog("2001").invite
    assert asked.get("Alert-Info") == "info=alert-autoanswer", str(asked)
    dialing = office.client.last("2001 Dialing c1")
    assert dialing.request_id == str(office.client.asked), dialing
    office.play(
        ("ReleaseCall 2001 c1", "2001: BYE; 2002: BYE",
         "2001 Released c1, 2002 Released c1"),
        # Flow II.
        ("MakeCall 2003 2002", "2003: INVITE black-hole(0.0.0.0)"),
        ("2003: 200 a2", "2003: ACK; 2002: INVITE", "2003 Dialing c2"),
        ("2002: 180", "", "2002 Ringing c2"),
        ("2002: 200 o3", "2003: re-INVITE o3",
         "2003 Established c2, 2002 Established c2"),
        ("2003: 200 to re-INVITE a3", "2003: ACK; 2002: ACK a3"),
        ("2002: BYE", "2002: 200 to BYE; 2003: BYE",
         "2002 Released c2, 2003 Released c2"),
        # REFER.
        ("MakeCall 2004 2002", "2004: REFER sip:2002@switch"),
        ("2004: 202 to REFER",),
        ("2004: NOTIFY 100", "2004: 200 to NOTIFY"),
        ("2004: INVITE 2002 o4", "2002: INVITE o4", "2004 Dialing c3"),
        ("2002: 486", "2004': 486",
         "2004 DestinationBusy c3 Busy, 2004 Released c3 Busy"))
    office.close()
