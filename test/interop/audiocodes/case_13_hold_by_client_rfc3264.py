"""Case 13: THoldCall and TRetrieveCall by re-INVITE with a=inactive (RFC 3264,
`sip-hold-rfc3264`); both sides are told (M17)."""

from office import Office


def play(stage):
    office = Office(stage, {"sip_hold_rfc3264": True},
                    {"sip_hold_rfc3264": True})
    office.inbound()
    office.play(
        ("HoldCall 2002 c1",
         "gateway: re-INVITE a1(inactive); 2002: re-INVITE o1(inactive)"),
        ("2002: 200 to re-INVITE h2(inactive)", "2002: ACK", "2002 Held c1"),
        ("gateway: 200 to re-INVITE h1(inactive)", "gateway: ACK"),
        ("RetrieveCall 2002 c1", "gateway: re-INVITE"),
        ("gateway: 200 to re-INVITE o3", "2002: re-INVITE o3"),
        ("2002: 200 to re-INVITE a3", "2002: ACK; gateway: ACK a3",
         "2002 Retrieved c1"))
    office.ends()
    office.close()
