"""3pcc two-step transfer of a phone that is held by NOTIFY
(`sip-cti-control`); the consult call begins when it has held by itself
(M18)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False,
                            "sip_cti_control": ["talk", "hold"]})
    office.inbound()
    office.play(
        ("InitiateTransfer 2002 c1 2003", "2002: NOTIFY hold"),
        ("2002: 200 to NOTIFY",),
        ("2002: re-INVITE h2(sendonly)", "gateway: re-INVITE h2(sendonly)"),
        ("gateway: 200 to re-INVITE a2(recvonly)",
         "gateway: ACK; 2002: 200 to re-INVITE a2(recvonly); 2002': INVITE",
         "2002 Held c1"),
        ("2002: ACK",),
        ("2002': 200 o2", "2003: INVITE o2", "2002 Dialing c2"),
        ("2003: 180", "", "2003 Ringing c2"),
        ("2003: 200 a4", "2003: ACK; 2002': ACK a4",
         "2002 Established c2, 2003 Established c2"),
        ("CompleteTransfer 2002 c1 c2",
         "2002': BYE; 2002: BYE; gateway: re-INVITE",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred, "
         "2003 PartyChanged c1 Transferred"),
        ("gateway: 200 to re-INVITE o3", "2003: re-INVITE o3"),
        ("2003: 200 to re-INVITE a3", "2003: ACK; gateway: ACK a3"),
        ("gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released c1"))
    office.close()
