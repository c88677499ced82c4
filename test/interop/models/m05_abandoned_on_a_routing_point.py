"""M5: the caller gives up while the call waits on a routing point."""

from office import Office
from routing import point, queued


def play(stage):
    office = Office(stage, dns=[point("9000")])
    office.client.serve("9000")
    queued(office)
    office.gives_up("9000 Abandoned c1")
    assert office.client.outcome() == "withdrawn Abandoned"
    office.close()
