"""`sip-trying-timeout`: an INVITE that got only 100 is given up then; unset: as
`sip-invite-timeout`; 180 ends both."""

from office import Office

LONG = 30


def play(stage):
    office = Office(stage, switch={"sip-invite-timeout": LONG}, only={
        "2002": {"sip_trying_timeout": 1},
        "2004": {"sip_trying_timeout": LONG}})
    office.play(
        ("gateway: INVITE 2003 o1", "2003: INVITE o1"),
        ("2003: 100",),
        ("other: INVITE 2002 o2", "2002: INVITE o2"),
        ("2002: 100",),
        ("later", "2002: CANCEL; other: 480"),
        ("2002: 487",),
        ("2003: 486", "gateway: 486"))
    office.set(sip_invite_timeout=1)
    office.play(
        ("gateway: INVITE 2004 o1", "2004: INVITE o1"),
        ("2004: 100",),
        ("2001: INVITE 2002 o3", "2002: INVITE o3", "2001 Dialing c4"),
        ("2002: 100",),
        ("2002: 180", "2001: 180", "2002 Ringing c4"),
        ("other: INVITE 2003 o2", "2003: INVITE o2"),
        ("2003: 100",),
        ("later", "2003: CANCEL; other: 480"),
        ("2003: 487",),
        ("2004: 486", "gateway: 486"),
        ("2002: 486", "2001: 486", "2002 Released c4 Busy, "
         "2001 DestinationBusy c4 Busy, 2001 Released c4 Busy"))
    office.close()
