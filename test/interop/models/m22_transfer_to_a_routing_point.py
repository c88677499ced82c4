"""M22: a phone transfers its caller to a routing point, where the call waits as c1
until a strategy routes it."""

import consult
from office import Office
from routing import left, point


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY,
                    dns=[point("9000", blind_transfer_enabled=True)])
    office.client.serve("9000")
    office.inbound()
    consult.holds(office, "InitiateTransfer 2002 c1 9000", "2002': INVITE")
    office.play(
        ("2002': 200 o2", "",
         "2002 Dialing c2, 9000 Queued c2, 9000 RouteRequest c2"),
        ("CompleteTransfer 2002 c1 c2",
         "2002': ACK o2(inactive); 2002': BYE; 2002: BYE",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred, "
         "9000 PartyChanged c1 Transferred"))
    asked = office.client.last("9000 RouteRequest c2")
    assert asked.previous_call_id == office.client.call_id("c1"), asked
    changed = office.client.last("9000 PartyChanged c1 Transferred")
    assert changed.previous_call_id == office.client.call_id("c2"), changed
    office.play(
        ("RouteCall 9000 c1 2003", "2003: INVITE"),
        ("2003: 180", "", f"{left('9000', 'c1')}, 2003 Ringing c1"),
        ("2003: 200 o3", "gateway: re-INVITE o3", "2003 Established c1"),
        ("gateway: 200 to re-INVITE a3", "gateway: ACK; 2003: ACK a3"))
    office.ends(other="2003")
    office.close()
