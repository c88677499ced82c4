"""M13: the phone that a call was routed to does not answer within
`after-routing-timeout`: the strategy is told, and the call stays on the routing
point."""

from office import Office
from routing import point, queued, routed


def play(stage):
    office = Office(stage, switch={"after-routing-timeout": 1},
                    dns=[point("9000", divert_on_ringing=False)])
    office.client.serve("9000")
    queued(office)
    routed(office, lets_go=False)
    office.play(
        ("later", "2002: CANCEL",
         "2002 Released c1 NoAnswer, 9000 Error c1 NO_ANSWER"),
        ("2002: 487",))
    assert office.client.outcome() == "failed NO_ANSWER"
    routed(office, to="2003", lets_go=False)
    office.gives_up("2003 Abandoned c1, 9000 Abandoned c1", rings="2003")
    office.close()
