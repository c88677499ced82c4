"""`override-to-on-divert`: To of a call that leaves a routing point names the
DN that it goes to; false: the routing point."""

from message import user_of
from office import Office
from routing import point, queued, routed


def play(stage):
    office = Office(stage, dns=[point("9000")])
    office.client.serve("9000")
    for call, over in (("c1", False), ("c2", True)):
        office.set(override_to_on_divert=over)
        queued(office, call)
        routed(office, call)
        asked = office.dialog("2002").invite
        named = user_of(asked.get("To"))
        assert named == ("2002" if over else "9000"), asked
        office.gives_up(f"2002 Abandoned {call}", rings="2002")
    office.close()
