"""M13: what happens to the agent (`after-routing-timeout-action`) comes after the
release and the error."""

from office import Office
from routing import point, queued


def play(stage):
    office = Office(stage, dns=[point("9000", divert_on_ringing=False)],
                    switch={"after-routing-timeout": 1,
                            "after-routing-timeout-action": "notready"})
    office.client.serve("9000")
    office.log_in("ada", "2002")
    queued(office)
    office.play(
        ("RouteCall 9000 c1 agent:ada", "2002: INVITE o1"),
        ("2002: 180", "", "2002 Ringing c1"),
        ("later", "2002: CANCEL", "2002 Released c1 NoAnswer, "
         "9000 Error c1 NO_ANSWER, 2002 AgentNotReady"),
        ("2002: 487",))
    office.gives_up("9000 Abandoned c1")
    office.close()
