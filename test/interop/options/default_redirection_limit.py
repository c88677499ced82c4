"""`default-redirection-limit`: how often a call that nobody routes goes from
routing point to routing point; an instruction begins anew."""

from office import Office
from routing import left, point, queued


def moved(call, a, b):
    return f"{left(a, call)}, {b} Queued {call}, {b} RouteRequest {call}"


def play(stage):
    office = Office(stage, switch={"router-timeout": 1}, dns=[
        point("9000", default_dn="9001"), point("9001", default_dn="9000")])
    office.client.serve("9001")
    for call, limit in (("c1", 0), ("c2", 1)):
        office.set(default_redirection_limit=limit)
        queued(office, call)
        if limit == 0:
            office.play(("later", "gateway: 480",
                         f"9000 Released {call} NoAnswer"))
    office.play(
        ("later", "", moved("c2", "9000", "9001")),
        ("RouteCall 9001 c2 9000", "", moved("c2", "9001", "9000")),
        ("later", "", moved("c2", "9000", "9001")),
        ("later", "gateway: 480", "9001 Released c2 NoAnswer"))
    office.close()
