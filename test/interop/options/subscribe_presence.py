"""`subscribe-presence` taken away: the subscription is left with Expires: 0, and
what the phone was busy with counts no more. Given again, there is a new one."""

from notifier import Subscription, watch
from office import Office


def play(stage):
    office = Office(stage)
    phone = watch(office).grant()
    office.log_in("ada", "2002")
    phone.tells("closed", "2002 AgentNotReady")
    office.set_dn("2002", subscribe_presence="")
    leaving = phone.next()
    assert leaving.get("Expires") == "0", leaving
    phone.grant(request=leaving)
    assert phone.notify(state="terminated;reason=timeout") == 200
    office.expect("", "2002 AgentReady")
    assert phone.notify(state="active") == 481

    office.set_dn("2002", subscribe_presence="gateway")
    again = Subscription(office).grant()
    assert again.call_id != phone.call_id
    again.tells("closed", "2002 AgentNotReady")
    again.tells("open", "2002 AgentReady")
    office.close()
