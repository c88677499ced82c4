"""Case 28: a phone proves itself when it registers and when it calls; who has
no password has no call, and the client hears of none."""

from office import Office

SECRET = {"password": "s3cret", "authenticate_requests": ["register", "invite"]}


def play(stage):
    office = Office(stage, only={"2001": SECRET})
    phone = office.peers["2001"]
    assert phone.register("guess").status in (401, 403)
    phone.call("2002", password="guess").expect(403)
    office.expect("", "")
    leg = phone.call("2002", office.body("o1", phone), password="s3cret")
    office.new_dialog(phone).__dict__.update(leg.__dict__)
    office.expect("2002: INVITE o1", "2001 Dialing c1")
    office.play(
        ("2002: 200 a1", "2002: ACK; 2001: 200 a1",
         "2002 Ringing c1, 2001 Established c1, 2002 Established c1"),
        ("2001: ACK",),
        # Inside the call nobody asks again.
        ("2001: re-INVITE o2", "2002: re-INVITE o2"),
        ("2002: 200 to re-INVITE a2", "2002: ACK; 2001: 200 to re-INVITE a2"),
        ("2001: ACK",),
        ("2001: BYE", "2001: 200 to BYE; 2002: BYE",
         "2001 Released c1, 2002 Released c1"))
    office.close()
