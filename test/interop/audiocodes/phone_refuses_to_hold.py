"""3pcc hold that the phone refuses by 488 is an error of the request; the call
is as it was."""

import consult
from office import Office


def play(stage):
    office = Office(stage, consult.TWO_DIALOGS, consult.GATEWAY)
    office.inbound()
    office.play(
        ("HoldCall 2002 c1",
         "gateway: re-INVITE a1(inactive); 2002: re-INVITE o1(inactive)"),
        ("gateway: 200 to re-INVITE h1(inactive)", "gateway: ACK"),
        ("2002: 488 to re-INVITE", "gateway: re-INVITE",
         "2002 Error c1 UNSUPPORTED"),
        ("gateway: 200 to re-INVITE o2", "2002: re-INVITE o2"),
        ("2002: 200 to re-INVITE a2", "2002: ACK; gateway: ACK a2"))
    error = office.client.last("2002 Error c1 UNSUPPORTED")
    assert error.request_id == str(office.client.asked), error
    office.ends()
    office.close()
