"""A notifier (RFC 6665) over UDP that counts what it sees: it grants every
SUBSCRIBE, sends a NOTIFY at once, and takes REGISTER and OPTIONS."""

import re

from lab import DatagramPeer


def header(text, name):
    return re.search(rf"^{name}: (.*?)\r?$", text, re.M | re.I)[1]


class Notifier(DatagramPeer):
    def __init__(self, port, expires_s, content_type):
        super().__init__(port)
        self.port, self.expires_s = port, expires_s
        self.content_type = content_type
        self.seen = set()  # (Call-ID, CSeq) of SUBSCRIBEs
        self.watched = set()
        self.left = set()  # Call-IDs, by Expires: 0
        self.notified = self.taken = self.registered = 0

    def take(self, text, source):
        if text.startswith("SIP/"):
            self.taken += text.startswith("SIP/2.0 200")
            return
        head = [x for x in text.split("\r\n")
                if re.match("(Via|From|Call-ID|CSeq):", x)]
        to = header(text, "To")
        if ";tag=" not in to:
            to += ";tag=notifier"
        lines = ["SIP/2.0 200 OK", *head, f"To: {to}",
                 f"Contact: <sip:notifier@127.0.0.1:{self.port}>"]
        method = text.split(" ", 1)[0]
        if method == "REGISTER":
            self.registered += 1
        if method == "SUBSCRIBE":
            left = header(text, "Expires") == "0"
            lines.append(f"Expires: {0 if left else self.expires_s}")
        lines += ["Content-Length: 0", "", ""]
        self.send("\r\n".join(lines), source)
        if method != "SUBSCRIBE":
            return
        self.seen.add((header(text, "Call-ID"), header(text, "CSeq")))
        self.watched.add(header(text, "To").split(";")[0])
        if left:
            self.left.add(header(text, "Call-ID"))
        else:
            self.notify(text, to, source)

    def notify(self, subscribe, to, source):
        self.notified += 1
        body = "Messages-Waiting: no\r\n"
        target = re.search("<(.*)>", header(subscribe, "Contact"))[1]
        lines = [f"NOTIFY {target} SIP/2.0",
                 f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};"
                 f"branch=z9hG4bK{self.notified};rport",
                 f"From: {to}", f"To: {header(subscribe, 'From')}",
                 f"Call-ID: {header(subscribe, 'Call-ID')}",
                 f"CSeq: {self.notified} NOTIFY", "Max-Forwards: 70",
                 f"Contact: <sip:notifier@127.0.0.1:{self.port}>",
                 f"Event: {header(subscribe, 'Event')}",
                 f"Subscription-State: active;expires={self.expires_s}",
                 f"Content-Type: {self.content_type}",
                 f"Content-Length: {len(body)}", "", body]
        self.send("\r\n".join(lines), source)
