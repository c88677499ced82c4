"""`default-dn` of a routing point, before that of the switch: where a call goes
that nobody routes; unset: the caller gets 480."""

from office import Office
from routing import point, queued, rung


def play(stage):
    office = Office(stage, switch={"router-timeout": 1}, dns=[
        point("9000"), point("9001", default_dn="2003")])
    rows = ((None, "9000", None), ("2004", "9000", "2004"),
            ("2004", "9001", "2003"))
    for n, (app, dn, goes_to) in enumerate(rows, 1):
        call = f"c{n}"
        if app:
            office.set(default_dn=app)
        queued(office, call, dn)
        if not goes_to:
            office.play(("later", "gateway: 480",
                         f"{dn} Released {call} NoAnswer"))
            continue
        office.play(
            ("later", f"{goes_to}: INVITE o1"),
            rung(call, goes_to, dn))
        office.gives_up(f"{goes_to} Abandoned {call}", rings=goes_to)
    office.close()
