"""M32: a call that nobody answers at a DN goes where the DN forwards it."""

from office import Office


def play(stage):
    office = Office(stage, only={"2002": {"no_answer_timeout": 1}})
    office.play(
        ("SetForward 2002 2003 on_no_answer", "",
         "2002 ForwardSet on_no_answer"))
    office.rings("2002")
    office.play(
        ("later", "2002: CANCEL; 2003: INVITE o1",
         "2002 Released c1 Forwarded"),
        ("2002: 487",),
        ("2003: 180", "", "2003 Ringing c1 Forwarded"),
        ("2003: 200 a1", "2003: ACK; gateway: 200 a1", "2003 Established c1"),
        ("gateway: ACK",))
    office.ends(other="2003")
    office.close()
