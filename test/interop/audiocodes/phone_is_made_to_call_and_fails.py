"""3pcc make call that fails: the phone does not answer, the called one is
busy, the phone does not know REFER, the client changes its mind (M9)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False},
                    only={"2004": {"refer_enabled": True}})
    office.play(
        ("MakeCall 2001 2002", "2001: INVITE"),
        ("2001: 486", "", "2001 Error c1 BUSY"),
        ("MakeCall 2001 2002", "2001: INVITE"),
        ("2001: 200 o1", "2002: INVITE o1", "2001 Dialing c2"),
        ("2002: 486", "2001: ACK o1(inactive); 2001: BYE",
         "2001 DestinationBusy c2 Busy, 2001 Released c2 Busy"),
        ("MakeCall 2001 2002", "2001: INVITE"),
        ("2001: 180",),
        ("ReleaseCall 2001 c3", "2001: CANCEL", "2001 Error c3 CANCELLED"),
        ("2001: 487",),
        ("MakeCall 2004 2002", "2004: REFER sip:2002@switch"),
        ("2004: 405 to REFER", "", "2004 Error c4 UNSUPPORTED"),
        ("MakeCall 2004 2002", "2004: REFER sip:2002@switch"),
        ("2004: 202 to REFER",),
        ("2004: NOTIFY 603", "2004: 200 to NOTIFY", "2004 Error c5 REJECTED"))
    office.refuses("MakeCall 2001 7777", "INVALID_CALLED_DN")
    office.refuses("MakeCall gateway 2002", "INVALID_CALLING_DN")
    office.close()
