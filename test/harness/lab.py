"""What scripts share that try the built program as its users do: where it is,
a folder for each test, a switch, and peers over UDP."""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

# The first argument of the script.
STROWGER = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""


def is_open(port):
    """Does somebody listen there (UDP)? Without taking the port to find out,
    as just then somebody may want it."""
    rows = pathlib.Path("/proc/net/udp").read_text(encoding="ascii")
    return f":{port:04X} " in "".join(
        x.split()[1] + " " for x in rows.splitlines()[1:])


class Lab(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        """The path of a file with that text."""
        pathlib.Path(self.path(name)).write_text(text, encoding="utf-8")
        return self.path(name)

    def serve(self, config):
        """A switch that serves until the end of the test, and then ends as it
        should; DATA in its configuration is a folder."""
        os.mkdir(self.path("data"))
        switch = subprocess.Popen(
            [STROWGER, "serve", self.write(
                "switch.yaml", config.replace("DATA", self.path("data")))],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end_switch, switch)
        switch.stdout.readline()  # it serves
        return switch

    def end_switch(self, switch):
        switch.terminate()
        try:
            switch.communicate(timeout=60)
        finally:  # or the next one would not have its ports
            switch.kill()
        self.assertEqual(switch.returncode, 0)


class DatagramPeer:
    """Somebody at a UDP port: what comes goes to take(text, source), on a
    thread of its own, while the block lasts."""

    def __init__(self, port, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind((host, port))
        self.socket.settimeout(0.1)
        self.over = False
        self.thread = threading.Thread(target=self.receive)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.thread.join()
        self.socket.close()

    def receive(self):
        while True:  # also what had come when it was over
            try:
                raw, source = self.socket.recvfrom(65536)
            except TimeoutError:
                if self.over:
                    return
                continue
            self.take(raw.decode("latin-1"), source)

    def take(self, text, source):
        raise NotImplementedError

    def send(self, text, to):
        self.socket.sendto(text.encode("latin-1"), to)
