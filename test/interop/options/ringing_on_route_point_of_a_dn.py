"""`ringing-on-route-point` of a routing point, before that of the switch."""

from office import Office
from routing import point, queued


def play(stage):
    office = Office(stage, dns=[
        point("9000", ringing_on_route_point=True),
        point("9001", ringing_on_route_point=False)])
    for n, app in enumerate((True, False)):
        office.set(ringing_on_route_point=app)
        queued(office, f"c{2 * n + 1}", "9000", rings=True)
        office.gives_up(f"9000 Abandoned c{2 * n + 1}")
        queued(office, f"c{2 * n + 2}", "9001", rings=False)
        office.gives_up(f"9001 Abandoned c{2 * n + 2}")
    office.close()
