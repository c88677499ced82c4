"""`router-timeout` of a routing point, before that of the switch: how long a
call waits for an instruction before it takes the default route."""

from office import Office
from routing import point, queued, rung

LONG = 60


def play(stage):
    office = Office(stage, switch={"default-dn": "2004"}, dns=[
        point("9000"), point("9001", router_timeout=1),
        point("9002", router_timeout=LONG)])
    # That of the switch, who waits long, who does not.
    rows = ((LONG, "9000", "9001"), (1, "9002", "9000"))
    for n, (app, patient, hasty) in enumerate(rows):
        office.set(router_timeout=app)
        long, short = f"c{2 * n + 1}", f"c{2 * n + 2}"
        queued(office, long, patient)
        queued(office, short, hasty, by="other")
        office.play(
            ("later", "2004: INVITE o1"), rung(short, "2004", hasty))
        office.gives_up(f"2004 Abandoned {short}", rings="2004",
                        caller="other")
        office.gives_up(f"{patient} Abandoned {long}")
    office.close()
