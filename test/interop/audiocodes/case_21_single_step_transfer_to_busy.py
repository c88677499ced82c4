"""Case 21, by re-INVITE: a single-step transfer to a busy DN ends in
EventError, and the call is as it was (M21)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False}, {"refer_enabled": False})
    office.inbound()
    office.play(
        ("SingleStepTransfer 2002 c1 2003", "2003: INVITE"),
        ("2003: 486", "", "2002 Error c1 BUSY"))
    error = office.client.last("2002 Error c1 BUSY")
    assert error.request_id == str(office.client.asked), error
    office.ends(by="2002", other="gateway")
    office.close()
