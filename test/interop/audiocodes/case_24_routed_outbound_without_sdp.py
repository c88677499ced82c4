"""Case 24, as far as it needs no strategy: a call that comes in is sent out
over another gateway by an INVITE without SDP; the offer is in its 200, the
answer in the ACK."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False}, {"refer_enabled": False})
    office.inbound()
    office.play(
        ("SingleStepTransfer 2002 c1 3800", "other: INVITE 3800"),
        ("other: 180",),
        ("other: 200 o2", "2002: BYE; gateway: re-INVITE o2",
         "2002 Released c1 Transferred"),
        ("gateway: 200 to re-INVITE a2", "gateway: ACK; other: ACK a2"),
        ("other: BYE", "other: 200 to BYE; gateway: BYE"),
        # From trunk to trunk, by a caller who sent no SDP either.
        ("gateway: INVITE 3800", "other: INVITE 3800"),
        ("other: 180", "gateway: 180"),
        ("other: 200 o4", "gateway: 200 o4"),
        ("gateway: ACK a4", "other: ACK a4"),
        ("gateway: BYE", "gateway: 200 to BYE; other: BYE"))
    office.close()
