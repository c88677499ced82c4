"""1pcc pick-up: a phone's INVITE with Replaces takes the call that rings at
another one (RFC 3891 §3)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False, "sip_hold_rfc3264": True})
    office.play(
        ("2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing c1"),
        ("2002: 180", "2001: 180", "2002 Ringing c1"),
        ("2003: INVITE 2002 o3 replaces 2002",
         "2002: CANCEL; 2001: 200 o1(inactive); 2003: 200 o3(inactive)",
         "2002 Released c1 Redirected, 2003 Ringing c1, "
         "2001 Established c1, 2003 Established c1"),
        ("2002: 487",),
        ("2001: ACK",),
        ("2003: ACK", "2001: re-INVITE"),
        ("2001: 200 to re-INVITE o4", "2003: re-INVITE o4"),
        ("2003: 200 to re-INVITE a4", "2003: ACK; 2001: ACK a4"),
        ("2003: BYE", "2003: 200 to BYE; 2001: BYE",
         "2003 Released c1, 2001 Released c1"))
    office.close()
