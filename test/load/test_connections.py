#!/usr/bin/env python3
"""Runs of `strowger load` over TCP and TLS against `strowger serve`: who has
registered is called on its connection. Prints `N passed, N failed`.

    test/load/test_connections.py STROWGER
"""

import json
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "test/harness"), str(ROOT / "test/sip")]
import counted
from lab import Lab, STROWGER
from certificate import make_certificate

PORT = 28840  # and the twenty after it
PORTS = {"tcp": PORT, "tls": PORT + 1}  # of the switch
OURS = range(PORT + 10, PORT + 14)  # of the generator
SWITCH = """
switch: lab
data: DATA
options:
  TServer: {{sip-address: 127.0.0.1, sip-interface: 127.0.0.1, sip-port: {tcp},
    sip-port-tls: {tls}, sip-tls-cert: {certificate}, sip-tls-cert-key: {key},
    sip-nat-rewrite-contact: true}}
dns:
  - {{numbers: {{from: 30000, to: 30199}}, type: extension}}
"""
SCENARIO = """
load: connections
target: 127.0.0.1:{port}
listen: 127.0.0.1:{ours}
transport: {transport}
{tls}
populations:
  - name: callers
    users: {{from: 30000, to: 30019}}
    register: {{expires: 1 h, spread: 200 ms}}
    calls:
      to: {{from: 30100, to: 30119}}
      arrivals: {{constant: 50/s}}
      talk: 200 ms
      steps: [hold]
  - name: phones
    users: {{from: 30100, to: 30119}}
    register: {{expires: 1 h, spread: 200 ms}}
    answers: {{ring-after: 5 ms, answer-after: 10 ms}}
run: {{steady: 3 s, drain: 10 s}}
"""


def established():
    """(own port, other port) of all TCP connections of this machine."""
    lines = pathlib.Path("/proc/net/tcp").read_text(encoding="ascii")
    rows = [x.split() for x in lines.splitlines()[1:]]
    return {tuple(int(y.rpartition(":")[2], 16) for y in x[1:3])
            for x in rows if x[3] == "01"}


class Connections(Lab):
    def setUp(self):
        super().setUp()
        self.certificate, self.key = make_certificate(
            pathlib.Path(self.folder.name), "127.0.0.1")
        self.serve(SWITCH.format(certificate=self.certificate, key=self.key,
                                 **PORTS))

    def start(self, transport, tls=""):
        path = self.write("scenario.yaml", SCENARIO.format(
            port=PORTS[transport], ours=OURS[0], tls=tls,
            transport=transport))
        return subprocess.Popen(
            [STROWGER, "load", "run", path, "--quiet", "--json",
             self.path("report.json")], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def play(self, transport, tls=""):
        """The report, and all connections that were seen meanwhile. A machine
        that is too busy for it says so (3); nothing here depends on when calls
        start."""
        seen = set()
        with self.start(transport, tls) as run:
            while run.poll() is None:
                seen |= established()
                time.sleep(0.1)
            said = run.stdout.read()
        self.assertIn(run.returncode, (0, 3), said)
        return json.loads(pathlib.Path(self.path("report.json")).read_text(
            "utf-8")), seen

    def assert_called_where_registered(self, transport, tls=""):
        x, seen = self.play(transport, tls)
        self.assertEqual(x["callers"]["registrations"]["succeeded"], 40)
        for side in x["callers"], x["callees"]:
            self.assertEqual(side["outcomes"]["answered"], 150)
            self.assertEqual(side["ended_cleanly"], 150)
        self.assertEqual(x["callers"]["steps"]["hold"]["done"], 150)
        # One connection for each population, and none that the switch made.
        self.assertEqual(
            len([1 for own, _ in seen if own == PORTS[transport]]), 2)
        self.assertEqual([x for x in seen if set(x) & set(OURS)], [])

    def test_users_are_called_on_the_tcp_connection_they_registered_on(self):
        self.assert_called_where_registered("tcp")

    def test_users_are_called_on_the_tls_connection_they_registered_on(self):
        self.assert_called_where_registered(
            "tls", f"tls: {{certificate: {self.certificate}, key: {self.key}, "
                   f"ca: {self.certificate}}}")

    def test_a_target_with_a_certificate_of_others_is_not_spoken_to(self):
        folder = pathlib.Path(self.path("other"))
        folder.mkdir()
        other, _ = make_certificate(folder, "127.0.0.1")
        files = f"certificate: {self.certificate}, key: {self.key}, ca: {other}"
        with self.start("tls", f"tls: {{{files}}}") as run:
            said = run.stdout.read()
        self.assertEqual(run.returncode, 1, said)
        self.assertIn("its certificate is none of ca's", said)
        x, _ = self.play("tls", f"tls: {{{files}, verify: off}}")
        self.assertEqual(x["callers"]["outcomes"]["answered"], 150)


if __name__ == "__main__":
    sys.exit(counted.main(__name__))
