"""M6: the caller gives up while the phone rings that the call was routed to:
the phone is told, and the routing point if it still has the call."""

from office import Office
from routing import point, queued, routed


def play(stage):
    office = Office(stage, dns=[point("9000"),
                                point("9001", divert_on_ringing=False)])
    office.client.serve("9000", "9001")
    queued(office, "c1")
    routed(office, "c1")
    office.gives_up("2002 Abandoned c1", rings="2002")
    queued(office, "c2", "9001")
    routed(office, "c2", dn="9001", lets_go=False)
    office.gives_up("2002 Abandoned c2, 9001 Abandoned c2", rings="2002")
    office.close()
