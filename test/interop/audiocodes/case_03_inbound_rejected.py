"""Case 3: the agent's phone rejects an inbound call; the gateway gets a status
of the same class (M11)."""

from office import Office


def play(stage):
    office = Office(stage)
    for call, status, state in (("c1", 486, "Busy"),
                                ("c2", 603, "GeneralError")):
        office.play(
            ("gateway: INVITE 2002 o1", "2002: INVITE o1"),
            ("2002: 180", "gateway: 180", f"2002 Ringing {call}"))
        office.play((f"2002: {status}", f"gateway: {status}",
                     f"2002 Released {call} {state}"))
    office.close()
