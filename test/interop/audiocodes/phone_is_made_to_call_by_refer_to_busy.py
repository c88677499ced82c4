"""A phone that is made to call by REFER finds the destination busy, and says so
by its last NOTIFY, when its call is over already (M11)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": True})
    office.play(
        ("MakeCall 2004 2002", "2004: REFER sip:2002@switch"),
        ("2004: 202 to REFER",),
        ("2004: NOTIFY 100", "2004: 200 to NOTIFY"),
        ("2004: INVITE 2002 o4", "2002: INVITE o4", "2004 Dialing c1"),
        ("2002: 486", "2004': 486",
         "2004 DestinationBusy c1 Busy, 2004 Released c1 Busy"),
        ("2004: NOTIFY 486", "2004: 200 to NOTIFY"))
    office.close()
