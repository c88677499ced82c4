"""Case 20: a single-step transfer to a number outside, by REFER on the leg of the
gateway, which calls past the switch (oosp-transfer-enabled)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False},
                    only={"gateway": {"refer_enabled": True,
                                      "oosp_transfer_enabled": True}})
    other = office.peers["other"].address
    office.inbound()
    office.play(
        ("SingleStepTransfer 2002 c1 3800", f"gateway: REFER sip:3800@{other}"),
        ("gateway: 202 to REFER",),
        ("gateway: NOTIFY 100", "gateway: 200 to NOTIFY"),
        ("gateway: NOTIFY 200",
         "gateway: 200 to NOTIFY; 2002: BYE; gateway: BYE",
         "2002 Released c1 Transferred"))
    released = office.client.last("2002 Released c1 Transferred")
    assert released.third_party_dn == "3800", released
    office.close()
