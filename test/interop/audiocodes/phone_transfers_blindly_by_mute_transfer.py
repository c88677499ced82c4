"""3pcc blind transfer in one request: TMuteTransfer does not wait for an
answer (M20)."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY)
    consult.rings_in_two_dialogs(office, "MuteTransfer 2002 c1 2003")
    office.play(
        ("2003: 180", "2002': ACK o2(inactive); 2002': BYE; 2002: BYE",
         "2003 Ringing c2, 2002 Released c2 Transferred, "
         "2002 Released c1 Transferred, 2003 PartyChanged c1 Transferred"),
        ("2003: 200 a2", "2003: ACK; gateway: re-INVITE",
         "2003 Established c1"),
        ("gateway: 200 to re-INVITE o3", "2003: re-INVITE o3"),
        ("2003: 200 to re-INVITE a3", "2003: ACK; gateway: ACK a3"))
    office.ends(by="2003", other="gateway")
    office.close()
