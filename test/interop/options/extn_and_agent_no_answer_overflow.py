"""`extn-no-answer-overflow` and `agent-no-answer-overflow`: where the calls of
a DN go that nobody answers, without an agent and with one; private calls only
if `nas-private` says so."""

from office import Office
from routing import point, queued, routed

OVERFLOW = {"extn-no-answer-timeout": 1, "extn-no-answer-overflow": ["2003"],
            "agent-no-answer-timeout": 1, "agent-no-answer-overflow": ["2004"],
            "ring-timeout": 2}


def play(stage):
    office = Office(stage, switch=OVERFLOW, dns=[point("9000")])
    office.client.serve("9000")
    calls = iter(f"c{x}" for x in range(1, 10))

    def overflows(to):
        call = next(calls)
        queued(office, call)
        routed(office, call)
        office.play(
            ("later", f"2002: CANCEL; {to}: INVITE o1",
             f"2002 Released {call} Redirected"),
            ("2002: 487",),
            (f"{to}: 486", "gateway: 486"))

    def private(wire, state):
        call = next(calls)
        office.rings("2002", call)
        office.play(
            ("later", f"2002: CANCEL; {wire}",
             f"2002 Released {call} {state}"),
            ("2002: 487",))

    overflows("2003")
    private("gateway: 480", "NoAnswer")
    office.log_in("ada", "2002")
    overflows("2004")
    office.set(nas_private=True)
    private("2004: INVITE o1", "Redirected")
    office.play(("2004: 486", "gateway: 486"))
    office.close()
