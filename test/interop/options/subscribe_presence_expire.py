"""`subscribe-presence-expire`: the subscription is refreshed in its dialog
before that time is over; 481 to a refresh makes a new one, without a word to
the agent; at the end of the switch it is left."""

from notifier import Subscription, watch
from office import Office


def play(stage):
    office = Office(stage)
    phone = watch(office, expires=2).grant()
    assert phone.asked.get("Expires") == "2", phone.asked
    office.log_in("ada", "2002")
    phone.tells("closed", "2002 AgentNotReady")
    for _ in range(2):
        refresh = phone.next(within=2)
        assert refresh.get("Expires") == "2", refresh
        assert refresh.uri == phone.peer.contact.strip("<>"), refresh
        phone.grant(request=refresh)
    phone.reply(phone.next(within=2), 481)
    again = Subscription(office).grant(60)
    assert again.call_id != phone.call_id
    again.tells("closed")
    again.tells("open", "2002 AgentReady")
    office.close()
    office.switch.stop()
    leaving = again.next()
    assert leaving.get("Expires") == "0", leaving
