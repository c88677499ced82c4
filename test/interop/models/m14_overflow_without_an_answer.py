"""M14: a call that nobody answers overflows to another DN, back to the routing
point that it came from, or is released; an agent is made not ready before the
phone is released."""

from office import Office
from routing import point, queued, routed

NOBODY = {"no_answer_timeout": 1}


def play(stage):
    office = Office(stage, dns=[point("9000")], only={
        "2001": {**NOBODY, "no_answer_overflow": ["2003"]},
        "2002": {**NOBODY, "no_answer_overflow": ["recall"],
                 "no_answer_action": "notready"},
        "2004": {**NOBODY, "no_answer_overflow": ["release"]}})
    office.client.serve("9000")
    office.rings("2001")
    office.play(
        ("later", "2001: CANCEL; 2003: INVITE o1",
         "2001 Released c1 Redirected"),
        ("2001: 487",),
        ("2003: 180", "", "2003 Ringing c1 Redirected"),
        ("2003: 200 a1", "2003: ACK; gateway: 200 a1", "2003 Established c1"),
        ("gateway: ACK",))
    office.ends(other="2003")
    queued(office, "c2")
    routed(office, "c2")
    office.play(
        ("later", "2002: CANCEL", "2002 Released c2 Redirected, "
         "9000 Queued c2, 9000 RouteRequest c2"),
        ("2002: 487",))
    office.gives_up("9000 Abandoned c2")
    office.log_in("ada", "2002")
    queued(office, "c3")
    routed(office, "c3")
    office.play(
        ("later", "2002: CANCEL",
         "2002 AgentNotReady, 2002 Released c3 Redirected, "
         "9000 Queued c3, 9000 RouteRequest c3"),
        ("2002: 487",))
    office.gives_up("9000 Abandoned c3")
    office.play(
        ("2001: INVITE 2004 o1", "2004: INVITE o1", "2001 Dialing c4"),
        ("2004: 180", "2001: 180", "2004 Ringing c4"),
        ("later", "2001: 480; 2004: CANCEL", "2004 Released c4 NoAnswer, "
         "2001 DestinationBusy c4 NoAnswer, 2001 Released c4 NoAnswer"),
        ("2004: 487",))
    office.close()
