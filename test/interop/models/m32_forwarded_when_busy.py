"""M32: calls of a DN that is busy go elsewhere, be it busy by its phone or by
do-not-disturb."""

from office import Office


def play(stage):
    office = Office(stage)
    office.play(
        ("SetForward 2002 2003 on_busy", "", "2002 ForwardSet on_busy"))
    office.rings("2002")
    office.play(
        ("2002: 486", "2003: INVITE o1", "2002 Released c1 Forwarded"),
        ("2003: 180", "", "2003 Ringing c1 Forwarded"))
    office.gives_up("2003 Abandoned c1", rings="2003")
    office.play(
        ("SetDnd 2002", "", "2002 DndOn"),
        ("gateway: INVITE 2002 o1", "2003: INVITE o1"),
        ("2003: 180", "gateway: 180", "2003 Ringing c2 Forwarded"))
    office.gives_up("2003 Abandoned c2", rings="2003")
    office.close()
