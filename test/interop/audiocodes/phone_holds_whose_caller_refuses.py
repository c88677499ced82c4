"""A gateway that refuses to be held has no event of its own, as a party
outside, and does not take the id of the request from EventHeld."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY)
    office.inbound()
    office.play(
        ("HoldCall 2002 c1",
         "gateway: re-INVITE a1(inactive); 2002: re-INVITE o1(inactive)"),
        ("gateway: 488 to re-INVITE",),
        ("2002: 200 to re-INVITE h2(inactive)", "2002: ACK", "2002 Held c1"))
    held = office.client.last("2002 Held c1")
    assert held.request_id == str(office.client.asked), held
    office.ends()
    office.close()
