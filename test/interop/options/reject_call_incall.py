"""`reject-call-incall`: a second call to a DN gets 486; false: the phone
rings."""

from office import Office


def play(stage):
    office = Office(stage, only={"2002": {"reject_call_incall": True}})
    office.inbound()
    office.play(
        ("2001: INVITE 2002 o2", "2001: 486", "2001 Dialing c2, "
         "2001 DestinationBusy c2 Busy, 2001 Released c2 Busy"))
    office.ends()
    office.play(
        ("gateway: INVITE 2003 o1", "2003: INVITE o1"),
        ("2003: 200 a1", "2003: ACK; gateway: 200 a1",
         "2003 Ringing c3, 2003 Established c3"),
        ("gateway: ACK",),
        ("2001: INVITE 2003 o2", "2003': INVITE o2", "2001 Dialing c4"),
        ("2003': 486", "2001: 486",
         "2001 DestinationBusy c4 Busy, 2001 Released c4 Busy"))
    office.ends(other="2003", call="c3")
    office.close()
