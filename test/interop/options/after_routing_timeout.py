"""`after-routing-timeout`: a routed call that was not delivered by then is an
error, and waits again; 0: no limit but `ring-timeout`."""

from office import Office
from routing import point, queued, routed


def play(stage):
    office = Office(stage, dns=[point("9000", divert_on_ringing=False)],
                    switch={"ring-timeout": 2})
    office.client.serve("9000")
    office.set(after_routing_timeout=1)
    queued(office)
    routed(office, lets_go=False)
    office.play(
        ("later", "2002: CANCEL",
         "2002 Released c1 NoAnswer, 9000 Error c1 NO_ANSWER"),
        ("2002: 487",))
    assert office.client.outcome() == "failed NO_ANSWER"
    office.set(after_routing_timeout=0)
    routed(office, to="2003", lets_go=False)
    office.gives_up("2003 Abandoned c1, 9000 Abandoned c1", rings="2003")
    office.close()
