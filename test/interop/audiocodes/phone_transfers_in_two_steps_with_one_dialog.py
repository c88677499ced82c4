"""3pcc two-step transfer with `dual-dialog-enabled: false`: the phone is moved
between its calls by re-INVITE, and gets one BYE (M18)."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.ONE_DIALOG, consult.GATEWAY)
    consult.in_one_dialog(office)
    office.play(
        ("CompleteTransfer 2002 c1 c2", "2002: BYE; gateway: re-INVITE",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred, "
         "2003 PartyChanged c1 Transferred"),
        ("gateway: 200 to re-INVITE o3", "2003: re-INVITE o3"),
        ("2003: 200 to re-INVITE a3", "2003: ACK; gateway: ACK a3"))
    office.ends(by="2003", other="gateway")
    office.close()
