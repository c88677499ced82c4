"""`reject-call-notready`: calls to a DN whose agent is not ready get 486;
false: the phone rings."""

from office import Office
from routing import point, queued, routed


def play(stage):
    office = Office(stage, dns=[point("9000")],
                    only={"2002": {"reject_call_notready": True}})
    office.client.serve("9000")
    for agent, phone in (("ada", "2002"), ("bob", "2003")):
        office.log_in(agent, phone)
        office.play((f"SetAgentNotReady {phone} lunch", "",
                     f"{phone} AgentNotReady lunch"))
    office.play(
        ("2001: INVITE 2002 o1", "2001: 486", "2001 Dialing c1, "
         "2001 DestinationBusy c1 Busy, 2001 Released c1 Busy"),
        ("2001: INVITE 2003 o1", "2003: INVITE o1", "2001 Dialing c2"),
        ("2003: 180", "2001: 180", "2003 Ringing c2"))
    office.gives_up("2001 Released c2, 2003 Abandoned c2", rings="2003",
                    caller="2001")
    queued(office, "c3")
    office.play(
        ("RouteCall 9000 c3 2002", "", "9000 Error c3 BUSY"),
        ("SetAgentReady 2002", "", "2002 AgentReady"))
    routed(office, "c3")
    office.gives_up("2002 Abandoned c3", rings="2002")
    office.close()
