"""The office in which the cases of call control are played: phones 2001 to 2004
that have registered, the trunk "gateway" for numbers that begin with 1, the
trunk "other" for those that begin with 3, and a client of the control plane.
Trunks are moved by re-INVITE, unless a case says otherwise.

A case is a table. Each row is what happens, what peers then get, and which
events the client then sees, in the language of test/actors: `2002: 200 a1` is
said by a peer, `HoldCall 2002 c1` asked by the client, `later` lets the time of
an option pass. `2002'` is the second dialog of phone 2002. `o1` names a
description of media; `o1(inactive)` is the same one with another direction.
Peers answer BYE, CANCEL and NOTIFY for REFER, and send ACK for failures, by
themselves; audit.py checks that, and whatever else no row says.
"""

import re

import audit
from client import Client
from leg import Leg
from message import param, sdp, uri_of, user_of
from switch import extension, trunk

PHONES = ("2001", "2002", "2003", "2004")
TRUNKS = {"gateway": "1", "other": "3"}
SIPFRAG = "message/sipfrag"
HELD = re.compile(rb"c=IN IP4 [0-9.]+\r\n|a=(?:inactive|sendonly|recvonly|"
                  rb"sendrecv)\r\n")
PATIENCE_S = 8
# What the words of a request are besides its DN and its calls.
WORDS = {"SendDtmf": ["digits"], "LoginAgent": ["agent_id"],
         "SetAgentNotReady": ["reason"], "SetForward": ["destination", "mode"]}


def bare(body):
    """Less what a hold changes, and less the origin."""
    return HELD.sub(b"", re.sub(rb"o=[^\r]*\r\n", b"", body))


def direction_of(body):
    """"", or why nothing, or nothing one way, is to be heard."""
    if b"c=IN IP4 0.0.0.0" in body:
        return "0.0.0.0"
    found = re.search(rb"a=(inactive|sendonly|recvonly)", body)
    return found[1].decode() if found else ""


def softswitch(peer, **options):
    """A softswitch with that peer's address. Phones without a contact of their
    own are there."""
    return {**trunk("softswitch", peer.port, service_type="softswitch",
                    **options), "type": "voip-service"}


class Dialog(Leg):
    """A leg, and what the table has to know about it."""

    def __init__(self, peer, name):
        super().__init__(peer)
        self.name = name
        self.over = False
        self.got = {}  # method: the last request that came
        self.versions = 0


class Office:
    def __init__(self, stage, phones=None, trunks=None, switch=None, dns=(),
                 only=None, agents=()):
        """`phones` and `trunks` are options of all of them, `only` those of
        single DNs, `switch` those of the switch, `dns` other DNs, `agents` rows
        of the configuration."""
        self.stage = stage
        self.patience_s = PATIENCE_S
        control = stage.port()
        only = only or {}
        ports = {name: stage.port() for name in TRUNKS}
        self.switch = stage.switch(
            switch, [*(extension(x, **{**(phones or {}), **only.get(x, {})})
                       for x in PHONES),
                     *(trunk(name, ports[name], **{
                         "prefix": prefix, "refer_enabled": False,
                       **(trunks or {}),
                         **only.get(name, {})})
                       for name, prefix in TRUNKS.items()), *dns],
            start=False, control=f"127.0.0.1:{control}", agents=list(agents))
        self.peers = {x: stage.peer(x, port=ports[x]) for x in TRUNKS}
        for gateway in self.peers.values():
            gateway.always["OPTIONS"] = 200
        self.switch.start()
        self.client = Client(f"127.0.0.1:{control}")
        self.peers |= {x: stage.phone(x, only.get(x, {}).get("password"))
                       for x in PHONES}
        self.watchman = stage.peer("watchman")
        self.dialogs = []
        self.bodies = {}  # name: description
        self.heard = {}  # who: what it got and no row has named
        self.rows_seen = 0
        self.expect("", ", ".join(f"{x} DnBackInService" for x in PHONES))

    # -- the table ------------------------------------------------------------

    def play(self, *rows):
        for row in rows:
            what, wire, events = (*row, "", "")[:3]
            try:
                self.happen(what.split())
                self.expect(wire, events)
            except AssertionError as error:
                raise AssertionError(f"after `{what}`: {error}") from None

    def refuses(self, what, reason):
        """The request is refused, and nothing comes of it."""
        found = self.ask(what.split())
        assert found == reason, f"`{what}` was {found or 'accepted'}"
        self.expect("", "")

    def expect(self, wire, events):
        """Waits until peers and client have got exactly this."""
        wanted = {}
        for part in filter(None, wire.split("; ")):
            who, _, text = part.partition(": ")
            wanted.setdefault(who, []).append(text)
        rows = [x for x in events.split(", ") if x]

        def now():
            self.hear()
            return self.heard == wanted and self.new_events() == rows

        try:
            self.stage.until(now, "it", self.patience_s, every=0.01)
            # Whatever else has been caused is on the wire before this answer.
            assert self.watchman.ask("OPTIONS").status == 200
            assert now()
        except AssertionError:
            raise AssertionError(
                f"peers got {self.heard}, not {wanted}; events are "
                f"{self.new_events()}, not {rows}") from None
        self.heard = {}
        self.rows_seen += len(rows)

    def new_events(self):
        return self.client.rows[self.rows_seen:]

    def set(self, **options):
        """Other options of the switch; calls in progress stay."""
        self.switch.options.update(
            (k.replace("_", "-"), v) for k, v in options.items())
        self.switch.reload()

    def set_dn(self, number, **options):
        """Other options of a DN."""
        found = next(x for x in self.switch.config["dns"]
                     if x["number"] == number)
        found["options"].update(extension(number, **options)["options"])
        self.switch.reload()

    def add(self, dn):
        """Another DN."""
        self.switch.config["dns"].append(dn)
        self.switch.reload()

    def log_in(self, agent, dn, then="Ready"):
        """An agent begins to work."""
        self.play((f"LoginAgent {dn} {agent}", "",
                   f"{dn} AgentLogin, {dn} Agent{then}"))

    def rings(self, phone, call="c1"):
        """A caller from outside calls a phone."""
        self.play(
            (f"gateway: INVITE {phone} o1", f"{phone}: INVITE o1"),
            (f"{phone}: 180", "gateway: 180", f"{phone} Ringing {call}"))

    def gives_up(self, events, rings="", caller="gateway"):
        """The caller hangs up before the answer."""
        self.play((f"{caller}: CANCEL", f"{caller}: 487" + (
            f"; {rings}: CANCEL" if rings else ""), events))
        if rings:
            self.play((f"{rings}: 487",))

    def inbound(self):
        """A caller from outside talks to 2002."""
        self.play(
            ("gateway: INVITE 2002 o1", "2002: INVITE o1"),
            ("2002: 180", "gateway: 180", "2002 Ringing c1"),
            ("2002: 200 a1", "2002: ACK; gateway: 200 a1",
             "2002 Established c1"),
            ("gateway: ACK",))

    def ends(self, by="gateway", other="2002", call="c1"):
        """The caller outside, or the phone, hangs up."""
        released = next(x.rstrip("'") for x in (other, by)
                        if x not in TRUNKS)
        self.play((f"{by}: BYE", f"{by}: 200 to BYE; {other}: BYE",
                   f"{released} Released {call}"))

    def close(self, unanswered=()):
        """What holds after every case; peers have not answered the INVITEs of
        these Call-IDs."""
        self.stage.check()
        self.hear()
        assert not self.heard, f"peers also got {self.heard}"
        assert not self.new_events(), f"also {self.new_events()}"
        self.stage.until(lambda: not self.client.living, "EventCallDeleted")
        self.client.close()
        audit.check(self.stage, unanswered)

    # -- what happens ---------------------------------------------------------

    def happen(self, words):
        if words == ["later"]:
            return
        if not words[0].endswith(":"):
            refused = self.ask(words)
            assert not refused, f"it was refused: {refused}"
            return
        who, rest = words[0][:-1], words[1:]
        if rest[0] == "INVITE":
            self.call(self.peers[who], *rest[1:])
        elif rest[0][0].isdigit():
            self.respond(self.dialog(who), rest)
        else:
            self.request(self.dialog(who), rest)

    def ask(self, words):
        method, fields = words[0], {"dn": words[1]}
        calls = [self.client.call_id(x) for x in words[2:]
                 if re.fullmatch(r"c\d+", x)]
        others = words[2 + len(calls):]
        if method == "RouteCall":
            self.client.route(words[1], *calls, *others)
            return ""
        fields.update(zip(WORDS.get(method, ["destination"]), others))
        if "mode" in fields:
            fields["mode"] = f"FORWARD_MODE_{fields['mode'].upper()}"
        if len(calls) == 2:
            fields["held_call_id"], fields["current_call_id"] = calls
        elif calls:
            fields["call_id"] = calls[0]
        return self.client.ask(method, **fields)

    def call(self, peer, number, body="", _=None, replaced=None):
        asked = getattr(peer, "referred_to", "")
        other = self.dialog(replaced) if replaced else None
        leg = peer.call(number, self.body(body, peer),
                        [("Replaces", f"{other.call_id}"
                          f";to-tag={param(other.remote, 'tag')}"
                          f";from-tag={param(other.local, 'tag')}")]
                        if other else [],
                        uri=asked if user_of(f"<{asked}>") == number else None)
        made = self.new_dialog(peer)
        made.__dict__.update(leg.__dict__)

    def respond(self, dialog, words):
        status, body, headers = int(words[0]), "", []
        request = dialog.invite
        if words[1:2] == ["to"]:
            request, words = dialog.got[words[2]], words[2:]
        if status == 302:
            number, _, at = words[1].partition("@")
            headers = [("Contact",
                        f"<sip:{number}@{self.peers[at].address}>")]
        elif words[1:]:
            body = self.body(words[1], dialog.peer, dialog)
        dialog.reply(request, status, body, headers)
        if request is dialog.invite and status >= 300:
            dialog.over = True

    def request(self, dialog, words):
        method, headers, body, kind = words[0], [], b"", "application/sdp"
        rest = words[1:]
        if method == "ACK":
            dialog.ack(body=self.body(rest[0], dialog.peer, dialog)
                       if rest else b"")
            return
        if method == "CANCEL":
            dialog.cancel()
            return
        if method == "REFER":
            headers = [("Refer-To", self.refer_to(*rest)),
                       ("Referred-By", f"<sip:{dialog.peer.user}"
                                       f"@{self.switch.at}>"),
                       ("Contact", dialog.peer.contact)]
        elif method == "NOTIFY":
            over = rest[0] != "100"
            headers = [("Event", "refer"),
                       ("Subscription-State", "terminated;reason=noresource"
                        if over else "active;expires=60"),
                       ("Contact", dialog.peer.contact)]
            body, kind = f"SIP/2.0 {rest[0]} Whatever\r\n", SIPFRAG
        elif rest:
            body = self.body(rest[0], dialog.peer, dialog)
        dialog.request(method.removeprefix("re-"), body, headers, kind)

    def refer_to(self, number, _=None, replaced=None):
        """As phones write it (RFC 5589 §7)."""
        uri = f"sip:{number}@{self.switch.at}"
        if replaced:
            other = self.dialog(replaced)
            uri += (f"?Replaces={other.call_id}"
                    f"%3Bto-tag%3D{param(other.remote, 'tag')}"
                    f"%3Bfrom-tag%3D{param(other.local, 'tag')}")
        return f"<{uri}>"

    def body(self, name, peer, dialog=None):
        """A description by its name; `h2(sendonly)` has that direction."""
        if not name:
            return ""
        plain, _, direction = name.rstrip(")").partition("(")
        if plain not in self.bodies:
            self.bodies[plain] = 40000 + 2 * len(self.bodies)
        version = 1
        if dialog:
            dialog.versions += 1
            version += dialog.versions
        hole = direction == "0.0.0.0"
        text = sdp(self.bodies[plain], user=peer.user, version=version,
                   direction=None if hole else direction,
                   connection="0.0.0.0" if hole else None)
        return text.replace("s=-", f"s={plain}")

    # -- what peers get -------------------------------------------------------

    def dialog(self, name):
        return next(x for x in reversed(self.dialogs) if x.name == name)

    def new_dialog(self, peer):
        name = peer.user
        while any(x.name == name and not x.over for x in self.dialogs):
            name += "'"
        self.dialogs.append(Dialog(peer, name))
        return self.dialogs[-1]

    def hear(self):
        for peer in self.peers.values():
            for message in list(peer.inbox):
                peer.inbox.remove(message)
                self.hear_one(peer, message)

    def hear_one(self, peer, message):
        dialog = next((x for x in reversed(self.dialogs) if x.peer is peer
                       and x.call_id == message.get("Call-ID")), None)
        if not dialog:
            dialog = self.rung(peer, message)
        text = self.said(dialog, message) if message.is_request \
            else self.answered(dialog, message)
        if text:
            self.heard.setdefault(dialog.name, []).append(text)

    def rung(self, peer, message):
        assert message.method in ("INVITE", "REFER"), message.start
        user = user_of(f"<{message.uri}>")
        assert peer.user in TRUNKS or user == peer.user, message.start
        dialog = self.new_dialog(peer)
        dialog.invite = message
        dialog.call_id = message.get("Call-ID")
        dialog.local = message.get("To") + f";tag=of-{peer.user}"
        dialog.remote = message.get("From")
        dialog.target = uri_of(message.get("Contact"))
        dialog.cseq = 100
        return dialog

    def said(self, dialog, x):
        method = x.method
        again = method == "INVITE" and bool(param(x.get("To"), "tag"))
        method = "re-INVITE" if again else method
        if method == "ACK" and self.refused(dialog, x):
            return None
        dialog.got[method] = x
        if again and x.get("Contact"):
            dialog.target = uri_of(x.get("Contact"))
        if method in ("BYE", "CANCEL") or x.get("Event").startswith("refer"):
            dialog.reply(x, 200)
            dialog.over = dialog.over or method == "BYE"
        if method == "INVITE" and dialog.peer.user in TRUNKS:
            method += " " + user_of(f"<{x.uri}>")
        if method == "REFER":
            # Who it leads to: a DN of ours, or a peer outside.
            at = uri_of(x.get("Refer-To"))
            method += " " + at.partition(";")[0].replace(self.switch.at,
                                                         "switch")
            dialog.peer.referred_to = at
        if method == "NOTIFY":
            method += " " + x.get("Event").partition(";")[0]
        return method + self.token(x)

    def refused(self, dialog, ack):
        """Is it for a failure that the peer sent?"""
        sent = next((m for p, way, m in reversed(self.stage.notes)
                     if p is dialog.peer and way == "->" and m.status >= 200
                     and m.get("Call-ID") == dialog.call_id
                     and m.get("CSeq") == f"{ack.cseq} INVITE"), None)
        return sent is not None and sent.status >= 300

    def answered(self, dialog, x):
        sent = dialog.sent(x.method, x.cseq)
        first = x.method == "INVITE" and not param(sent.get("To"), "tag")
        if x.method == "CANCEL":
            return None
        if x.method == "INVITE":
            dialog.learn(x)
            dialog.response = x
            if x.status >= 300:
                dialog.ack(x)
                dialog.over = dialog.over or first
        if x.method == "BYE":
            dialog.over = True
        text = str(x.status)
        if x.status == 302:
            text += " " + uri_of(x.get("Contact"))
        if not first:
            text += f" to {'re-' if x.method == 'INVITE' else ''}{x.method}"
        return text + self.token(x)

    def token(self, x):
        """" o1", " o1(inactive)", or the first line of what is not SDP."""
        if not x.body:
            return ""
        if not x.get("Content-Type").startswith("application/sdp"):
            return " " + x.text.splitlines()[0]
        name = re.search(r"s=(\S+)", x.text)[1]
        if name == "-":
            name = "black-hole"
        else:
            self.check_relayed(name, x.body)
        direction = direction_of(x.body)
        return " " + name + (f"({direction})" if direction else "")

    def check_relayed(self, name, body):
        """But for origin and direction it is what a peer has said."""
        said = [m.body for _, way, m in self.stage.notes if way == "->"
                and f"s={name}\r\n".encode() in m.body]
        assert bare(body) in map(bare, said), f"{name} became {body}"
