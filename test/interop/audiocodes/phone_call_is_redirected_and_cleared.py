"""3pcc: TRedirectCall takes a call from a ringing phone to another (M15),
TClearCall ends it for everybody."""

from office import Office


def play(stage):
    office = Office(stage)
    office.play(
        ("gateway: INVITE 2002 o1", "2002: INVITE o1"),
        ("2002: 180", "gateway: 180", "2002 Ringing c1"),
        ("RedirectCall 2002 c1 2003", "2002: CANCEL; 2003: INVITE o1",
         "2002 Released c1 Redirected"),
        ("2002: 487",),
        # The gateway has had that 180.
        ("2003: 180", "", "2003 Ringing c1 Redirected"),
        ("2003: 200 a1", "2003: ACK; gateway: 200 a1", "2003 Established c1"),
        ("gateway: ACK",),
        ("ClearCall 2003 c1", "gateway: BYE; 2003: BYE",
         "2003 Released c1 Cleared"))
    office.close()
