"""A dialog with the switch, as a Peer sees it (RFC 3261 §12 to §15)."""

import secrets

from message import Message, param, sdp, uri_of

SDP = "application/sdp"


class Leg:
    """Of a caller by Peer.call(), of a called side by Peer.rung()."""

    def __init__(self, peer):
        self.peer = peer
        self.call_id = secrets.token_hex(8)
        self.local = self.remote = self.target = ""
        self.cseq = 0
        self.invite = None
        self.acks = {}

    # -- requests ----------------------------------------------------------------

    def request(self, method, body=b"", headers=(), content_type=SDP,
                cseq=None, branch=None):
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        lines = [("From", self.local), ("To", self.remote),
                 ("Call-ID", self.call_id), ("CSeq", f"{cseq} {method}")]
        if method in ("INVITE", "UPDATE"):
            lines.append(("Contact", self.peer.contact))
        if not any(name == "Max-Forwards" for name, _ in headers):
            lines.append(("Max-Forwards", "70"))
        message = self.peer.make(method, self.target, lines + list(headers),
                                 body, content_type, branch)
        return self.peer.send(message)

    def ack(self, response=None, body=b""):
        """Of a 2xx in the dialog, of a failure in its transaction."""
        response = response or self.response
        invite = self.sent("INVITE", response.cseq)
        branch = None if response.status < 300 else invite.branch
        remote, target = self.remote, self.target
        if response.status >= 300:
            self.remote, self.target = response.get("To"), invite.uri
        message = self.request("ACK", body, cseq=response.cseq, branch=branch)
        if response.status >= 300:
            self.remote, self.target = remote, target
        return message

    def sent(self, method, cseq):
        return next(m for peer, way, m in reversed(self.peer.stage.notes)
                    if peer is self.peer and way == "->" and m.is_request
                    and m.get("Call-ID") == self.call_id
                    and m.get("CSeq") == f"{cseq} {method}")

    def cancel(self):
        message = Message(f"CANCEL {self.invite.uri} SIP/2.0", [
            ("Via", self.invite.get("Via")), ("From", self.local),
            ("To", self.invite.get("To")), ("Call-ID", self.call_id),
            ("CSeq", f"{self.invite.cseq} CANCEL"), ("Max-Forwards", "70")])
        return self.peer.send(message)

    def prack(self, response, body=b""):
        """PRACK for a reliable provisional response (RFC 3262), and its 200."""
        self.learn(response)
        self.request("PRACK", body, [
            ("RAck", f"{response.get('RSeq')} {response.get('CSeq')}")])
        return self.expect(200, "PRACK")

    def ask(self, method, body=b"", headers=(), content_type=SDP, within=10):
        """A request and its final answer, ACKed if it is an INVITE."""
        sent = self.request(method, body, headers, content_type)
        answer = self.take(lambda m: m.status >= 200
                           and m.get("CSeq") == sent.get("CSeq"),
                           f"an answer to {method}", within)
        if method == "INVITE":
            self.learn(answer)
            self.ack(answer)
        return answer

    def bye(self, status=200):
        assert self.ask("BYE").status == status

    # -- what comes ----------------------------------------------------------------

    def take(self, wanted, what, within=10):
        return self.peer.take(lambda m: m.get("Call-ID") == self.call_id
                              and wanted(m), what, within)

    def expect(self, what, method="INVITE", within=10):
        """A request of that method, or a response of that status."""
        if isinstance(what, str):
            return self.take(lambda m: m.is_request and m.method == what,
                             what, within)
        result = self.take(lambda m: m.status == what and m.method == method,
                           f"{what} to {method}", within)
        if method == "INVITE":
            self.learn(result)
            self.response = result
            if what >= 300:
                self.ack(result)
        return result

    def learn(self, response):
        if 100 < response.status < 300:
            if self.invite and self.invite.raw \
                    and self.invite.get("From") == self.local:
                self.remote = response.get("To")
            if response.get("Contact"):
                self.target = uri_of(response.get("Contact"))

    # -- answers -------------------------------------------------------------------

    def reply(self, request, status, body=b"", headers=(), reason=None,
              content_type=SDP):
        lines = list(headers)
        if request.method in ("INVITE", "UPDATE") and 100 < status < 300:
            lines.append(("Contact", self.peer.contact))
        return self.peer.reply(request, status, body, lines, reason,
                               param(self.local, "tag"), content_type)

    def answer(self, status, body=b"", headers=(), reason=None):
        """Answers the first INVITE."""
        return self.reply(self.invite, status, body, headers, reason)

    def accept(self, body=None):
        """200 with an answer, and the ACK to it."""
        body = sdp(40002, user=self.peer.user or "phone") if body is None \
            else body
        self.answer(200, body)
        return self.expect("ACK")

    def pick(self, request_method, status=200, body=b"", headers=()):
        """Awaits a request and answers it."""
        request = self.expect(request_method)
        self.reply(request, status, body, headers)
        return request

    def is_cancelled(self):
        """Awaits the CANCEL of a call that rings, and ends it."""
        self.pick("CANCEL")
        self.answer(487)
        self.expect("ACK")
