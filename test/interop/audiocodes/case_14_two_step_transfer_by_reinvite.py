"""Case 14: a client transfers a call in two steps to another DN; no REFER is
on any wire (M18, `refer-enabled: false`)."""

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
        ("2003: 200 to re-INVITE a3", "2003: ACK; gateway: ACK a3"))
    changed = office.client.last("2003 PartyChanged c1 Transferred")
    assert office.client.name(changed.previous_call_id) == "c2", changed
    assert changed.third_party_dn == "2002", changed
    released = office.client.last("2002 Released c1 Transferred")
    assert released.third_party_dn == "2003", released
    ringing = office.client.last("2003 Ringing c2")
    assert office.client.name(ringing.previous_call_id) == "c1", ringing
    office.ends(by="2003", other="gateway")
    assert not [m for _, _, m in stage.notes if m.method == "REFER"]
    office.close()
