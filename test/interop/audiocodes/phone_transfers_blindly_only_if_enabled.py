"""A transfer to a ringing target without `blind-transfer-enabled` is refused,
and the call can be taken back."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.ONE_DIALOG, consult.GATEWAY)
    consult.rings_in_one_dialog(office)
    office.play(
        ("CompleteTransfer 2002 c1 c2", "",
         "2002 Error c1 INVALID_CALL_STATE"),
        ("2003: 486", "", "2003 Released c2 Busy, "
         "2002 DestinationBusy c2 Busy, 2002 Released c2 Busy"),
        ("RetrieveCall 2002 c1", "gateway: re-INVITE"),
        ("gateway: 200 to re-INVITE o3", "2002: re-INVITE o3"),
        ("2002: 200 to re-INVITE a3", "2002: ACK; gateway: ACK a3",
         "2002 Retrieved c1"))
    office.ends()
    office.close()
