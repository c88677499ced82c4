"""1pcc semi-attended transfer: REFER with Replaces while the target still
rings (M19)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    office.play(
        ("2002: INVITE 2003 o3", "2003: INVITE o3", "2002 Dialing c2"),
        ("2003: 180", "2002': 180", "2003 Ringing c2"),
        ("2002: REFER 2003 replaces 2002'",
         "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
         "2002': 487; 2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; "
         "gateway: re-INVITE a1(0.0.0.0)",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred, "
         "2003 PartyChanged c1 Transferred"),
        ("gateway: 200 to re-INVITE h1", "gateway: ACK"),
        ("2003: 200 a3", "2003: ACK; gateway: re-INVITE",
         "2003 Established c1"),
        ("gateway: 200 to re-INVITE o5", "2003: re-INVITE o5"),
        ("2003: 200 to re-INVITE a5", "2003: ACK; gateway: ACK a5"))
    office.ends(by="2003", other="gateway")
    office.close()
