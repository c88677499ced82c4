"""TReconnectCall while the consulted phone rings: it is cancelled, and the
caller is taken back (M27)."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY)
    consult.rings_in_two_dialogs(office)
    office.play(
        ("2003: 180", "", "2003 Ringing c2"),
        ("ReconnectCall 2002 c1 c2",
         "2002': ACK o2(inactive); 2002': BYE; 2003: CANCEL; "
         "gateway: re-INVITE",
          "2002 Released c2, 2003 Abandoned c2"),
        ("2003: 487",),
        ("gateway: 200 to re-INVITE o5", "2002: re-INVITE o5"),
        ("2002: 200 to re-INVITE a5", "2002: ACK; gateway: ACK a5",
         "2002 Retrieved c1"))
    office.ends()
    office.close()
