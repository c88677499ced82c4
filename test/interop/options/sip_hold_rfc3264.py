"""`sip-hold-rfc3264` of a device, before that of the switch: it is put on hold
with a=inactive; false: with c=0.0.0.0 (RFC 2543)."""

from office import Office

INACTIVE, HOLE = "inactive", "0.0.0.0"


def play(stage):
    office = Office(stage, trunks={"sip_hold_rfc3264": True})
    office.inbound()
    for app, held in ((False, HOLE), (True, INACTIVE)):
        office.set(sip_hold_rfc3264=app)
        office.play(
            ("HoldCall 2002 c1", f"gateway: re-INVITE a1({INACTIVE}); "
             f"2002: re-INVITE o1({held})"),
            (f"2002: 200 to re-INVITE h2({held})", "2002: ACK",
             "2002 Held c1"),
            (f"gateway: 200 to re-INVITE h1({INACTIVE})", "gateway: ACK"),
            ("RetrieveCall 2002 c1", "gateway: re-INVITE"),
            ("gateway: 200 to re-INVITE o1", "2002: re-INVITE o1"),
            ("2002: 200 to re-INVITE a1", "2002: ACK; gateway: ACK a1",
             "2002 Retrieved c1"))
    office.ends()
    office.close()
