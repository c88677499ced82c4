"""Case 10: TMakeCall to an external number by REFER to the phone, whose INVITE
then belongs to the call that the client asked for (M8)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": True})
    office.play(
        ("MakeCall 2001 1800", "2001: REFER sip:1800@switch"),
        ("2001: 202 to REFER",),
        ("2001: NOTIFY 100", "2001: 200 to NOTIFY"),
        ("2001: INVITE 1800 o1", "gateway: INVITE 1800 o1", "2001 Dialing c1"),
        ("gateway: 180", "2001': 180"),
        ("gateway: 200 a1", "gateway: ACK; 2001': 200 a1",
         "2001 Established c1"),
        ("2001': ACK",),
        ("2001: NOTIFY 200", "2001: 200 to NOTIFY"))
    office.ends(by="2001'", other="gateway")
    office.close()
