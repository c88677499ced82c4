"""`divert-on-ringing` of a routing point, before that of the switch: it lets go
of a call at 180; false: at the answer."""

from office import Office
from routing import left, point, queued, routed


def play(stage):
    office = Office(stage, dns=[
        point("9000"), point("9001", divert_on_ringing=True),
        point("9002", divert_on_ringing=False)])
    points = ("9000", "9001", "9002")
    office.client.serve(*points)
    number = 0
    for app in (True, False):
        office.set(divert_on_ringing=app)
        for dn in points:
            number += 1
            call = f"c{number}"
            early = dn == "9001" or (dn == "9000" and app)
            queued(office, call, dn)
            routed(office, call, dn=dn, lets_go=early)
            office.play(
                ("2002: 200 a1", "2002: ACK; gateway: 200 a1",
                 ("" if early else f"{left(dn, call)}, ")
                 + f"2002 Established {call}"),
                ("gateway: ACK",))
            office.ends(call=call)
    office.close()
