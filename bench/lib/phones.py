"""Phones of the benchmarks: peers of the tests that know when a message came."""
import collections
import pathlib
import selectors
import socket
import struct
import sys
import types

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/sip"))

from message import Message  # noqa: E402,F401
from peer import Peer  # noqa: E402
from stage import Stage  # noqa: E402

STAMP = struct.Struct("@qq")
SO_TIMESTAMPNS = 35  # of Linux; Python does not name it
SWITCH = types.SimpleNamespace(host="127.0.0.1", port=5060, at="127.0.0.1:5060")


class Ground(Stage):
    """The loop of a stage, beside a switch that somebody else has started. It
    remembers the last messages only."""

    def __init__(self, keep=200):
        self.selector = selectors.DefaultSelector()
        self.peers = []
        self.notes = collections.deque(maxlen=keep)

    def close(self):
        for peer in self.peers:
            peer.close()


class Phone(Peer):
    """`arrived` is when the kernel received what is being read, in seconds of
    the clock of time.time()."""

    def __init__(self, ground, user, port):
        super().__init__(ground, user, port=port, switch=SWITCH)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.arrived = 0
        ground.peers.append(self)

    def read_datagram(self):
        raw, extra, _, source = self.socket.recvmsg(65536, 128)
        for level, kind, data in extra:
            if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
                seconds, nanos = STAMP.unpack(data[:STAMP.size])
                self.arrived = seconds + nanos / 1e9
        self.receive(raw, source)

    def forget(self):
        """What it keeps to know repetitions by."""
        self.seen.clear()
        self.replies.clear()
