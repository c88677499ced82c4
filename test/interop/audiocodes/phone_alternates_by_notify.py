"""Case 15 with a phone that is held and taken back by NOTIFY (M26)."""

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
        ("2003: 200 a4", "2003: ACK; 2002': ACK a4",
         "2003 Ringing c2, 2002 Established c2, 2003 Established c2"),
        ("AlternateCall 2002 c1 c2", "2002': NOTIFY hold"),
        ("2002': 200 to NOTIFY",),
        ("2002': re-INVITE h5(sendonly)", "2003: re-INVITE h5(sendonly)"),
        ("2003: 200 to re-INVITE a5(recvonly)",
         "2003: ACK; 2002': 200 to re-INVITE a5(recvonly); 2002: NOTIFY talk",
         "2002 Held c2"),
        ("2002': ACK",),
        ("2002: 200 to NOTIFY",),
        ("2002: re-INVITE o6", "gateway: re-INVITE o6"),
        ("gateway: 200 to re-INVITE a6",
         "gateway: ACK; 2002: 200 to re-INVITE a6", "2002 Retrieved c1"),
        ("2002: ACK",),
        ("ReleaseCall 2002 c2", "2002': BYE; 2003: BYE",
         "2002 Released c2, 2003 Released c2"))
    office.ends()
    office.close()
