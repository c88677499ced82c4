#!/usr/bin/env python3
"""Runs of several generators under one controller, against the switch. Prints
`N passed, N failed`.

    test/load/test_generators.py STROWGER
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/harness"))
import counted
from lab import STROWGER
from test_runs import Load

PORT = 28900  # and the sixty after it
SCHEMA = json.loads(
    (ROOT / "services/load/report.schema.json").read_text(encoding="utf-8"))
CONTROLS = [f"127.0.0.1:{PORT + 10 + i}" for i in range(3)]
# Two who call, one who answers.
APART = f"{CONTROLS[0]}=caller,{CONTROLS[1]}=caller,{CONTROLS[2]}=callee"
SWITCH = f"""
switch: lab
metrics: 127.0.0.1:{PORT + 1}
data: DATA
options:
  TServer: {{sip-address: 127.0.0.1, sip-interface: 127.0.0.1, sip-port: {PORT},
    drain-timeout: 1}}
dns:
  - {{numbers: {{from: 10000, to: 10019}}, type: extension}}
  - {{numbers: {{from: 30000, to: 30099}}, type: extension}}
"""
USERS = """
  - name: callers
    users: {{csv: users.csv}}
    calls: {{to: {{from: 10000, to: 10019}}, arrivals: {arrivals}, talk: {talk}}}
  - name: phones
    users: {{from: 10000, to: 10019}}
    register: {{expires: 1 h, spread: 100 ms}}
    answers: {{ring-after: 5 ms, answer-after: 10 ms}}
"""


def calls_of_the_switch():
    """What it has counted itself."""
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT + 1}/metrics",
                                timeout=5) as page:
        for line in page.read().decode().splitlines():
            if line.startswith("strowger_calls_opened_total "):
                return int(float(line.split()[1]))
    raise ValueError("the switch does not say")


class Together(Load):
    def setUp(self):
        super().setUp()
        self.serve(SWITCH)
        pathlib.Path(self.path("users.csv")).write_text(
            "number\n" + "".join(f"{x}\n" for x in range(30000, 30100)),
            encoding="utf-8")
        self.generators = [
            self.begin("load", "generator", "--control", address, "--listen",
                       f"127.0.0.1:{PORT + 20 + 10 * i}")
            for i, address in enumerate(CONTROLS)]

    def begin(self, *words):
        started = subprocess.Popen([STROWGER, *words], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.end, started)
        started.stdout.readline()
        return started

    def end(self, started):
        """A switch would wait for calls of a generator that was killed."""
        started.terminate()
        try:
            started.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            started.kill()
            started.communicate()

    def file(self, arrivals, rest, talk="200 ms"):
        return self.scenario(USERS.format(arrivals=arrivals, talk=talk), rest,
                             target=PORT, listen=PORT + 50)

    def start(self, path, generators=APART, *words):
        """A run in progress; its report is in report.json."""
        run = subprocess.Popen(
            [STROWGER, "load", "run", path, "--generators", generators,
             "--json", self.path("report.json"), *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(self.end, run)
        return run

    def until(self, run, wanted):
        """Reads lines of a run until one is what was wanted."""
        for line in run.stdout:
            if wanted(line):
                return line
        self.fail("the run has ended")

    def until_calls(self, run):
        """A line begins `    3 s    20 /s …`."""
        self.until(run, lambda x: "/s" in x and int(x.split("/s")[0].split()[2])
                   > 0)

    def report(self, run, code):
        """A machine that was too busy to call in time does not matter here."""
        text = run.communicate(timeout=60)[0]
        report = json.loads(pathlib.Path(self.path("report.json")).read_text(
            encoding="utf-8"))
        jsonschema.Draft202012Validator(SCHEMA).validate(report)
        invalid = report["verdict"]["invalid"]
        is_busy = invalid and all(": calls started late: " in x
                                  for x in invalid)
        self.assertEqual(code if is_busy else run.returncode, code, text)
        return report

    def play(self, path, generators=APART, *words, code=0):
        return self.report(self.start(path, generators, *words), code)

    # -- one run -------------------------------------------------------------

    def test_the_merged_report_agrees_with_the_switch_to_the_call(self):
        path = self.file("{poisson: 60/s}", "run: {steady: 4 s, drain: 10 s}\n"
                         "pass: [\"failed < 0.01 %\", \"calls > 100\"]")
        x = self.play(path)
        attempts = x["callers"]["attempts"]
        self.assertEqual(attempts, calls_of_the_switch())
        self.assertEqual(x["callers"]["outcomes"]["answered"], attempts)
        self.assertEqual(x["callers"]["ended_cleanly"], attempts)
        self.assertEqual(x["callees"]["outcomes"]["answered"], attempts)
        self.assertEqual(x["callers"]["registrations"]["succeeded"], 20)
        self.assertEqual(sum(x["samples"]["attempts"]), attempts)
        self.assertEqual(x["callers"]["latencies"]["answer"]["count"], attempts)
        self.assertEqual(x["verdict"]["broken_laws"], [])
        parts = x["generators"]
        self.assertEqual([y["address"] for y in parts], CONTROLS)
        self.assertEqual([y["role"] for y in parts],
                         ["caller", "caller", "callee"])
        self.assertEqual(sum(y["attempts"] for y in parts), attempts)
        self.assertGreater(min(parts[0]["attempts"], parts[1]["attempts"]), 60)
        self.assertEqual(parts[2]["came_in"], attempts)

    def test_evenly_spaced_calls_are_as_many_as_one_generator_would_make(self):
        path = self.file("{constant: 50/s}", "run: {steady: 2 s, drain: 10 s}")
        x = self.play(path)
        self.assertEqual(x["callers"]["attempts"], 100)
        self.assertEqual([y["attempts"] for y in x["generators"]], [50, 50, 0])

    def test_each_may_play_both_sides(self):
        path = self.file("{constant: 50/s}", "run: {calls: 60, steady: 9 s}")
        x = self.play(path, ",".join(CONTROLS))
        self.assertEqual(x["callers"]["attempts"], 60)
        self.assertEqual(x["callees"]["outcomes"]["answered"], 60)

    def test_a_criterion_is_about_all_of_them(self):
        path = self.file("{constant: 50/s}", "run: {steady: 2 s, drain: 10 s}\n"
                         "pass: [\"calls >= 100\", \"calls > 100\"]")
        x = self.play(path, code=2)
        self.assertEqual([y["met"] for y in x["verdict"]["criteria"]],
                         [True, False])

    # -- while it goes on ----------------------------------------------------

    def test_a_generator_that_dies_makes_the_run_invalid_by_name(self):
        run = self.start(self.file("{constant: 40/s}", "run: {steady: 60 s}"))
        self.until_calls(run)
        began = time.monotonic()
        os.kill(self.generators[1].pid, signal.SIGKILL)
        x = self.report(run, 3)
        self.assertLess(time.monotonic() - began, 15)
        lost = f"generator {CONTROLS[1]}: was lost after "
        self.assertEqual([y.startswith(lost) for y in x["verdict"]["invalid"]
                          if ": was lost" in y], [True], x["verdict"])
        self.assertTrue(x["generators"][1]["invalid"])

    def test_a_new_rate_holds_from_then_on_without_a_hole_or_a_burst(self):
        run = self.start(self.file("{constant: 20/s}",
                                   "run: {steady: 9 s, drain: 10 s}"))
        self.until_calls(run)
        done = self.load("rate", ",".join(CONTROLS), "60/s")
        self.assertIn("60/s, before 20/s", done.stdout)
        x = self.report(run, 0)
        calls = [y for y in x["samples"]["attempts"] if y > 0]
        full = calls[1:-2]  # the first and the last may be parts of seconds
        self.assertLessEqual(calls[0], 25, calls)
        self.assertGreaterEqual(min(full), 15, calls)
        self.assertLessEqual(max(full), 75, calls)
        self.assertAlmostEqual(sum(full[-4:]) / 4, 60, delta=3, msg=calls)

    def test_tokens_and_addresses_are_asked_for_as_the_switch_asks(self):
        tokens = self.path("tokens")
        pathlib.Path(tokens).write_text(
            "0123456789abcdef control ada\nfedcba9876543210 observe bob\n",
            encoding="utf-8")
        done = self.load("generator", "--control", f"0.0.0.0:{PORT + 8}", code=1)
        self.assertIn("clients need tokens", done.stderr)
        address = f"127.0.0.1:{PORT + 8}"
        self.begin("load", "generator", "--control", address, "--tokens", tokens,
                   "--listen", f"127.0.0.1:{PORT + 52}")
        path = self.file("{constant: 50/s}", "run: {steady: 1 s, drain: 9 s}")
        together = f"{CONTROLS[2]}=callee,{address}=caller"
        for token, word in (([], "BAD_TOKEN"),
                            (["--token", "fedcba9876543210"], "ROLE_TOO_LOW")):
            done = self.load("run", path, "--generators", together, *token,
                             code=1)
            self.assertIn(f"generator {address}: {word}", done.stderr)
        x = self.play(path, together, "--token", "0123456789abcdef")
        self.assertEqual(x["callers"]["attempts"], 50)
        done = self.load("watch", address, "--token", "fedcba9876543210")
        self.assertIn("up", done.stdout)

    def test_a_rate_where_nobody_calls_is_refused(self):
        done = self.load("rate", CONTROLS[0], "60/s", code=1)
        self.assertIn("UNKNOWN_RUN", done.stderr)
        done = self.load("rate", CONTROLS[0], "60", code=1)
        self.assertIn("such as", done.stderr)

    def test_a_run_that_is_stopped_ends_with_its_calls_and_its_report(self):
        for how in "signal", "request":
            with self.subTest(how):
                run = self.start(self.file("{constant: 20/s}",
                                           "run: {steady: 60 s}", "500 ms"))
                self.until_calls(run)
                if how == "signal":
                    run.send_signal(signal.SIGINT)
                else:
                    self.load("stop", ",".join(CONTROLS))
                x = self.report(run, 0)
                self.assertGreater(x["callers"]["attempts"], 0)
                self.assertEqual(x["callers"]["ended_cleanly"],
                                 x["callers"]["attempts"])

    def test_generators_do_not_go_on_without_their_controller(self):
        run = self.start(self.file("{constant: 20/s}", "run: {steady: 60 s}"))
        self.until_calls(run)
        done = self.load("run", self.path("scenario.yaml"), "--generators",
                         CONTROLS[0], code=1)
        self.assertIn("RUN_IN_PROGRESS", done.stderr)
        run.kill()
        self.load("watch", CONTROLS[0])  # until it is over
        self.load("watch", CONTROLS[1])
        self.load("watch", CONTROLS[2])
        path = self.file("{constant: 50/s}", "run: {steady: 1 s, drain: 10 s}")
        x = self.play(path)
        self.assertEqual(x["callers"]["attempts"], 50)

    # -- mistakes ------------------------------------------------------------

    def test_what_keeps_a_run_from_beginning_names_the_generator(self):
        path = self.file("{constant: 50/s}", "run: {steady: 1 s}")
        for words, generators in (
                (f"generator 127.0.0.1:{PORT + 9} cannot be reached",
                 f"{CONTROLS[0]},127.0.0.1:{PORT + 9}"),
                ("is not caller, callee or both", f"{CONTROLS[0]}=phone"),
                ("there is nothing to do for generator 1 of 1 (caller)",
                 f"{CONTROLS[0]}=caller")):
            if "nothing to do" in words:
                path = self.scenario("\n" + USERS[USERS.index("  - name: ph"):]
                                     .format(), target=PORT)
            with self.subTest(words):
                began = time.monotonic()
                done = self.load("run", path, "--generators", generators,
                                 code=1)
                self.assertIn(words, done.stderr)
                self.assertLess(time.monotonic() - began, 4)

    def test_a_device_that_is_not_there_is_told_by_generators_too(self):
        path = self.file("{constant: 50/s}", "run: {steady: 1 s}")
        done = self.load("run", path, "--target", "127.0.0.1:9",
                         "--generators", APART, code=1)
        self.assertIn("127.0.0.1:9 cannot be reached", done.stderr)


if __name__ == "__main__":
    sys.exit(counted.main(__name__))
