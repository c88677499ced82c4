"""`after-routing-timeout-action`: what happens to the agent to whom a routed
call could not be delivered in time; it goes before `no-answer-action`, and does
not happen if the caller gives up."""

from office import Office
from routing import point, queued, routed


def play(stage):
    office = Office(stage, dns=[point("9000", divert_on_ringing=False)],
                    switch={"after-routing-timeout": 1},
                    phones={"no_answer_action": "logout"})
    office.client.serve("9000")
    office.log_in("ada", "2002")
    rows = (("none", []), ("notready", ["2002 AgentNotReady"]),
            ("logout", ["2002 AgentLogout"]))
    for n, (action, then) in enumerate(rows, 1):
        office.set(after_routing_timeout_action=action)
        call = f"c{2 * n - 1}"
        queued(office, call)
        routed(office, call, lets_go=False)
        office.gives_up(f"2002 Abandoned {call}, 9000 Abandoned {call}",
                        rings="2002")
        call = f"c{2 * n}"
        queued(office, call)
        routed(office, call, lets_go=False)
        office.play(
            ("later", "2002: CANCEL", ", ".join(
                [f"2002 Released {call} NoAnswer",
                 f"9000 Error {call} NO_ANSWER", *then])),
            ("2002: 487",))
        office.gives_up(f"9000 Abandoned {call}")
    office.close()
