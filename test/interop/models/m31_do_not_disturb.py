"""M31: a DN that is not to be disturbed is busy to whoever calls it, and to
whoever routes to it."""

from office import Office
from routing import point, queued, routed


def play(stage):
    office = Office(stage, dns=[point("9000")])
    office.client.serve("9000")
    office.play(
        ("SetDnd 2002", "", "2002 DndOn"),
        ("2001: INVITE 2002 o1", "2001: 486", "2001 Dialing c1, "
         "2001 DestinationBusy c1 Busy, 2001 Released c1 Busy"),
        ("gateway: INVITE 2002 o1", "gateway: 486"))
    queued(office, "c3")
    office.play(("RouteCall 9000 c3 2002", "", "9000 Error c3 BUSY"))
    assert office.client.outcome() == "failed BUSY"
    office.play(("CancelDnd 2002", "", "2002 DndOff"))
    routed(office, "c3")
    office.gives_up("2002 Abandoned c3", rings="2002")
    office.refuses("SetDnd 9000", "UNSUPPORTED")
    office.close()
