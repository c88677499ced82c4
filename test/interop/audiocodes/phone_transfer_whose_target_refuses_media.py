"""A target that refuses the offer of the caller by 488 is asked once: no storm
of re-INVITEs to both."""

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
        ("2003: 488 to re-INVITE", "gateway: ACK o3(inactive)",
         "2003 Error c1 UNSUPPORTED"))
    office.ends(by="gateway", other="2003")
    office.close()
