"""Case 19: single-step transfer to an agent, by a client; the target is
invited without SDP and the caller gets its offer (M21)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False}, {"refer_enabled": False})
    office.inbound()
    office.play(
        ("SingleStepTransfer 2002 c1 2003", "2003: INVITE"),
        ("2003: 180", "", "2003 Ringing c1"),
        ("2003: 200 o2", "2002: BYE; gateway: re-INVITE o2",
         "2003 Established c1, 2002 Released c1 Transferred"),
        ("gateway: 200 to re-INVITE a2", "gateway: ACK; 2003: ACK a2"))
    office.ends(by="gateway", other="2003")
    office.close()
