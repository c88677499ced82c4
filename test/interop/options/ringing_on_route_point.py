"""`ringing-on-route-point`: the caller gets 180 while the call waits on a
routing point; false: when the phone rings that it is routed to."""

from office import Office
from routing import point, queued, routed


def play(stage):
    office = Office(stage, dns=[point("9000")])
    office.client.serve("9000")
    for call, rings in (("c1", True), ("c2", False)):
        office.set(ringing_on_route_point=rings)
        queued(office, call, rings=rings)
        routed(office, call, tells=not rings)
        office.gives_up(f"2002 Abandoned {call}", rings="2002")
    office.close()
