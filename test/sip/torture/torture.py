#!/usr/bin/env python3
"""Sends every torture message to a switch and judges the answers; torture.sh
says how to start it, torture.md what is asked for."""

import os
import pathlib
import re
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from peer import connect, hang_up  # pylint: disable=wrong-import-position
from stage import Stage  # pylint: disable=wrong-import-position
from switch import extension  # pylint: disable=wrong-import-position

SENDER = "127.0.0.2"
# quotbal's Via names a port that the sender does not listen at, so it sees no
# answer; Answers at 5050 has it.
ARGUED = {"quotbal"}
NAMED = ("user", "j.user", "j_user", "watson", "UserB", "t.watson", "vivekg")
LINE = re.compile(r"^(OK|BAD|-)\s+(\S+)\s+(\d+|none)\s.*alive=(yes|NO)$")


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def add(self, good, what):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what}", flush=True)


def files_of(messages):
    """INDEX.md of the messages says why baddn is taken from wire/."""
    found = sorted((messages / "rfc4475").glob("*.dat"))
    return [p for p in found if p.stem != "baddn"] \
        + sorted((messages / "wire").glob("*.dat"))


# -- datagrams -------------------------------------------------------------------

def send_all(switch, messages, how, after_each, tally):
    """Every message once, and what `after_each` does right after it."""
    expect = messages / "expect.tsv"
    command = [sys.executable, str(messages / "torture_send.py"), "--server",
               switch.at, "--bind", SENDER, "--wait", "0.25", "--expect",
               str(expect), how, *map(str, files_of(messages))]
    seen = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT) as child:
        for line in child.stdout:
            row = LINE.match(line.rstrip())
            if not row:
                if not line.startswith("failures"):
                    print(line, end="")
                continue
            seen += 1
            verdict, name, got, alive = row.groups()
            good = verdict != "BAD" or (name in ARGUED and got == "none")
            tally.add(good and alive == "yes", f"{how} {line.rstrip()}")
            after_each(name)
    tally.add(seen == len(files_of(messages)), f"{how}: only {seen} were sent")


def good_call(stage, tally):
    alice, bob = stage.phone("2001"), stage.phone("2002")

    def after(name):
        try:
            hang_up(*connect(alice, bob))
            tally.add(True, "")
        except AssertionError as error:
            tally.add(False, f"the call after {name}: {error}")
    return after


# -- streams ---------------------------------------------------------------------

def talk(switch, raw, within, end=False):
    """(answered statuses, whether the switch closed) of bytes over TCP; with
    `end` the sender says that no more will come."""
    answers, closed = b"", False
    with socket.create_connection((switch.host, switch.port), 5) as link:
        link.sendall(raw)
        if end:
            link.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + within
        while not closed and (left := deadline - time.monotonic()) > 0:
            link.settimeout(left)
            try:
                data = link.recv(65536)
            except TimeoutError:
                break
            except ConnectionError:
                data = b""
            answers += data
            closed = not data
    statuses = re.findall(rb"(?m)^SIP/2\.0 ([2-6]\d\d)", answers)
    return [int(x) for x in statuses], closed


def framing(switch, messages, tally):
    """What only a stream can get wrong: where a message ends."""
    def raw(name):
        return (messages / "rfc4475" / f"{name}.dat").read_bytes()
    answers, closed = talk(switch, raw("clerr"), 1)
    tally.add(not answers and not closed,
              f"clerr over TCP is not waited for: {answers} {closed}")
    answers, closed = talk(switch, raw("clerr"), 5, end=True)
    tally.add(closed and 200 not in answers,
              f"clerr that ends over TCP: {answers} {closed}")
    for name in ("ncl", "mcl01"):
        answers, closed = talk(switch, raw(name), 5)
        tally.add(closed and all(400 <= x < 500 for x in answers),
                  f"{name} over TCP: {answers} {closed}")
    answers, closed = talk(switch, raw("dblreq"), 2)
    tally.add(len(answers) == 2 and not closed,
              f"dblreq over TCP is not two requests: {answers} {closed}")


# -- bindings --------------------------------------------------------------------

BINDINGS = [
    ("cparam01", "watson",
     ["<sip:+19725552222@gw1.example.net>;unknownparam"]),
    ("cparam02", "watson",
     ["<sip:+19725552222@gw1.example.net;unknownparam>"]),
    ("regescrt", "user",
     ["<sip:user@example.com?Route=%3Csip:sip.example.com%3E>"]),
]


def bindings(stage, messages, tally):
    """On a switch of its own, as nobody may be called at these Contacts."""
    for name, user, wanted in BINDINGS:
        switch = stage.switch(dns=[extension(user)])
        peer = stage.peer(user, switch=switch)
        peer.deaf = True  # the Via of the message is another's
        peer.send_raw((messages / "rfc4475" / f"{name}.dat").read_bytes())
        try:
            switch.awaits("strowger_registrations", 1)
            peer.deaf = False
            answer = peer.register(contact="", expires=None)  # a fetch
            got = sorted(re.sub(r";expires=\d+", "", x)
                         for x in answer.all("Contact"))
            tally.add(got == wanted, f"{name} has bound {got}")
        except AssertionError as error:
            tally.add(False, f"{name}: {error}")
        switch.stop()


# -- all -------------------------------------------------------------------------

def main():
    binary, messages = sys.argv[1], pathlib.Path(sys.argv[2])
    port = int(os.environ.get("STROWGER_TORTURE_PORT", "27900"))
    tally = Tally()
    stage = Stage(binary, port)
    try:
        answers_at_5050 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        answers_at_5050.bind((SENDER, 5050))
        answers_at_5050.settimeout(1)
        # Nobody gets bound, so that no call leaves this machine.
        closed = {"password": "s3cret", "authenticate_requests": ["register"]}
        switch = stage.switch({"source-rate-limit": 0},
                              [*(extension(x, **closed) for x in NAMED),
                               extension("2001"), extension("2002")])
        after_each = good_call(stage, tally)
        for how in ("--uniqall", "--uniq"):
            send_all(switch, messages, how, after_each, tally)
            answer = answers_at_5050.recv(65536)
            tally.add(answer.startswith(b"SIP/2.0 400 "),
                      f"quotbal is answered by {answer[:40]}")
        framing(switch, messages, tally)
        stage.check()
        switch.check_forgotten()
        switch.stop()
        bindings(stage, messages, tally)
        tally.add(True, "nothing is left behind")
    except Exception as error:  # pylint: disable=broad-except
        tally.add(False, f"{type(error).__name__}: {error}")
        print("\n".join(stage.story()))
    finally:
        stage.close()
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 0 if tally.passed and not tally.failed else 1


if __name__ == "__main__":
    sys.exit(main())
