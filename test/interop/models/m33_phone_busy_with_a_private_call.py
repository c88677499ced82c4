"""Pending: nobody subscribes to the presence of phones (`subscribe-presence`),
so a call that the switch has no part in leaves the agent ready.

M33: such a call makes the agent not ready, and ready again at its end; no
event of a call is seen."""

import secrets

from leg import Leg
from message import uri_of
from office import Office

PIDF = "application/pidf+xml"


def status(basic):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:2002@test.example">
<tuple id="1"><status><basic>{basic}</basic></status></tuple></presence>"""


def play(stage):
    office = Office(stage)
    gateway = office.peers["gateway"]
    office.set_dn("gateway", subscribe_presence_domain="test.example",
                  subscribe_presence_from="sip:office@test.example",
                  subscribe_presence_expire=600)
    office.set_dn("2002", subscribe_presence="gateway")
    asked = gateway.take(lambda m: m.method == "SUBSCRIBE", "SUBSCRIBE")
    assert asked.uri == "sip:2002@test.example", asked
    assert asked.get("Event") == "presence", asked
    leg = Leg(gateway)
    leg.call_id, leg.remote = asked.get("Call-ID"), asked.get("From")
    leg.local = f"{asked.get('To')};tag={secrets.token_hex(4)}"
    leg.target = uri_of(asked.get("Contact"))
    leg.reply(asked, 200, headers=[("Expires", asked.get("Expires")),
                                   ("Contact", gateway.contact)])
    office.log_in("ada", "2002")
    for basic, state in (("closed", "NotReady"), ("open", "Ready")):
        assert leg.ask("NOTIFY", status(basic), [
            ("Event", "presence"), ("Contact", gateway.contact),
            ("Subscription-State", "active;expires=600")],
            PIDF).status == 200
        office.expect("", f"2002 Agent{state}")
    office.close()
