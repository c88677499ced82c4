"""M10: a phone calls another, nobody answers, and the caller gives up: by
CANCEL, and by TReleaseCall of a call that the client made."""

from office import Office


def play(stage):
    office = Office(stage, only={"2003": {"refer_enabled": False}})
    office.play(
        ("2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing c1"),
        ("2002: 180", "2001: 180", "2002 Ringing c1"))
    office.gives_up("2001 Released c1, 2002 Abandoned c1", rings="2002",
                    caller="2001")
    office.play(
        ("MakeCall 2003 2002", "2003: INVITE"),
        ("2003: 200 o2", "2002: INVITE o2", "2003 Dialing c2"),
        ("2002: 180", "", "2002 Ringing c2"),
        ("ReleaseCall 2003 c2", "2003: ACK o2(inactive); 2003: BYE; "
         "2002: CANCEL", "2003 Released c2, 2002 Abandoned c2"),
        ("2002: 487",))
    office.close()
