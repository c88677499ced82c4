"""M32: a DN whose calls all go elsewhere never rings; forwards that go round
in circles end."""

from office import Office


def play(stage):
    office = Office(stage)
    office.play(
        ("SetForward 2002 2003 unconditional", "",
         "2002 ForwardSet unconditional"),
        ("gateway: INVITE 2002 o1", "2003: INVITE o1"),
        ("2003: 180", "gateway: 180", "2003 Ringing c1 Forwarded"),
        ("2003: 200 a1", "2003: ACK; gateway: 200 a1", "2003 Established c1"),
        ("gateway: ACK",))
    ringing = office.client.last("2003 Ringing c1 Forwarded")
    assert ringing.third_party_dn == "2002", ringing
    office.ends(other="2003")
    office.play(
        ("SetForward 2003 2002 unconditional", "",
         "2003 ForwardSet unconditional"),
        ("gateway: INVITE 2002 o1", "gateway: 480"),
        ("CancelForward 2002", "", "2002 ForwardCancelled"),
        ("gateway: INVITE 2003 o1", "2002: INVITE o1"),
        ("2002: 486", "gateway: 486"))
    office.refuses("SetForward 2002 2002 on_busy", "INVALID_CALLED_DN")
    office.close()
