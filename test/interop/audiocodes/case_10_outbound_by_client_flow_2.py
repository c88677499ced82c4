"""Case 10: TMakeCall to an external number by RFC 3725 flow II: the phone gets
a black hole and is acknowledged at once; the offer is the gateway's (M8)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False,
                            "make_call_rfc3725_flow": 2})
    office.play(
        ("MakeCall 2001 1800", "2001: INVITE black-hole(0.0.0.0)"),
        ("2001: 200 a1", "2001: ACK; gateway: INVITE 1800", "2001 Dialing c1"),
        ("gateway: 180",),
        ("gateway: 200 o2", "2001: re-INVITE o2", "2001 Established c1"),
        ("2001: 200 to re-INVITE a2", "2001: ACK; gateway: ACK a2"))
    office.ends(by="gateway", other="2001")
    office.close()
