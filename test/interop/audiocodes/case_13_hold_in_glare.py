"""Case 13 while the caller changes its media: each side gets 491 (RFC 3261
14.2), and the hold is asked for again."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY)
    office.inbound()
    office.play(
        ("HoldCall 2002 c1",
         "gateway: re-INVITE a1(inactive); 2002: re-INVITE o1(inactive)"),
        ("gateway: re-INVITE o5", "gateway: 491 to re-INVITE"),
        ("gateway: 491 to re-INVITE", "gateway: re-INVITE a1(inactive)"),
        ("2002: 200 to re-INVITE h2(inactive)", "2002: ACK", "2002 Held c1"),
        ("gateway: 200 to re-INVITE h1(inactive)", "gateway: ACK"))
    office.ends()
    office.close()
