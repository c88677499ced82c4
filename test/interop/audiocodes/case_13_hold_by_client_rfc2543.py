"""Case 13, the other way: THoldCall with c=0.0.0.0, as phones of before RFC
3264 want it (M17)."""

from office import Office


def play(stage):
    office = Office(stage, {"sip_hold_rfc3264": False})
    office.inbound()
    office.play(
        ("HoldCall 2002 c1",
         "gateway: re-INVITE a1(0.0.0.0); 2002: re-INVITE o1(0.0.0.0)"),
        ("2002: 200 to re-INVITE h2", "2002: ACK", "2002 Held c1"),
        ("gateway: 200 to re-INVITE h1", "gateway: ACK"),
        ("RetrieveCall 2002 c1", "gateway: re-INVITE"),
        ("gateway: 200 to re-INVITE o3", "2002: re-INVITE o3"),
        ("2002: 200 to re-INVITE a3", "2002: ACK; gateway: ACK a3",
         "2002 Retrieved c1"))
    office.ends(by="2002", other="gateway")
    office.close()
