"""Case 4: the caller gives up while the agent's phone rings (M6)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.play(
        ("gateway: INVITE 2002 o1", "2002: INVITE o1"),
        ("2002: 180", "gateway: 180", "2002 Ringing c1"),
        ("gateway: CANCEL", "gateway: 487; 2002: CANCEL", "2002 Abandoned c1"),
        ("2002: 487",))
    office.close()
