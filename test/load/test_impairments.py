#!/usr/bin/env python3
"""Runs of `strowger load` over a network that is bad on purpose, against
`strowger serve`. Prints `N passed, N failed`.

    test/load/test_impairments.py STROWGER
"""

import json
import pathlib
import subprocess
import sys
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/harness"))
import counted
from lab import Lab, STROWGER

PORT = 28800  # and the twenty after it
SWITCH = f"""
switch: lab
metrics: 127.0.0.1:{PORT + 1}
data: DATA
options:
  TServer: {{sip-address: 127.0.0.1, sip-interface: 127.0.0.1, sip-port: {PORT}}}
dns:
  - {{numbers: {{from: 30000, to: 30199}}, type: extension}}
"""
SCENARIO = f"""
load: bad network
target: 127.0.0.1:{PORT}
listen: 127.0.0.1:{PORT + 10}
seed: 42
populations:
  - name: callers
    users: {{from: 30000, to: 30099}}
    calls:
      to: {{from: 30100, to: 30199}}
      arrivals: {{constant: 50/s}}
      talk: 200 ms
  - name: phones
    users: {{from: 30100, to: 30199}}
    register: {{expires: 1 h, spread: 200 ms}}
    answers: {{ring-after: 5 ms, answer-after: 10 ms}}
run: {{steady: 4 s, drain: 60 s}}
impairments:
"""


class BadNetwork(Lab):
    def setUp(self):
        super().setUp()
        self.serve(SWITCH)

    def play(self, *rules):
        """The report of a run, and how many calls of it the switch has seen.
        A machine that is too busy for it says so (3); nothing here depends on
        when calls start."""
        path, report = self.path("scenario.yaml"), self.path("report.json")
        pathlib.Path(path).write_text(
            SCENARIO + "".join(f"  - {x}\n" for x in rules), encoding="utf-8")
        before = self.calls_of_the_switch()
        done = subprocess.run(
            [STROWGER, "load", "run", path, "--quiet", "--json", report],
            text=True, capture_output=True, timeout=240, check=False)
        self.assertIn(done.returncode, (0, 3), done.stdout + done.stderr)
        x = json.loads(pathlib.Path(report).read_text(encoding="utf-8"))
        self.assertEqual(x["verdict"]["broken_laws"], [])
        return x, self.calls_of_the_switch() - before

    def calls_of_the_switch(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT + 1}/metrics",
                                    timeout=10) as page:
            lines = page.read().decode().splitlines()
        return sum(int(float(x.split()[-1])) for x in lines
                   if x.startswith("strowger_calls_opened_total"))

    @staticmethod
    def done_to(x, way, message):
        return next((y for y in x["impairments"]
                     if (y["direction"], y["message"]) == (way, message)), None)

    def assert_all_answered(self, x):
        for field in "attempts", "ended_cleanly":
            self.assertEqual(x["callers"][field], 200)
        self.assertEqual(x["callers"]["outcomes"]["answered"], 200)

    def test_lost_invites_are_sent_again_and_a_seed_replays_the_losses(self):
        losses = []
        for _ in range(2):
            x, calls = self.play("{sent: INVITE, lose: 20 %}")
            self.assert_all_answered(x)
            self.assertEqual(calls, 200)
            seen = self.done_to(x, "sent", "INVITE")
            self.assertEqual(len(x["impairments"]), 1)
            self.assertGreater(seen["lost"], 20)
            # Each that is lost is sent once more, and nothing else is.
            self.assertEqual(seen["messages"], 200 + seen["lost"])
            self.assertEqual(x["callers"]["retransmitted"], seen["lost"])
            losses.append(seen["lost"])
        self.assertEqual(losses[0], losses[1])

    def test_what_comes_twice_makes_no_second_call(self):
        x, calls = self.play("{sent: any, duplicate: 30 %}",
                             "{received: any, duplicate: 30 %}")
        self.assert_all_answered(x)
        self.assertEqual(calls, 200)
        for way in "sent", "received":
            for message in "INVITE", "ACK", "BYE", "200 INVITE", "200 BYE":
                self.assertGreater(
                    self.done_to(x, way, message)["duplicated"], 20)
        # The copies of requests that came are repetitions to whoever gets them.
        self.assertGreater(x["callers"]["peer_retransmitted"], 60)

    def test_a_network_that_does_everything_loses_no_call(self):
        x, calls = self.play(
            "{sent: 200 INVITE, lose: 10 %}",
            "{received: BYE, lose: 10 %}",
            "{sent: any, lose: 2 %, reorder: 5 %, "
            "delay: {uniform: [1 ms, 20 ms]}}",
            "{received: any, lose: 2 %, duplicate: 2 %, reorder: 5 %, "
            "delay: {exponential: 10 ms}}")
        self.assertEqual(x["callers"]["attempts"], 200)
        self.assertEqual(calls, 200)
        self.assertGreater(x["callers"]["outcomes"]["answered"], 195)
        for what in "lost", "duplicated", "reordered", "delayed":
            self.assertGreater(
                sum(y[what] for y in x["impairments"]
                    if y["direction"] == "received"), 5, what)
        self.assertGreater(
            x["callers"]["latencies"]["answer"]["percentiles_us"]["p50"],
            20_000)


if __name__ == "__main__":
    sys.exit(counted.main(__name__))
