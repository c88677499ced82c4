"""A phone or gateway that says exactly what a test tells it to.

It answers nothing by itself except what a test has asked for with `always`,
and repeated requests, which get the answer they got before.
"""

import secrets
import socket
import ssl

import digest
from leg import SDP, Leg
from message import Message, PHRASES, param, sdp, uri_of


class Peer:
    """One address on the wire. Over TCP and TLS it connects to the switch when
    it first sends; `listen` makes it wait for the switch to connect instead."""

    def __init__(self, stage, user="", transport="udp", host="127.0.0.1",
                 port=None, switch=None, listen=False):
        self.stage = stage
        self.user = user
        self.transport = transport
        self.host = host
        self.port = port or stage.port()
        self.switch = switch or stage.switches[-1]
        self.inbox = []
        self.seen = {}  # what came, to know it when it comes again
        self.replies = {}  # branch and method: answer that was given
        self.always = {}  # method: status for requests that nobody awaits
        self.repeats = 0
        self.requests = 0  # new ones
        self.deaf = False  # throws away what comes
        self.streams = {}  # socket: bytes of an unfinished message
        self.link = None
        self.listener = None
        if transport == "udp":
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            self.socket.bind((host, self.port))
            stage.watch(self.socket, self.read_datagram)
        elif listen:
            self.listener = socket.create_server((host, self.port))
            stage.watch(self.listener, self.accept)

    # -- wire --------------------------------------------------------------------

    def read_datagram(self):
        raw, source = self.socket.recvfrom(65536)
        self.receive(raw, source)

    def accept(self):
        link, _ = self.listener.accept()
        self.add_link(link)

    def add_link(self, link):
        link.setblocking(False)
        self.streams[link] = b""
        self.link = link
        self.stage.watch(link, lambda: self.read_stream(link))

    def connect(self):
        port = self.switch.tls_port if self.transport == "tls" \
            else self.switch.port
        link = socket.create_connection((self.switch.host, port), 5)
        if self.transport == "tls":
            context = ssl.create_default_context(cafile=self.switch.certificate)
            link = context.wrap_socket(link, server_hostname=self.switch.host)
        self.port = link.getsockname()[1]
        self.add_link(link)

    def read_stream(self, link):
        closed = False
        try:
            while True:
                data = link.recv(65536)
                closed = not data
                if closed:
                    break
                self.streams[link] += data
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        except OSError:
            closed = True
        if closed:
            self.close_link(link)
            return
        buffer = self.streams[link].lstrip(b"\r\n")
        while b"\r\n\r\n" in buffer:
            head, _, rest = buffer.partition(b"\r\n\r\n")
            length = int(Message.parse(head).get("Content-Length", "0"))
            if len(rest) < length:
                break
            end = len(head) + 4 + length
            self.receive(buffer[:end], link)
            buffer = buffer[end:].lstrip(b"\r\n")
        self.streams[link] = buffer

    def close_link(self, link):
        self.stage.unwatch(link)
        self.streams.pop(link, None)
        link.close()
        if self.link is link:
            self.link = None

    def close(self):
        """Goes away: the port answers nobody any more."""
        for link in list(self.streams):
            self.close_link(link)
        for s in (self.listener, getattr(self, "socket", None)):
            if s:
                self.stage.unwatch(s)
                s.close()

    def send_raw(self, raw, to=None):
        if isinstance(to, (socket.socket, ssl.SSLSocket)):
            to.sendall(raw)
        elif self.transport == "udp":
            self.socket.sendto(raw, to or (self.switch.host, self.switch.port))
        else:
            if not self.link:
                self.connect()
            self.link.setblocking(True)
            self.link.sendall(raw)
            self.link.setblocking(False)

    def send(self, message, to=None):
        message.raw = message.encode()
        self.stage.note(self, "->", message)
        self.send_raw(message.raw, to)
        return message

    def receive(self, raw, source):
        if self.deaf:
            return
        message = Message.parse(raw)
        message.source = source
        self.stage.note(self, "<-", message)
        key = (message.start, message.branch, message.get("CSeq"),
               message.get("To"), message.get("RSeq"))
        if key in self.seen:
            self.repeats += 1
            known = self.replies.get((message.branch, message.method))
            if message.is_request and known:
                self.send_raw(known, source)
            return
        self.seen[key] = message
        if message.is_request:
            self.requests += 1
        if message.is_request and message.method in self.always:
            self.reply(message, self.always[message.method])
        elif message.status != 100:
            self.inbox.append(message)

    # -- messages ----------------------------------------------------------------

    def take(self, wanted, what, within=10):
        """The first message in the inbox that fits; waits for it."""
        def found():
            return next((m for m in self.inbox if wanted(m)), None)
        result = self.stage.until(found, f"{self.name} to get {what}", within)
        self.inbox.remove(result)
        return result

    @property
    def name(self):
        return self.user or f"peer {self.port}"

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    @property
    def contact(self):
        suffix = "" if self.transport == "udp" \
            else f";transport={self.transport}"
        return f"<sip:{self.user}@{self.address}{suffix}>"

    def via(self, branch=None):
        branch = branch or "z9hG4bK" + secrets.token_hex(8)
        return (f"SIP/2.0/{self.transport.upper()} {self.address};"
                f"branch={branch};rport")

    def make(self, method, uri, headers, body=b"", content_type=SDP,
             branch=None):
        start = [("Via", self.via(branch))]
        if body:
            headers = list(headers) + [("Content-Type", content_type)]
        return Message(f"{method} {uri} SIP/2.0", start + list(headers), body)

    def reply(self, request, status, body=b"", headers=(), reason=None,
              tag=None, content_type=SDP):
        """Answers a request; a tag is made up if the To has none."""
        lines = [("Via", v) for v in request.all("Via")]
        lines += [("Record-Route", v) for v in request.all("Record-Route")]
        to = request.get("To")
        if not param(to, "tag") and status > 100:
            to += f";tag={tag or secrets.token_hex(4)}"
        lines += [("From", request.get("From")), ("To", to),
                  ("Call-ID", request.get("Call-ID")),
                  ("CSeq", request.get("CSeq"))]
        lines += list(headers)
        if body:
            lines.append(("Content-Type", content_type))
        phrase = reason or PHRASES.get(status, "Whatever")
        message = Message(f"SIP/2.0 {status} {phrase}", lines, body)
        self.send(message, request.source)
        if status >= 200 or request.method != "INVITE":
            self.replies[request.branch, request.method] = message.raw
        return message

    # -- outside dialogs -----------------------------------------------------------

    def ask(self, method, to="", headers=(), body=b"", content_type=SDP,
            within=10):
        """One request outside a dialog, and its final answer."""
        uri = f"sip:{to}@{self.switch.at}" if to else f"sip:{self.switch.at}"
        call_id = secrets.token_hex(8)
        request = self.make(method, uri, [
            ("From", f"<sip:{self.user}@{self.switch.at}>"
                     f";tag={secrets.token_hex(4)}"),
            ("To", f"<{uri}>"), ("Call-ID", call_id), ("CSeq", f"1 {method}"),
            ("Max-Forwards", "70"), ("Contact", self.contact), *headers],
            body, content_type)
        self.send(request)
        return self.take(lambda m: m.status >= 200
                         and m.get("Call-ID") == call_id,
                         f"an answer to {method}", within)

    def register(self, password=None, expires=600, contact=None, headers=(),
                 algorithm=None, user=None):
        """REGISTER, answering one challenge; returns the last answer."""
        self.enrolment = getattr(self, "enrolment", None) or {
            "call_id": secrets.token_hex(8), "cseq": 0}
        uri = f"sip:{self.switch.at}"

        def attempt(extra):
            self.enrolment["cseq"] += 1
            cseq = self.enrolment["cseq"]
            who = f"<sip:{self.user}@{self.switch.at}>"
            request = self.make("REGISTER", uri, [
                ("From", f"{who};tag={secrets.token_hex(4)}"), ("To", who),
                ("Call-ID", self.enrolment["call_id"]),
                ("CSeq", f"{cseq} REGISTER"), ("Max-Forwards", "70"),
                *([("Contact", contact or self.contact)]
                  if contact != "" else []),
                *([("Expires", str(expires))] if expires is not None else []),
                *headers, *extra])
            self.send(request)
            return self.take(lambda m: m.status >= 200
                             and m.get("CSeq") == f"{cseq} REGISTER",
                             "an answer to REGISTER")

        answer = attempt([])
        if answer.status == 401 and password is not None:
            answer = attempt([("Authorization", digest.answer(
                choose(answer, algorithm), "REGISTER", uri, user or self.user,
                password))])
        return answer

    # -- calls -----------------------------------------------------------------------

    def call(self, number, body=None, headers=(), password=None,
             max_forwards=70, supported=None, uri=None):
        """Sends an INVITE; with a password it answers one 401. A body of ""
        makes an INVITE without SDP; `uri` is called as it stands."""
        leg = Leg(self)
        body = sdp(user=self.user or "phone") if body is None else body
        uri = uri or f"sip:{number}@{self.switch.at}"
        leg.local = f'"{self.user}" <sip:{self.user}@{self.switch.at}>' \
                    f";tag={secrets.token_hex(4)}"
        leg.remote = f"<{uri}>"
        leg.target = uri
        extra = list(headers) + [("Max-Forwards", str(max_forwards))]
        if supported:
            extra.append(("Supported", supported))
        leg.invite = leg.request("INVITE", body, extra)
        if password is None:
            return leg
        challenge = leg.expect(401)
        value = digest.answer(choose(challenge, None), "INVITE", uri,
                              self.user, password)
        leg.remote = f"<{uri}>"
        leg.invite = leg.request("INVITE", body,
                                 extra + [("Authorization", value)])
        return leg

    def rung(self, within=10):
        """Waits for a call."""
        invite = self.take(lambda m: m.is_request and m.method == "INVITE"
                           and not param(m.get("To"), "tag"), "a call", within)
        leg = Leg(self)
        leg.invite = invite
        leg.call_id = invite.get("Call-ID")
        leg.local = invite.get("To") + f";tag={secrets.token_hex(4)}"
        leg.remote = invite.get("From")
        leg.target = uri_of(invite.get("Contact"))
        leg.cseq = 100
        return leg


def choose(challenge, algorithm):
    """The challenge with that algorithm, or the first one."""
    offered = challenge.all("WWW-Authenticate") \
        + challenge.all("Proxy-Authenticate")
    return next(c for c in offered if algorithm is None
                or digest.fields_of(c).get("algorithm", "MD5") == algorithm)


def connect(caller, callee, number=None, **how):
    """A call that stands: (leg of the caller, leg of the callee)."""
    a = caller.call(number or callee.user, **how)
    b = callee.rung()
    b.answer(180)
    a.expect(180)
    b.accept()
    a.expect(200)
    a.ack()
    return a, b


def hang_up(by, other):
    """BYE from one side to the other."""
    sent = by.request("BYE")
    other.pick("BYE")
    by.take(lambda m: m.status == 200 and m.get("CSeq") == sent.get("CSeq"),
            "200 to BYE")
