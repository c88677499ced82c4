"""TMergeCalls joins two calls that the phone made and took by itself (M18)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    office.play(
        ("2002: re-INVITE h2(sendonly)", "gateway: re-INVITE h2(sendonly)"),
        ("gateway: 200 to re-INVITE a2(recvonly)",
         "gateway: ACK; 2002: 200 to re-INVITE a2(recvonly)", "2002 Held c1"),
        ("2002: ACK",),
        ("2002: INVITE 2003 o3", "2003: INVITE o3", "2002 Dialing c2"),
        ("2003: 200 a3", "2003: ACK; 2002': 200 a3",
         "2003 Ringing c2, 2002 Established c2, 2003 Established c2"),
        ("2002': ACK",),
        ("MergeCalls 2002 c1 c2",
         "2002': BYE; 2002: BYE; gateway: re-INVITE",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred, "
         "2003 PartyChanged c1 Transferred"),
        ("gateway: 200 to re-INVITE o5", "2003: re-INVITE o5"),
        ("2003: 200 to re-INVITE a5", "2003: ACK; gateway: ACK a5"),
        ("2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released c1"))
    office.close()
