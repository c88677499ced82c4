"""The registrar at a trunk that tells the presence of phones (RFC 3856)."""

import secrets

from leg import Leg
from message import param, uri_of

PIDF = "application/pidf+xml"
DOMAIN = "test.example"


def document(basic):
    """A presence document (RFC 3863)."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:2002@{DOMAIN}">
<tuple id="1"><status><basic>{basic}</basic></status></tuple></presence>"""


def watch(office, phone="2002", expires=600):
    """Sets the options, while the switch runs: the phone is watched over the
    gateway. The first SUBSCRIBE, as the notifier sees it."""
    office.set_dn("gateway", subscribe_presence_domain=DOMAIN,
                  subscribe_presence_from=f"sip:office@{DOMAIN}",
                  subscribe_presence_expire=expires)
    office.set_dn(phone, subscribe_presence="gateway")
    return Subscription(office)


class Subscription(Leg):
    """A dialog that the switch has opened by SUBSCRIBE."""

    def __init__(self, office):
        super().__init__(office.peers["gateway"])
        self.office = office
        self.asked = self.peer.take(
            lambda m: m.method == "SUBSCRIBE" and not param(m.get("To"), "tag"),
            "a first SUBSCRIBE")
        self.call_id, self.remote = self.asked.get("Call-ID"), \
            self.asked.get("From")
        self.local = f"{self.asked.get('To')};tag={secrets.token_hex(4)}"
        self.target = uri_of(self.asked.get("Contact"))

    def grant(self, expires=None, request=None):
        """200 to the first SUBSCRIBE, or to that one."""
        request = request or self.asked
        self.reply(request, 200, headers=[
            ("Expires", str(expires or request.get("Expires"))),
            ("Contact", self.peer.contact)])
        return self

    def next(self, within=10):
        """The next SUBSCRIBE in the dialog."""
        return self.expect("SUBSCRIBE", within=within)

    def notify(self, body="", state="active;expires=600", content_type=PIDF):
        """The status that a NOTIFY gets."""
        return self.ask("NOTIFY", body, [
            ("Event", "presence"), ("Contact", self.peer.contact),
            ("Subscription-State", state)], content_type).status

    def tells(self, basic, events=""):
        """The presence of the phone, and what the client sees of it."""
        assert self.notify(document(basic)) == 200
        self.office.expect("", events)
