"""3pcc hold and retrieve by NOTIFY hold and NOTIFY talk (`sip-cti-control`):
the events come with the phone's re-INVITE; a phone that refuses is an
error."""

from office import Office


def play(stage):
    office = Office(stage, {"sip_cti_control": ["talk", "hold"]})
    office.inbound()
    office.play(
        ("HoldCall 2002 c1", "2002: NOTIFY hold"),
        ("2002: 200 to NOTIFY",),
        ("2002: re-INVITE h2(sendonly)", "gateway: re-INVITE h2(sendonly)"),
        ("gateway: 200 to re-INVITE a2(recvonly)",
         "gateway: ACK; 2002: 200 to re-INVITE a2(recvonly)",
         "2002 Held c1"),
        ("2002: ACK",),
        ("RetrieveCall 2002 c1", "2002: NOTIFY talk"),
        ("2002: 200 to NOTIFY",),
        ("2002: re-INVITE o3", "gateway: re-INVITE o3"),
        ("gateway: 200 to re-INVITE a3",
         "gateway: ACK; 2002: 200 to re-INVITE a3", "2002 Retrieved c1"),
        ("2002: ACK",),
        ("HoldCall 2002 c1", "2002: NOTIFY hold"),
        ("2002: 489 to NOTIFY", "", "2002 Error c1 REJECTED"))
    office.ends()
    office.close()
