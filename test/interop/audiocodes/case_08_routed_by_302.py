"""Case 8: a call that a client routes to a number outside gets a 302 with its
address, and the switch has no call any more (M35)."""

from office import Office


def play(stage):
    office = Office(stage, only={"gateway": {"oosp_transfer_enabled": True}},
                    dns=[{"number": "9000", "type": "routing-point"}])
    office.client.serve("9000")
    other = office.peers["other"].address
    office.play(
        ("gateway: INVITE 9000 o1", "gateway: 180",
         "9000 Queued c1, 9000 RouteRequest c1"),
        ("RouteCall 9000 c1 3800", f"gateway: 302 sip:3800@{other}",
         "9000 RouteUsed c1 Redirected, 9000 Diverted c1 Redirected"))
    office.close()
