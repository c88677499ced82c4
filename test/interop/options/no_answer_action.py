"""`agent-no-answer-action`, and `no-answer-action` of the agent login before
it: what happens to the agent who did not answer."""

from office import Office
from routing import point, queued, routed

AGENTS = {"ada": {"no-answer-action": "none"}, "bob": {}}


def play(stage):
    office = Office(
        stage, dns=[point("9000")], switch={"agent-no-answer-timeout": 1},
        agents=[{"login": x, "options": y} for x, y in AGENTS.items()])
    office.client.serve("9000")
    office.log_in("ada", "2001")
    office.log_in("bob", "2002")
    rows = (("none", "2002", []), ("notready", "2001", []),
            ("notready", "2002", ["2002 AgentNotReady"]),
            ("logout", "2002", ["2002 AgentLogout"]))
    for n, (action, phone, then) in enumerate(rows, 1):
        office.set(agent_no_answer_action=action,
                   agent_no_answer_overflow=["recall"])
        queued(office, f"c{n}")
        routed(office, f"c{n}", phone)
        office.play(
            ("later", f"{phone}: CANCEL", ", ".join(
                [*then, f"{phone} Released c{n} Redirected",
                 f"9000 Queued c{n}, 9000 RouteRequest c{n}"])),
            (f"{phone}: 487",))
        office.gives_up(f"9000 Abandoned c{n}")
    office.close()
