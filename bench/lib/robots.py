"""Phones and gateways that answer whatever comes, call each other, and hang up.

    robots.py FIRST_PORT PHONES CALLS SEED [TRACE]

A program of its own, so that its work is not that of a benchmark. It reads
lines: `go` (keep that many calls up), `rest` (hang up everything, call nobody),
`quit`; to `rest` it says `resting` when no dialog is left, at `quit` it tells
what it did, as JSON. All that random phones do comes from the seed; what they
meet does not. With TRACE it writes every message into that file.
"""
import collections
import heapq
import itertools
import json
import random
import secrets
import selectors
import sys
import time
import traceback
import urllib.parse

import phones
from leg import Leg
from message import Message, param, sdp, uri_of, user_of

CALLERS, GATEWAY = 5061, 5090  # those of bench.yaml
FIRST_PHONE = 41000
NUMBERS_OUTSIDE = ("12345", "15550000")
PLACES = ("9", "8", "7")  # routing points and a queue
REPLIES_KEPT = 64
ANSWERS = {"sendonly": "recvonly", "recvonly": "sendonly",
           "inactive": "inactive"}


class Crowd(phones.Ground):
    """All robots, what is to be done when, and who talks."""

    def __init__(self, first_port, count, calls, seed, trace=None):
        super().__init__(keep=0)
        self.dice = random.Random(seed)
        self.wanted = calls
        self.resting = True
        self.due = []  # heap of (time, number, function)
        self.order = itertools.count()
        self.done = collections.Counter()
        self.faults = []
        self.trace = open(trace, "w") if trace else None
        self.outside = [Robot(self, "5551000", CALLERS),
                        Robot(self, "gateway", GATEWAY)]
        self.inside = [Robot(self, str(FIRST_PHONE + i), first_port + i)
                       for i in range(count)]

    def note(self, peer, way, message):
        if self.trace:
            print(f"{time.time():.6f} {peer.name} {way}\n{message}",
                  file=self.trace)

    def later(self, seconds, f):
        heapq.heappush(self.due, (time.monotonic() + seconds,
                                  next(self.order), f))

    def legs(self):
        return sum(len(x.legs) for x in self.peers)

    def run_due(self):
        now = time.monotonic()
        while self.due and self.due[0][0] <= now:
            self.guarded(heapq.heappop(self.due)[2])

    def guarded(self, f, *arguments):
        """A robot that errs must not end the others."""
        try:
            f(*arguments)
        except Exception:
            self.faults.append(traceback.format_exc(limit=-2))

    # -- calling ----------------------------------------------------------------

    def anybody(self):
        return self.dice.choice(self.inside).user

    def somewhere(self):
        """A number to call: mostly one that answers."""
        return self.dice.choices(
            (self.anybody(), self.dice.choice(NUMBERS_OUTSIDE),
             self.dice.choice(PLACES), "nowhere"), (70, 12, 16, 2))[0]

    def top_up(self):
        if self.resting:
            return
        calling = sum(1 for x in self.peers for leg in x.legs.values()
                      if leg.is_caller)
        for _ in range(min(5, self.wanted - calling)):
            caller = self.dice.choice(
                [self.outside[0], *self.dice.sample(self.inside, 2)])
            caller.dial(self.somewhere())
        self.later(0.05, self.top_up)

    def go(self):
        self.resting = False
        self.top_up()

    def rest(self):
        """Everybody hangs up, again and again until nobody is left."""
        self.resting = True
        for robot in self.peers:
            for leg in list(robot.legs.values()):
                robot.leave(leg)
        if self.legs():
            self.later(1, self.rest_on)
        else:
            print("resting", flush=True)

    def rest_on(self):
        if self.resting:
            self.rest()


class Robot(phones.Phone):
    """`legs` are its dialogs by Call-ID and own tag."""

    def __init__(self, ground, user, port):
        super().__init__(ground, user, port)
        self.legs = {}
        self.dice = ground.dice
        self.replies = collections.OrderedDict()

    # -- what comes -------------------------------------------------------------

    def receive(self, raw, source):
        self.stage.guarded(self.hear, raw, source)

    def hear(self, raw, source):
        message = Message.parse(raw)
        message.source = source
        self.stage.note(self, "<-", message)
        if not message.is_request:
            self.hear_response(message)
            return
        known = self.replies.get((message.branch, message.method))
        if known:
            self.send_raw(known, source)
            return
        self.stage.done[message.method] += 1
        while len(self.replies) > REPLIES_KEPT:
            self.replies.popitem(last=False)
        tag = param(message.get("To"), "tag")
        leg = self.legs.get((message.get("Call-ID"), tag))
        if leg:
            self.hear_request(leg, message)
        elif message.method == "INVITE" and not tag:
            self.hear_call(message)
        elif message.method == "CANCEL":
            self.hear_cancel(message)
        elif message.method == "REFER" and not tag:
            self.reply(message, 202)
            self.dial_referred(message)
        elif message.method != "ACK":
            self.reply(message, 200 if message.method == "OPTIONS" else 481)

    def add(self, leg, is_caller):
        leg.is_caller, leg.state, leg.asked = is_caller, "early", {}
        leg.offers = itertools.count(2)
        self.legs[leg.call_id, param(leg.local, "tag")] = leg

    def forget(self, leg):
        leg.state = "over"
        self.legs.pop((leg.call_id, param(leg.local, "tag")), None)

    def hear_call(self, invite):
        if any(x.invite is not None and x.invite.branch == invite.branch
               for x in self.legs.values()):
            return  # again
        leg = Leg(self)
        leg.invite, leg.call_id = invite, invite.get("Call-ID")
        leg.local = invite.get("To") + f";tag={secrets.token_hex(4)}"
        leg.remote = invite.get("From")
        leg.target = uri_of(invite.get("Contact"))
        leg.cseq = 100
        self.add(leg, False)
        leg.answer(100)
        how = self.dice.random()
        if self.stage.resting:
            self.refuse(leg, 480)
        elif how < 0.06:
            self.refuse(leg, self.dice.choice((404, 480, 486, 500, 503, 603)))
        elif how < 0.09:
            self.refuse(leg, 302, [("Contact", "<sip:{}@{}>".format(
                self.stage.anybody(), self.switch.at))])
        else:
            leg.answer(180)
            if how < 0.95:  # the others let it ring
                self.stage.later(self.dice.expovariate(2),
                                 lambda: self.accept(leg))

    def refuse(self, leg, status, headers=()):
        leg.answer(status, headers=headers)
        self.forget(leg)

    def accept(self, leg):
        if leg.state != "early" or leg.is_caller:
            return
        leg.answer(200, self.answer_to(leg, leg.invite))
        self.up(leg)

    def up(self, leg):
        leg.state = "up"
        self.stage.later(1 + self.dice.expovariate(1 / 20),
                         lambda: self.leave(leg))
        if self.dice.random() < 0.15:
            self.stage.later(self.dice.uniform(0.5, 5),
                             lambda: self.do_something(leg))

    def answer_to(self, leg, message):
        """An answer, or an offer where the other side made none."""
        offered = next((x for x in ANSWERS if f"a={x}" in message.text), "")
        return sdp(self.port, user=self.user, version=next(leg.offers),
                   direction=ANSWERS.get(offered))

    def hear_request(self, leg, message):
        method = message.method
        if method == "INVITE":
            if self.dice.random() < 0.05:
                leg.reply(message, self.dice.choice((488, 491, 500)))
            else:
                leg.reply(message, 200, self.answer_to(leg, message))
        elif method == "CANCEL":
            self.hear_cancel(message)
        elif method == "BYE":
            leg.reply(message, 200)
            if leg.state == "early" and not leg.is_caller:
                leg.answer(487)
            self.forget(leg)
        elif method == "REFER":
            if self.dice.random() < 0.2:
                leg.reply(message, self.dice.choice((405, 501, 603)))
            else:
                leg.reply(message, 202)
                self.dial_referred(message, leg)
        elif method == "NOTIFY" and message.get("Event") in ("talk", "hold"):
            leg.reply(message, 200)
            self.obey(leg, message.get("Event"))
        elif method != "ACK":
            leg.reply(message, 200, self.answer_to(leg, message)
                      if method == "UPDATE" and message.body else b"")

    def obey(self, leg, event):
        """As phones with `sip-cti-control` do."""
        if leg.state == "up":
            self.offer(leg, direction="sendonly" if event == "hold" else None)
        elif event == "talk":
            self.accept(leg)

    def hear_cancel(self, message):
        self.reply(message, 200)
        for leg in list(self.legs.values()):
            if leg.invite is not None and leg.invite.branch == message.branch \
                    and leg.state == "early":
                self.refuse(leg, 487)

    # -- calls of its own -------------------------------------------------------

    def dial(self, number, uri=None, headers=(), ended=None):
        """`ended` is told the final status."""
        leg = Leg(self)
        leg.ended = ended
        leg.target = uri or f"sip:{number}@{self.switch.at}"
        leg.local = f"<sip:{self.user}@{self.switch.at}>" \
                    f";tag={secrets.token_hex(4)}"
        leg.remote = f"<sip:{number}@{self.switch.at}>"
        self.add(leg, True)
        leg.invite = self.offer(leg, headers)
        self.stage.done["calls"] += 1
        self.stage.later(self.dice.uniform(5, 40), lambda: self.give_up(leg))

    def offer(self, leg, headers=(), direction=None):
        message = leg.request("INVITE", sdp(
            self.port, user=self.user, version=next(leg.offers),
            direction=direction), headers)
        leg.asked[message.cseq] = message
        return message

    def dial_referred(self, refer, leg=None):
        """Does as a REFER says, and tells in the dialog how it went."""
        uri = uri_of(refer.get("Refer-To"))
        replaces = uri.partition("?Replaces=")[2].partition("&")[0]
        uri = uri.partition("?")[0]
        headers = [("Replaces", urllib.parse.unquote(replaces))] if replaces else []

        def ended(status):
            if leg and leg.state == "up":
                leg.request("NOTIFY", f"SIP/2.0 {status} Whatever\r\n", [
                    ("Event", "refer"),
                    ("Subscription-State", "terminated;reason=noresource")],
                    "message/sipfrag")
        self.dial(user_of(f"<{uri}>"), uri, headers, ended)

    def give_up(self, leg):
        if leg.state == "early":
            leg.cancel()

    def leave(self, leg):
        """Hangs up, however far it has come."""
        if leg.state == "up":
            leg.state = "leaving"
            leg.request("BYE")
            self.stage.later(40, lambda: self.forget(leg))
        elif leg.state == "early" and leg.is_caller:
            leg.cancel()
        elif leg.state == "early":
            self.refuse(leg, 480)

    def do_something(self, leg):
        if leg.state != "up" or self.stage.resting:
            return
        what = self.dice.randrange(4)
        if what == 0:
            self.offer(leg, direction="sendonly")
            self.stage.later(2, lambda: leg.state == "up" and self.offer(leg))
        elif what == 1:
            leg.request("REFER", headers=[
                ("Contact", self.contact), ("Refer-To", "<sip:{}@{}>".format(
                    self.stage.somewhere(), self.switch.at))])
        elif what == 2:
            leg.request("INFO", "Signal=5\r\nDuration=160\r\n",
                        content_type="application/dtmf-relay")
        else:
            leg.request("OPTIONS")

    def hear_response(self, message):
        leg = self.legs.get((message.get("Call-ID"),
                             param(message.get("From"), "tag")))
        if not leg or message.status < 200 and message.method != "INVITE":
            return
        if message.method == "BYE":
            self.forget(leg)
        if message.method != "INVITE":
            return
        invite = leg.asked.get(message.cseq)
        first = invite is not None and invite is leg.invite
        if message.status < 200:
            return
        if message.status < 300:
            leg.learn(message)
            leg.request("ACK", cseq=message.cseq)
        elif invite is not None:
            self.ack_failure(leg, invite, message)
        if first and leg.state == "early":
            if leg.ended:
                leg.ended(message.status)
            if message.status < 300:
                self.up(leg)
            else:
                self.forget(leg)

    def ack_failure(self, leg, invite, response):
        ack = Message(f"ACK {invite.uri} SIP/2.0", [
            ("Via", invite.get("Via")), ("From", leg.local),
            ("To", response.get("To")), ("Call-ID", leg.call_id),
            ("CSeq", f"{invite.cseq} ACK"), ("Max-Forwards", "70")])
        self.send(ack)


def main():
    first_port, count, calls, seed = map(int, sys.argv[1:5])
    crowd = Crowd(first_port, count, calls, seed, *sys.argv[5:])
    orders = {"go": crowd.go, "rest": crowd.rest, "quit": None}
    over = []

    def read():
        word = sys.stdin.readline().strip() or "quit"
        if word == "quit":
            over.append(word)
        else:
            orders[word]()
    crowd.selector.register(sys.stdin, selectors.EVENT_READ, read)
    print("ready", flush=True)
    while not over:
        crowd.turn(0.01)
        crowd.run_due()
    print(json.dumps({"did": crowd.done, "legs_left": crowd.legs(),
                      "faults": len(crowd.faults),
                      "first_faults": crowd.faults[:3]}), flush=True)


if __name__ == "__main__":
    main()
