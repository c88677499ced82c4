"""`posn-no-answer-timeout` and `posn-no-answer-overflow`: those of an ACD
Position without an agent."""

from office import Office
from switch import extension


def play(stage):
    office = Office(stage, switch={
        "nas-private": True, "ring-timeout": 2,
        "posn-no-answer-timeout": 1, "extn-no-answer-timeout": 0,
        "agent-no-answer-timeout": 1, "extn-no-answer-overflow": ["2001"],
        "agent-no-answer-overflow": ["2004"]})
    at = office.peers["other"].address
    office.add({**extension("2005", contact=f"sip:2005@{at}"),
                "type": "acd-position"})

    def rings_out(call, wire, state):
        office.play(
            ("gateway: INVITE 2005 o1", "other: INVITE 2005 o1"),
            ("other: 180", "gateway: 180", f"2005 Ringing {call}"),
            ("later", f"other: CANCEL; {wire}",
             f"2005 Released {call} {state}"),
            ("other: 487",))
        to = wire.partition(":")[0]
        if to != "gateway":
            office.play((f"{to}: 486", "gateway: 486"))

    rings_out("c1", "gateway: 480", "NoAnswer")
    office.set(posn_no_answer_overflow=["2003"])
    rings_out("c2", "2003: INVITE o1", "Redirected")
    office.log_in("ada", "2005")
    rings_out("c3", "2004: INVITE o1", "Redirected")
    office.close()
