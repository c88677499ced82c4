"""Case 11: a phone calls out and gives up while it rings outside."""

from office import Office


def play(stage):
    office = Office(stage)
    office.play(
        ("2001: INVITE 1800 o1", "gateway: INVITE 1800 o1", "2001 Dialing c1"),
        ("gateway: 180", "2001: 180"),
        ("2001: CANCEL", "2001: 487; gateway: CANCEL", "2001 Released c1"),
        ("gateway: 487",))
    office.close()
