"""A device under test of which every limit is known: it answers calls over
UDP, at most so many a second, and may lose some of what comes."""

import random
import re
import time

from lab import DatagramPeer


class Answerer(DatagramPeer):
    """`rate`: it answers so many INVITEs a second and refuses the rest with
    503. `circuits`: so many at a time; where calls last for a second, that is
    so many a second, however unevenly this machine lets time pass. `loss`: it
    throws away this share of all datagrams."""

    def __init__(self, port, rate=None, circuits=None, loss=0.0, seed=1):
        super().__init__(port)
        self.rate, self.circuits, self.loss = rate, circuits, loss
        self.up = set()  # Call-IDs
        self.random = random.Random(seed)
        self.tokens, self.filled = 0.0, time.monotonic()
        self.answers = {}  # Call-ID: what its INVITE got, for repetitions
        self.answered = self.refused = self.ended = 0

    def forget(self):
        """As if nothing had come yet; between runs."""
        self.answers, self.up = {}, set()
        self.answered = self.refused = self.ended = 0

    def take(self, text, source):
        if self.random.random() < self.loss:
            return
        method = text.split(" ", 1)[0]
        if method == "ACK" or method.startswith("SIP/"):
            return
        line = "200 OK"
        if method == "INVITE":
            call = re.search(r"^Call-ID: (\S+)", text, re.M | re.I)[1]
            line = self.answers.get(call) or self.judge(call)
            self.answers[call] = line
        elif method == "BYE":
            self.ended += 1
            self.up.discard(
                re.search(r"^Call-ID: (\S+)", text, re.M | re.I)[1])
        self.send(self.reply(text, line), source)

    def judge(self, call):
        if self.circuits is not None and len(self.up) >= self.circuits:
            self.refused += 1
            return "503 Service Unavailable"
        self.up.add(call)
        now = time.monotonic()
        if self.rate is not None:
            # Room for a tenth of a second: chance brings calls in bunches.
            room = self.rate * 0.1
            self.tokens = min(room, self.tokens
                              + (now - self.filled) * self.rate)
            self.filled = now
            if self.tokens < 1:
                self.refused += 1
                return "503 Service Unavailable"
            self.tokens -= 1
        self.answered += 1
        return "200 OK"

    @staticmethod
    def reply(text, line):
        kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq): .*", text, re.M)
        head = [x.rstrip("\r") if not x.startswith("To:") or ";tag=" in x
                else x.rstrip("\r") + ";tag=answerer" for x in kept]
        host, port = "127.0.0.1", "1"
        found = re.match(r"\S+ sip:(?:[^@\s]*@)?([\d.]+):(\d+)", text)
        if found:
            host, port = found.groups()
        body = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
                "c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"
                if text.startswith("INVITE") and line.startswith("2") else "")
        head += [f"Contact: <sip:{host}:{port}>",
                 *(["Content-Type: application/sdp"] if body else []),
                 f"Content-Length: {len(body)}"]
        return "\r\n".join([f"SIP/2.0 {line}", *head, "", body])
