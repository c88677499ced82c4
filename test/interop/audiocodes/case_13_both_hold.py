"""Case 12 and 13 at once: the agent holds a caller who holds; when the agent
takes the call back, the caller still holds."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY)
    office.inbound()
    office.play(
        ("gateway: re-INVITE h2(sendonly)", "2002: re-INVITE h2(sendonly)"),
        ("2002: 200 to re-INVITE a2(recvonly)",
         "2002: ACK; gateway: 200 to re-INVITE a2(recvonly)"),
        ("gateway: ACK",),
        ("HoldCall 2002 c1",
         "gateway: re-INVITE a2(inactive); 2002: re-INVITE h2(inactive)"),
        ("2002: 200 to re-INVITE h3(inactive)", "2002: ACK", "2002 Held c1"),
        ("gateway: 200 to re-INVITE h4(inactive)", "gateway: ACK"),
        ("RetrieveCall 2002 c1", "gateway: re-INVITE"),
        ("gateway: 200 to re-INVITE h5(sendonly)",
         "2002: re-INVITE h5(sendonly)"),
        ("2002: 200 to re-INVITE a5(recvonly)",
         "2002: ACK; gateway: ACK a5(recvonly)",
         "2002 Retrieved c1"))
    office.ends()
    office.close()
