"""Case 16 with a phone that holds before its REFER, and hangs up at once: the
caller stays on hold until the target answers (M21)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    office.play(
        ("2002: re-INVITE h2(sendonly)", "gateway: re-INVITE h2(sendonly)"),
        ("gateway: 200 to re-INVITE a2(recvonly)",
         "gateway: ACK; 2002: 200 to re-INVITE a2(recvonly)", "2002 Held c1"),
        ("2002: ACK",),
        ("2002: REFER 2003",
         "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
         "2003: INVITE"),
        ("2002: BYE", "2002: 200 to BYE; gateway: re-INVITE h2(0.0.0.0)",
         "2002 Released c1 Transferred"),
        ("gateway: 200 to re-INVITE h3", "gateway: ACK"),
        ("2003: 180", "", "2003 Ringing c1"),
        ("2003: 200 o2", "gateway: re-INVITE o2", "2003 Established c1"),
        ("gateway: 200 to re-INVITE b2", "gateway: ACK; 2003: ACK b2"))
    office.ends(by="gateway", other="2003")
    office.close()
