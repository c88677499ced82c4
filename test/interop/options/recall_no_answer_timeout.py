"""`recall-no-answer-timeout`: the time to answer a call that has come back by
recall, before that of the DN."""

from office import Office
from routing import point, queued, routed

LONG = 60


def play(stage):
    office = Office(stage, dns=[point("9000")],
                    switch={"recall-no-answer-timeout": 1}, only={
                        "2002": {"no_answer_timeout": 1,
                                 "no_answer_overflow": ["recall"]},
                        "2003": {"no_answer_timeout": LONG,
                                 "no_answer_overflow": ["recall"]}})
    office.client.serve("9000")
    queued(office)
    for phone in ("2002", "2003"):
        routed(office, to=phone)
        office.play(
            ("later", f"{phone}: CANCEL", f"{phone} Released c1 Redirected, "
             "9000 Queued c1, 9000 RouteRequest c1"),
            (f"{phone}: 487",))
    office.gives_up("9000 Abandoned c1")
    office.close()
