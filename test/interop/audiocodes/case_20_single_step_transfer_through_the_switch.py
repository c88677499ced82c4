"""Case 20, without oosp-transfer-enabled: the gateway is asked by REFER to call
the number outside through the switch, and its INVITE belongs to the call."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False},
                    only={"gateway": {"refer_enabled": True}})
    office.inbound()
    office.play(
        ("SingleStepTransfer 2002 c1 3800", "gateway: REFER sip:3800@switch"),
        ("gateway: 202 to REFER",),
        ("gateway: NOTIFY 100", "gateway: 200 to NOTIFY"),
        ("gateway: INVITE 3800 o2", "other: INVITE 3800 o2"),
        ("other: 180", "gateway': 180"),
        ("other: 200 a2", "other: ACK; gateway': 200 a2; 2002: BYE",
         "2002 Released c1 Transferred"),
        ("gateway': ACK",),
        ("gateway: NOTIFY 200", "gateway: 200 to NOTIFY; gateway: BYE"),
        ("gateway': BYE", "gateway': 200 to BYE; other: BYE"))
    office.close()
