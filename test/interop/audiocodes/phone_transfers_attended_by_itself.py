"""1pcc attended transfer between phones: hold, consult, REFER with Replaces;
both remaining parties see each other (M18)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.play(
        ("2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing c1"),
        ("2002: 180", "2001: 180", "2002 Ringing c1"),
        ("2002: 200 a1", "2002: ACK; 2001: 200 a1",
         "2001 Established c1, 2002 Established c1"),
        ("2001: ACK",),
        ("2002: re-INVITE h2(sendonly)", "2001: re-INVITE h2(sendonly)"),
        ("2001: 200 to re-INVITE a2(recvonly)",
         "2001: ACK; 2002: 200 to re-INVITE a2(recvonly)", "2002 Held c1"),
        ("2002: ACK",),
        ("2002: INVITE 2003 o3", "2003: INVITE o3", "2002 Dialing c2"),
        ("2003: 180", "2002': 180", "2003 Ringing c2"),
        ("2003: 200 a3", "2003: ACK; 2002': 200 a3",
         "2002 Established c2, 2003 Established c2"),
        ("2002': ACK",),
        ("2002: REFER 2003 replaces 2002'",
         "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
         "2002': BYE; 2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; "
         "2001: re-INVITE",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred, "
         "2001 PartyChanged c1 Transferred, "
         "2003 PartyChanged c1 Transferred"),
        ("2001: 200 to re-INVITE o5", "2003: re-INVITE o5"),
        ("2003: 200 to re-INVITE a5", "2003: ACK; 2001: ACK a5"),
        ("2003: BYE", "2003: 200 to BYE; 2001: BYE",
         "2003 Released c1, 2001 Released c1"))
    office.close()
