"""Case 17: a phone holds its caller, calls somebody outside, and joins the two
calls by REFER with Replaces (M18)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    office.play(
        ("2002: re-INVITE h2(sendonly)", "gateway: re-INVITE h2(sendonly)"),
        ("gateway: 200 to re-INVITE a2(recvonly)",
         "gateway: ACK; 2002: 200 to re-INVITE a2(recvonly)", "2002 Held c1"),
        ("2002: ACK",),
        ("2002: INVITE 3800 o3", "other: INVITE 3800 o3", "2002 Dialing c2"),
        ("other: 180", "2002': 180"),
        ("other: 200 a3", "other: ACK; 2002': 200 a3", "2002 Established c2"),
        ("2002': ACK",),
        ("2002: REFER 3800 replaces 2002'",
         "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
         "2002': BYE; 2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; "
         "gateway: re-INVITE",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred"),
        ("gateway: 200 to re-INVITE o5", "other: re-INVITE o5"),
        ("other: 200 to re-INVITE a5", "other: ACK; gateway: ACK a5"),
        ("other: BYE", "other: 200 to BYE; gateway: BYE"))
    office.close()
