"""1pcc unattended transfer between phones by REFER: the other party sees who
it talks to now (M21)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False})
    office.play(
        ("2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing c1"),
        ("2002: 180", "2001: 180", "2002 Ringing c1"),
        ("2002: 200 a1", "2002: ACK; 2001: 200 a1",
         "2001 Established c1, 2002 Established c1"),
        ("2001: ACK",),
        ("2002: REFER 2003",
         "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
         "2003: INVITE"),
        ("2003: 200 o2", "2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; "
         "2001: re-INVITE o2",
         "2003 Ringing c1, 2003 Established c1, "
         "2002 Released c1 Transferred, 2001 PartyChanged c1 Transferred"),
        ("2001: 200 to re-INVITE a2", "2001: ACK; 2003: ACK a2"),
        ("2003: BYE", "2003: 200 to BYE; 2001: BYE",
         "2003 Released c1, 2001 Released c1"))
    office.close()
