"""RFC 3725 flow I leaves the phone's 200 without ACK until the other side
answers: repetitions change nothing, and after the ACK get it again (RFC 3261
13.2.2.4)."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False})
    office.play(
        ("MakeCall 2001 1800", "2001: INVITE"),
        ("2001: 180",),
        ("2001: 200 o1", "gateway: INVITE 1800 o1", "2001 Dialing c1"))
    phone = office.peers["2001"]
    accepted = phone.replies[office.dialog("2001").invite.branch, "INVITE"]
    for _ in range(3):
        phone.send_raw(accepted)
        office.expect("", "")
    office.play(
        ("gateway: 180",),
        ("gateway: 200 a1", "gateway: ACK; 2001: ACK a1",
         "2001 Established c1"))
    phone.send_raw(accepted)
    stage.until(lambda: phone.repeats == 1, "the same ACK")
    office.play(
        ("ReleaseCall 2001 c1", "2001: BYE; gateway: BYE", "2001 Released c1"))
    office.close()
