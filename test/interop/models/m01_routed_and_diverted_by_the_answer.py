"""M1': with `divert-on-ringing` false the routing point keeps the call until
it is answered."""

from office import Office
from routing import left, point, queued


def play(stage):
    office = Office(stage, dns=[point("9000", divert_on_ringing=False)])
    office.client.serve("9000")
    queued(office)
    office.play(
        ("RouteCall 9000 c1 2002", "2002: INVITE o1"),
        ("2002: 180", "", "2002 Ringing c1"),
        ("2002: 200 a1", "2002: ACK; gateway: 200 a1",
         f"{left('9000', 'c1')}, 2002 Established c1"),
        ("gateway: ACK",))
    assert office.client.outcome() == "used 2002"
    office.ends()
    office.close()
