"""3pcc two-step transfer with `refer-enabled: true`: the phone is asked by
REFER to make the consult call itself (M18)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    office.play(
        ("InitiateTransfer 2002 c1 2003",
         "gateway: re-INVITE a1(0.0.0.0); 2002: re-INVITE o1(0.0.0.0)"),
        ("gateway: 200 to re-INVITE h1", "gateway: ACK"),
        ("2002: 200 to re-INVITE h2",
         "2002: ACK; 2002': REFER sip:2003@switch", "2002 Held c1"),
        ("2002': 202 to REFER",),
        ("2002': NOTIFY 100", "2002': 200 to NOTIFY"),
        ("2002: INVITE 2003 o2", "2003: INVITE o2", "2002 Dialing c2"),
        ("2003: 180", "2002'': 180", "2003 Ringing c2"),
        ("2003: 200 a2", "2003: ACK; 2002'': 200 a2",
         "2002 Established c2, 2003 Established c2"),
        ("2002'': ACK",),
        ("2002': NOTIFY 200", "2002': 200 to NOTIFY"),
        ("CompleteTransfer 2002 c1 c2",
         "2002'': BYE; 2002: BYE; gateway: re-INVITE",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred, "
         "2003 PartyChanged c1 Transferred"),
        ("gateway: 200 to re-INVITE o3", "2003: re-INVITE o3"),
        ("2003: 200 to re-INVITE a3", "2003: ACK; gateway: ACK a3"),
        ("gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released c1"))
    office.close()
