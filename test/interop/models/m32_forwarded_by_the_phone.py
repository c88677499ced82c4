"""M32: a phone forwards by 302, while it rings or at once; `max-redirections`
says how often a call may go on."""

from office import Office


def play(stage):
    office = Office(stage)
    office.rings("2002")
    office.play(
        ("2002: 302 2003@gateway", "2003: INVITE o1",
         "2002 Released c1 Forwarded"),
        ("2003: 180", "", "2003 Ringing c1 Forwarded"),
        ("2003: 302 2004@gateway", "2004: INVITE o1",
         "2003 Released c1 Forwarded"),
        ("2004: 200 a1", "2004: ACK; gateway: 200 a1",
         "2004 Ringing c1 Forwarded, 2004 Established c1"),
        ("gateway: ACK",))
    office.ends(other="2004")
    office.set(max_redirections=1)
    office.play(
        ("2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing c2"),
        ("2002: 302 2003@gateway", "2003: INVITE o1"),
        ("2003: 302 2004@gateway", "2001: 480", "2001 DestinationBusy c2 "
         "NoAnswer, 2001 Released c2 NoAnswer"))
    office.close()
