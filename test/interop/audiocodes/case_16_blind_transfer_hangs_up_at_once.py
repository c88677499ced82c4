"""Case 16 with a phone that hangs up as soon as its REFER is accepted: the
caller is held until the target answers (M21)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    office.play(
        ("2002: REFER 2003",
         "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
         "2003: INVITE"),
        ("2002: BYE", "2002: 200 to BYE; gateway: re-INVITE a1(0.0.0.0)",
         "2002 Released c1 Transferred"),
        ("gateway: 200 to re-INVITE h1", "gateway: ACK"),
        ("2003: 180", "", "2003 Ringing c1"),
        ("2003: 200 o2", "gateway: re-INVITE o2", "2003 Established c1"),
        ("gateway: 200 to re-INVITE a2", "gateway: ACK; 2003: ACK a2"))
    office.ends(by="gateway", other="2003")
    office.close()
