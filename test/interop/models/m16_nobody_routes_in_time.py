"""M16: no strategy has routed the call within `router-timeout`: it goes to the
default DN."""

from office import Office
from routing import point, queued, rung


def play(stage):
    office = Office(stage, dns=[
        point("9000", router_timeout=1, default_dn="2004")])
    office.client.serve("9000")
    queued(office)
    office.play(
        ("later", "2004: INVITE o1"),
        rung(to="2004"))
    assert office.client.outcome() == "withdrawn DefaultRouted"
    used = office.client.last("9000 RouteUsed c1 Redirected")
    assert used.third_party_dn == "2004", used
    office.gives_up("2004 Abandoned c1", rings="2004")
    office.close()
