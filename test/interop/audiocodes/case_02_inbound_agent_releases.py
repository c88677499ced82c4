"""Case 2: an inbound call to an agent, who releases it, by the phone and by
the client (M3)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    office.ends(by="2002", other="gateway")
    office.play(
        ("gateway: INVITE 2002 o2", "2002: INVITE o2"),
        ("2002: 200 a2", "2002: ACK; gateway: 200 a2",
         "2002 Ringing c2, 2002 Established c2"),
        ("gateway: ACK",),
        ("ReleaseCall 2002 c2", "2002: BYE; gateway: BYE", "2002 Released c2"))
    office.close()
