"""Case 21: a single-step transfer to a busy DN by REFER on the leg of the
gateway ends in EventError, and the call is as it was (M21)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False},
                    only={"gateway": {"refer_enabled": True}})
    office.inbound()
    office.play(
        ("SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@switch"),
        ("gateway: 202 to REFER",),
        ("gateway: NOTIFY 100", "gateway: 200 to NOTIFY"),
        ("gateway: INVITE 2003 o2", "2003: INVITE o2"),
        ("2003: 486", "gateway': 486", "2002 Error c1 BUSY"),
        ("gateway: NOTIFY 486", "gateway: 200 to NOTIFY"))
    error = office.client.last("2002 Error c1 BUSY")
    assert error.request_id == str(office.client.asked), error
    office.ends(by="2002", other="gateway")
    office.close()
