"""`no-answer-overflow` of a DN, before that of the switch: a list that is
tried in its order, ended by none; recall; release."""

from office import Office
from routing import point, queued, routed

LISTS = {"2001": ["7777", "2003", "2004"], "2002": ["none", "2003"],
         "2003": ["recall", "release"]}


def play(stage):
    office = Office(stage, {"no_answer_timeout": 1}, dns=[point("9000")],
                    switch={"extn-no-answer-overflow": ["2004"],
                            "ring-timeout": 2},
                    only={x: {"no_answer_timeout": 1, "no_answer_overflow": y}
                          for x, y in LISTS.items()})
    office.client.serve("9000")
    # 7777 is nobody; 2003 is busy.
    office.rings("2001", "c1")
    office.play(
        ("later", "2001: CANCEL; 2003: INVITE o1",
         "2001 Released c1 Redirected"),
        ("2001: 487",),
        ("2003: 486", "2004: INVITE o1"),
        ("2004: 486", "gateway: 486"))
    # None.
    office.rings("2002", "c2")
    office.play(
        ("later", "2002: CANCEL; gateway: 480", "2002 Released c2 NoAnswer"),
        ("2002: 487",))
    # Nobody distributed the call, so that there is nothing to recall it.
    office.rings("2003", "c3")
    office.play(
        ("later", "2003: CANCEL; gateway: 480", "2003 Released c3 NoAnswer"),
        ("2003: 487",))
    queued(office, "c4")
    routed(office, "c4", "2003")
    office.play(
        ("later", "2003: CANCEL", "2003 Released c4 Redirected, "
         "9000 Queued c4, 9000 RouteRequest c4"),
        ("2003: 487",))
    office.gives_up("9000 Abandoned c4")
    office.close()
