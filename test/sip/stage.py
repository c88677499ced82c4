"""What a scenario stands on: switches, peers and SIPp on ports of their own, and
one loop that moves all of them while something is awaited."""

import pathlib
import selectors
import shutil
import signal
import tempfile
import time
import traceback

from peer import Peer
from sipp import Sipp
from switch import Switch

SCENARIOS = {}  # name: function


def scenario(function=None, *, network=False, slow=False):
    """Registers a scenario; its name is a promise. With `network` it runs in a
    network namespace that has an interface besides lo. Slow ones, which wait
    for timers of SIP, begin first."""
    def register(f):
        assert f.__name__ not in SCENARIOS, f.__name__
        f.network = network
        f.slow = slow
        SCENARIOS[f.__name__] = f
        return f
    return register(function) if function else register


class Stage:
    def __init__(self, binary, first_port):
        self.binary = binary
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="strowger-sip-"))
        self.next_port = first_port
        self.selector = selectors.DefaultSelector()
        self.switches = []
        self.peers = []
        self.sipps = []
        self.others = []  # programs with a kill()
        self.notes = []  # (peer, way, message)

    # -- the cast ------------------------------------------------------------------

    def port(self, count=1):
        self.next_port += count
        return self.next_port - count

    def switch(self, options=None, dns=(), start=True, **top):
        """Another switch with this TServer section and these DNs."""
        result = Switch(self, options or {}, list(dns), top)
        self.switches.append(result)
        if start:
            result.start()
        return result

    def peer(self, user="", **how):
        result = Peer(self, user, **how)
        self.peers.append(result)
        return result

    def phone(self, user, password=None, **how):
        """A peer that has registered."""
        result = self.peer(user, **how)
        answer = result.register(password)
        assert answer.status == 200, answer
        return result

    def sipp(self, *arguments, **how):
        result = Sipp(self, *arguments, **how)
        self.sipps.append(result)
        return result

    # -- time ----------------------------------------------------------------------

    def watch(self, file, read):
        self.selector.register(file, selectors.EVENT_READ, read)

    def unwatch(self, file):
        self.selector.unregister(file)

    def turn(self, seconds):
        """Lets peers read what has come, for at most that long."""
        for key, _ in self.selector.select(max(seconds, 0)):
            if key.fileobj.fileno() >= 0:
                key.data()

    def until(self, check, what, within=10, every=0.05):
        """Waits until check() is true, and returns what it returned."""
        deadline = time.monotonic() + within
        while True:
            result = check()
            if result:
                return result
            left = deadline - time.monotonic()
            assert left > 0, f"waited {within} s for {what}"
            self.turn(min(every, left))

    def pass_time(self, seconds):
        """Lets a promise about time, or about silence, have its time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.turn(left)

    def note(self, peer, way, message):
        self.notes.append((peer, way, message))

    # -- the end -------------------------------------------------------------------

    def check(self):
        """What holds after every scenario: nothing unexpected came, nothing is
        left of any call, and the switch lives."""
        for peer in self.peers:
            left = [m.start for m in peer.inbox]
            assert not left, f"{peer.name} also got {left}"
        for switch in self.switches:
            switch.check_idle()

    def settle(self):
        """What needs the 32 s of SIP's timers: no transaction is left."""
        for switch in self.switches:
            switch.check_forgotten()
            switch.stop()

    def play(self, act, limit_s):
        """Runs act(), for so long at most, and closes; the exit code. A failure
        is told with what led to it."""
        def too_long(*_):
            raise AssertionError(f"not done after {limit_s} s")

        signal.signal(signal.SIGALRM, too_long)
        signal.alarm(limit_s)
        try:
            act()
            return 0
        except Exception as error:  # everything is a reason to fail
            where = traceback.extract_tb(error.__traceback__)
            steps = [f"{pathlib.Path(f.filename).name}:{f.lineno}: {f.line}"
                     for f in where if f.name != "play"]
            lines = str(error).splitlines() or [type(error).__name__]
            print("\n".join(lines + steps + self.story()), flush=True)
            return 1
        finally:
            self.close()

    def close(self):
        for peer in self.peers:
            peer.close()
        for program in [*self.sipps, *self.others, *self.switches]:
            program.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def story(self):
        """What happened, for whoever reads of a failure."""
        lines = []
        for peer, way, message in self.notes[-60:]:
            lines.append(f"{peer.name:>12} {way} {message.start}  "
                         f"[{message.get('CSeq')}] {message.get('Call-ID')}")
        for peer in self.peers:
            for message in peer.inbox[:3]:
                lines += [f"unread by {peer.name}:"] \
                    + str(message).splitlines()[:40]
        for program in [*self.switches, *self.sipps, *self.others]:
            lines += program.story()
        return lines
