"""`subscribe-presence-domain` and `-from`: they make the request URI, To and
From. Without them it is the trunk's address, and the switch's own; a change
means another subscription."""

from notifier import Subscription, watch
from office import Office


def play(stage):
    office = Office(stage)
    office.set_dn("2002", subscribe_presence="gateway")
    plain = Subscription(office).grant()
    at = office.peers["gateway"].address
    assert plain.asked.uri == f"sip:2002@{at}", plain.asked
    assert plain.asked.get("To") == f"<sip:2002@{at}>", plain.asked
    assert plain.asked.get("From").startswith("<sip:127.0.0.1>;tag=")
    plain.tells("open")

    phone = watch(office).grant()
    assert phone.asked.uri == "sip:2002@test.example", phone.asked
    leaving = plain.next()
    assert leaving.get("Expires") == "0", leaving
    plain.grant(request=leaving)
    phone.tells("open")
    office.close()
