"""Case 10: TMakeCall to an external number by RFC 3725 flow I: the phone is
asked for an offer, its 200 is acknowledged with the answer of the gateway
(M8)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False})
    office.play(
        ("MakeCall 2001 1800", "2001: INVITE"),
        ("2001: 180",),
        ("2001: 200 o1", "gateway: INVITE 1800 o1", "2001 Dialing c1"),
        ("gateway: 180",),
        ("gateway: 200 a1", "gateway: ACK; 2001: ACK a1",
         "2001 Established c1"),
        ("ReleaseCall 2001 c1", "2001: BYE; gateway: BYE", "2001 Released c1"))
    office.close()
