"""A phone that refuses by 488 to be taken back is asked once, and not again
and again."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY)
    office.inbound()
    office.play(
        ("HoldCall 2002 c1",
         "gateway: re-INVITE a1(inactive); 2002: re-INVITE o1(inactive)"),
        ("gateway: 200 to re-INVITE h1(inactive)", "gateway: ACK"),
        ("2002: 200 to re-INVITE h2(inactive)", "2002: ACK", "2002 Held c1"),
        ("RetrieveCall 2002 c1", "gateway: re-INVITE"),
        ("gateway: 200 to re-INVITE o3", "2002: re-INVITE o3"),
        ("2002: 488 to re-INVITE", "gateway: ACK o3(inactive)",
         "2002 Error c1 UNSUPPORTED"))
    office.ends()
    office.close()
