"""Case 15 with `dual-dialog-enabled: false`: alternate, back, and reconnect
move the one dialog of the phone (M26, M27)."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.ONE_DIALOG, consult.GATEWAY)
    consult.in_one_dialog(office)
    office.play(
        ("AlternateCall 2002 c1 c2",
         "2002: re-INVITE o2(inactive); 2003: re-INVITE a2(inactive)"),
        ("2003: 200 to re-INVITE h4(inactive)", "2003: ACK"),
        ("2002: 200 to re-INVITE h3(inactive)",
         "2002: ACK; gateway: re-INVITE", "2002 Held c2"),
        ("gateway: 200 to re-INVITE o5", "2002: re-INVITE o5"),
        ("2002: 200 to re-INVITE a5", "2002: ACK; gateway: ACK a5",
         "2002 Retrieved c1"),
        ("AlternateCall 2002 c2 c1",
         "gateway: re-INVITE a5(inactive); 2002: re-INVITE o5(inactive)"),
        ("gateway: 200 to re-INVITE h6(inactive)", "gateway: ACK"),
        ("2002: 200 to re-INVITE h7(inactive)",
         "2002: ACK; 2002: re-INVITE", "2002 Held c1"),
        ("2002: 200 to re-INVITE o8", "2003: re-INVITE o8"),
        ("2003: 200 to re-INVITE a8", "2003: ACK; 2002: ACK a8",
         "2002 Retrieved c2"),
        ("ReconnectCall 2002 c1 c2", "2003: BYE; gateway: re-INVITE",
         "2002 Released c2, 2003 Released c2"),
        ("gateway: 200 to re-INVITE o9", "2002: re-INVITE o9"),
        ("2002: 200 to re-INVITE a9", "2002: ACK; gateway: ACK a9",
         "2002 Retrieved c1"))
    office.ends()
    office.close()
