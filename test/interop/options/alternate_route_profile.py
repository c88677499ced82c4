"""`alternate-route-profile`: the routing point whose default DN serves all that
have none of their own."""

from office import Office
from routing import point, queued, rung


def play(stage):
    office = Office(stage, switch={"router-timeout": 1}, dns=[
        point("9000"), point("9009", default_dn="2004")])
    queued(office, "c1")
    office.play(("later", "gateway: 480", "9000 Released c1 NoAnswer"))
    office.set(alternate_route_profile="9009")
    queued(office, "c2")
    office.play(
        ("later", "2004: INVITE o1"),
        rung("c2", "2004"))
    office.gives_up("2004 Abandoned c2", rings="2004")
    office.close()
