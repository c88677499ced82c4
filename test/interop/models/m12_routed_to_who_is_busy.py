"""M12: the phone that a call was routed to is busy: the strategy is told, the
call stays on the routing point and may be routed again."""

from office import Office
from routing import left, point, queued


def play(stage):
    office = Office(stage, dns=[point("9000")])
    office.client.serve("9000")
    queued(office)
    for status, reason in ((486, "BUSY"), (603, "REJECTED")):
        office.play(
            ("RouteCall 9000 c1 2002", "2002: INVITE o1"),
            (f"2002: {status}", "", f"9000 Error c1 {reason}"))
        assert office.client.outcome() == f"failed {reason}"
    assert not office.client.last("9000 Error c1 BUSY").third_party_dn
    office.play(
        ("RouteCall 9000 c1 2003", "2003: INVITE o1"),
        ("2003: 200 a1", "2003: ACK; gateway: 200 a1",
         f"{left('9000', 'c1')}, 2003 Ringing c1, 2003 Established c1"),
        ("gateway: ACK",))
    assert office.client.outcome() == "used 2003"
    office.ends(other="2003")
    office.close()
