"""M33: a call that the switch has no part in makes the agent not ready, and
ready again at its end; no event of a call is seen."""

from notifier import watch
from office import Office


def play(stage):
    office = Office(stage)
    phone = watch(office)
    assert phone.asked.uri == "sip:2002@test.example", phone.asked
    assert phone.asked.get("To") == "<sip:2002@test.example>", phone.asked
    assert phone.asked.get("From").startswith("<sip:office@test.example>;tag=")
    assert phone.asked.get("Event") == "presence", phone.asked
    assert phone.asked.get("Accept") == "application/pidf+xml", phone.asked
    assert phone.asked.get("Expires") == "600", phone.asked
    phone.grant()
    phone.tells("open")
    office.log_in("ada", "2002")
    phone.tells("closed", "2002 AgentNotReady")
    phone.tells("closed")  # a refresh says the same again
    phone.tells("open", "2002 AgentReady")
    office.close()
