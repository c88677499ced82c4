"""M18 when the target changes its media just as it is joined to the caller: both
get 491, and the joining is tried again."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY)
    consult.in_two_dialogs(office)
    office.play(
        ("CompleteTransfer 2002 c1 c2",
         "2002': BYE; 2002: BYE; gateway: re-INVITE",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred, "
         "2003 PartyChanged c1 Transferred"),
        ("gateway: 200 to re-INVITE o3", "2003: re-INVITE o3"),
        ("2003: re-INVITE x4", "2003: 491 to re-INVITE"),
        ("2003: 491 to re-INVITE",
         "gateway: ACK o3(inactive); gateway: re-INVITE"),
        ("gateway: 200 to re-INVITE o5", "2003: re-INVITE o5"),
        ("2003: 200 to re-INVITE a5", "2003: ACK; gateway: ACK a5"))
    office.ends(by="gateway", other="2003")
    office.close()
