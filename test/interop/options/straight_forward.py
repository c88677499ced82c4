"""`straight-forward`: when a trunk answers 302, its Contact is called as it
stands; false: the DN that is named by its user part."""

from office import Office


def play(stage):
    office = Office(stage, only={"other": {"straight_forward": True}})
    office.play(
        ("2001: INVITE 1800 o1", "gateway: INVITE 1800 o1", "2001 Dialing c1"),
        ("gateway: 302 2003@other", "2003: INVITE o1"),
        ("2003: 180", "2001: 180", "2003 Ringing c1 Forwarded"))
    office.gives_up("2001 Released c1, 2003 Abandoned c1", rings="2003",
                    caller="2001")
    office.play(
        ("2001: INVITE 3800 o1", "other: INVITE 3800 o1", "2001 Dialing c2"),
        ("other: 302 2003@gateway", "gateway: INVITE 2003 o1"),
        ("gateway: 200 a1", "gateway: ACK; 2001: 200 a1",
         "2001 Established c2"),
        ("2001: ACK",))
    office.ends(by="2001", other="gateway", call="c2")
    office.close()
