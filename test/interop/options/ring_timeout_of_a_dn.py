"""`ring-timeout` of a DN, before that of the switch."""

from office import Office


def play(stage):
    office = Office(stage, only={"2002": {"ring_timeout": 1}})
    office.rings("2002")
    office.play(
        ("later", "gateway: 480; 2002: CANCEL", "2002 Released c1 NoAnswer"),
        ("2002: 487",))
    office.close()
