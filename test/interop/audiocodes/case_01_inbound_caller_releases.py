"""Case 1: an inbound call to an agent, which the caller releases (M4, M2)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    office.ends(by="gateway", other="2002")
    office.close()
