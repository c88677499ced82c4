"""3pcc one-step transfer between phones: the other party sees who it talks to
now (M21)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False})
    office.play(
        ("2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing c1"),
        ("2002: 180", "2001: 180", "2002 Ringing c1"),
        ("2002: 200 a1", "2002: ACK; 2001: 200 a1",
         "2001 Established c1, 2002 Established c1"),
        ("2001: ACK",),
        ("SingleStepTransfer 2002 c1 2003", "2003: INVITE"),
        ("2003: 180", "", "2003 Ringing c1"),
        ("2003: 200 o2", "2002: BYE; 2001: re-INVITE o2",
         "2003 Established c1, 2002 Released c1 Transferred, "
         "2001 PartyChanged c1 Transferred"),
        ("2001: 200 to re-INVITE a2", "2001: ACK; 2003: ACK a2"))
    changed = office.client.last("2001 PartyChanged c1 Transferred")
    assert changed.other_dn == "2003", changed
    assert changed.third_party_dn == "2002", changed
    office.play(("2001: BYE", "2001: 200 to BYE; 2003: BYE",
                 "2001 Released c1, 2003 Released c1"))
    office.close()
