"""3pcc two-step transfer to a number outside: who leaves are both its dialogs,
who stay are two gateways (M18)."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY)
    office.inbound()
    consult.holds(office, "InitiateTransfer 2002 c1 3800", "2002': INVITE")
    office.play(
        ("2002': 200 o2", "other: INVITE 3800 o2", "2002 Dialing c2"),
        ("other: 183 e2", ""),
        ("other: 200 e2", "other: ACK; 2002': ACK e2", "2002 Established c2"),
        ("CompleteTransfer 2002 c1 c2",
         "2002': BYE; 2002: BYE; gateway: re-INVITE",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred"),
        ("gateway: 200 to re-INVITE o3", "other: re-INVITE o3"),
        ("other: 200 to re-INVITE a3", "other: ACK; gateway: ACK a3"),
        ("gateway: BYE", "gateway: 200 to BYE; other: BYE"))
    office.close()
