"""`ring-timeout` of the switch: a call that nobody answers is given up."""

from office import Office


def play(stage):
    office = Office(stage)
    office.set(ring_timeout=1)
    office.rings("2002")
    office.play(
        ("later", "gateway: 480; 2002: CANCEL", "2002 Released c1 NoAnswer"),
        ("2002: 487",))
    office.set(ring_timeout=60)
    office.rings("2003", "c2")
    office.play(
        ("2003: 200 a1", "2003: ACK; gateway: 200 a1", "2003 Established c2"),
        ("gateway: ACK",))
    office.ends(other="2003", call="c2")
    office.close()
