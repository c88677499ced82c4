"""M22, M21: a phone transfers its caller to a routing point in one step; the
call waits there until a strategy routes it."""

import consult
from office import Office
from routing import left, point


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY,
                    dns=[point("9000")])
    office.client.serve("9000")
    office.inbound()
    office.play(
        ("SingleStepTransfer 2002 c1 9000", "2002: BYE; "
         "gateway: re-INVITE a1(inactive)",
         "2002 Released c1 Transferred, 9000 Queued c1, "
         "9000 RouteRequest c1"),
        ("gateway: 200 to re-INVITE h1(inactive)", "gateway: ACK"),
        ("RouteCall 9000 c1 2003", "2003: INVITE"),
        ("2003: 180", "", f"{left('9000', 'c1')}, 2003 Ringing c1"),
        ("2003: 200 o3", "gateway: re-INVITE o3", "2003 Established c1"),
        ("gateway: 200 to re-INVITE a3", "gateway: ACK; 2003: ACK a3"))
    office.ends(other="2003")
    office.close()
