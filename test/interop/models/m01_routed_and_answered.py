"""M1: a caller from outside waits on a routing point, a strategy finds a
phone, which answers."""

from office import Office
from routing import left, point, queued


def play(stage):
    office = Office(stage, dns=[point("9000")])
    office.client.serve("9000")
    queued(office)
    office.play(
        ("RouteCall 9000 c1 2002", "2002: INVITE o1"),
        # The caller has been told that it rings.
        ("2002: 180", "", f"{left('9000', 'c1')}, 2002 Ringing c1"),
        ("2002: 200 a1", "2002: ACK; gateway: 200 a1", "2002 Established c1"),
        ("gateway: ACK",))
    assert office.client.outcome() == "used 2002"
    for row in left("9000", "c1").split(", "):
        assert office.client.last(row).third_party_dn == "2002", row
    ringing = office.client.last("2002 Ringing c1")
    assert ringing.this_queue == "9000", ringing
    office.ends()
    office.close()
