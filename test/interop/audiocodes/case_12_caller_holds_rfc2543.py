"""Case 12: the caller holds with c=0.0.0.0 (RFC 2543), and takes the call
back. A party outside has no events."""

from office import Office


def play(stage):
    office = Office(stage, {"sip_hold_rfc3264": False})
    office.inbound()
    office.play(
        ("gateway: re-INVITE h2(0.0.0.0)", "2002: re-INVITE h2(0.0.0.0)"),
        ("2002: 200 to re-INVITE a2",
         "2002: ACK; gateway: 200 to re-INVITE a2"),
        ("gateway: ACK",),
        ("gateway: re-INVITE o3", "2002: re-INVITE o3"),
        ("2002: 200 to re-INVITE a3",
         "2002: ACK; gateway: 200 to re-INVITE a3"),
        ("gateway: ACK",))
    office.ends()
    office.close()
