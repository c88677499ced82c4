"""Case 15: a client alternates between the held and the consult call, and then
reconnects (M26, M27)."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY)
    consult.in_two_dialogs(office)
    office.play(
        ("AlternateCall 2002 c1 c2",
         "2002': re-INVITE a2(inactive); 2003: re-INVITE o2(inactive)"),
        ("2003: 200 to re-INVITE h4(inactive)", "2003: ACK"),
        ("2002': 200 to re-INVITE h3(inactive)",
         "2002': ACK; gateway: re-INVITE", "2002 Held c2"),
        ("gateway: 200 to re-INVITE o5", "2002: re-INVITE o5"),
        ("2002: 200 to re-INVITE a5", "2002: ACK; gateway: ACK a5",
         "2002 Retrieved c1"),
        ("ReconnectCall 2002 c2 c1",
         "gateway: BYE; 2002: BYE; 2002': re-INVITE", "2002 Released c1"),
        ("2002': 200 to re-INVITE o6", "2003: re-INVITE o6"),
        ("2003: 200 to re-INVITE a6", "2003: ACK; 2002': ACK a6",
         "2002 Retrieved c2"),
        ("2003: BYE", "2003: 200 to BYE; 2002': BYE",
         "2003 Released c2, 2002 Released c2"))
    office.close()
