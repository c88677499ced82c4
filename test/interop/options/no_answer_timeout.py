"""`no-answer-timeout` of a DN and of an agent login, before those of the
switch: `extn-no-answer-timeout` where no agent is, `agent-no-answer-timeout`
where one is; 0: the phone rings until `ring-timeout`."""

from office import Office

NEVER = 0


def rings_out(office, phone, call, overflows):
    office.rings(phone, call)
    office.play(
        ("later", f"{phone}: CANCEL; 2004: INVITE o1",
         f"{phone} Released {call} Redirected") if overflows else
        ("later", f"{phone}: CANCEL; gateway: 480",
         f"{phone} Released {call} NoAnswer"),
        (f"{phone}: 487",))
    if overflows:
        office.play(("2004: 486", "gateway: 486"))


def play(stage):
    office = Office(
        stage, {"no_answer_overflow": ["2004"]},
        only={"2002": {"no_answer_timeout": 1},
              "2003": {"no_answer_timeout": NEVER}},
        switch={"ring-timeout": 2, "nas-private": True,
                "extn-no-answer-timeout": NEVER,
                "agent-no-answer-timeout": NEVER},
        agents=[{"login": "ada", "options": {"no-answer-timeout": NEVER}}])
    rings_out(office, "2002", "c1", True)
    rings_out(office, "2001", "c2", False)
    office.set(extn_no_answer_timeout=1)
    rings_out(office, "2001", "c3", True)
    rings_out(office, "2003", "c4", False)
    office.log_in("bob", "2001")
    rings_out(office, "2001", "c5", False)
    office.set(agent_no_answer_timeout=1)
    rings_out(office, "2001", "c6", True)
    office.log_in("ada", "2002")
    rings_out(office, "2002", "c7", False)
    office.close()
