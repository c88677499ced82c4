#!/usr/bin/env python3
"""Runs of `strowger load` against devices of which everything is known.
Prints `N passed, N failed`.

    test/load/test_runs.py STROWGER
"""

import json
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/harness"))
import counted
from answerer import Answerer
from lab import Lab, STROWGER, is_open
from notifier import Notifier

EXAMPLES = ROOT / "deploy/examples/load"
PORT = 31800  # and the twenty after it
CALLERS = """
  - name: callers
    users: {{from: 30000, to: 30099}}
    calls: {{to: {{from: 10000, to: 10099}}, arrivals: {arrivals}, talk: {talk}}}
"""
CALLEES = """
  - name: callees
    users: {from: 10000, to: 10099}
    answers: {ring-after: 5 ms, answer-after: 10 ms}
"""


class Load(Lab):
    def scenario(self, populations, rest="", target=PORT, listen=PORT + 10):
        path = self.path("scenario.yaml")
        pathlib.Path(path).write_text(
            f"load: test\ntarget: 127.0.0.1:{target}\n"
            f"listen: 127.0.0.1:{listen}\nseed: 1\npopulations:{populations}"
            f"{rest}\n", encoding="utf-8")
        return path

    def calls(self, arrivals, talk="0 s"):
        return CALLERS.format(arrivals=arrivals, talk=talk)

    def load(self, *words, code=0, device=None):
        """A run in which this machine was too busy to be the generator says so
        (3), and says nothing else: then it is done again, twice at most."""
        for _ in range(3):
            done = subprocess.run([STROWGER, "load", *words], text=True,
                                  capture_output=True, timeout=240, check=False)
            if done.returncode != 3 or code == 3:
                break
            if device:
                device.forget()
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def run_file(self, path, *words, code=0, device=None):
        report = self.path("report.json")
        self.load("run", path, "--quiet", "--json", report, *words, code=code,
                  device=device)
        return json.loads(pathlib.Path(report).read_text(encoding="utf-8"))


class Runs(Load):
    def test_both_sides_agree_to_the_call(self):
        # The callers call the other population of the same run.
        path = self.scenario(self.calls("{poisson: 100/s}", "200 ms") + CALLEES,
                             "run: {steady: 3 s, drain: 10 s}\n"
                             "pass: [\"failed < 0.01 %\"]", target=PORT + 11)
        x = self.run_file(path)
        callers, callees = x["callers"], x["callees"]
        self.assertGreater(callers["attempts"], 200)
        for side in callers, callees:
            self.assertEqual(side["outcomes"]["answered"], side["attempts"])
            self.assertEqual(side["ended_cleanly"], side["attempts"])
        self.assertEqual(callers["attempts"], callees["attempts"])
        self.assertEqual(x["verdict"]["broken_laws"], [])

    def test_sides_may_be_processes_of_their_own(self):
        path = self.scenario(self.calls("{constant: 50/s}") + CALLEES,
                             "run: {steady: 2 s, drain: 10 s}", target=PORT + 5)
        callee = subprocess.Popen(
            [STROWGER, "load", "run", path, "--role", "callee", "--quiet",
             "--listen", f"127.0.0.1:{PORT + 5}", "--json",
             self.path("callee.json")], stdout=subprocess.DEVNULL)
        self.addCleanup(callee.wait)
        self.addCleanup(callee.kill)  # it would answer for ever
        while not is_open(PORT + 5):
            self.assertIsNone(callee.poll())
        x = self.run_file(path, "--role", "caller")
        callee.terminate()
        self.assertEqual(callee.wait(), 0)
        other = json.loads(pathlib.Path(self.path("callee.json")).read_text(
            encoding="utf-8"))
        self.assertEqual(x["callers"]["attempts"], 100)
        self.assertEqual(other["callees"]["outcomes"]["answered"], 100)

    def test_a_run_of_so_many_calls_ends_after_them_though_others_answer(self):
        x = self.run_file(self.scenario(
            self.calls("{constant: 50/s}") + CALLEES,
            "run: {calls: 20, steady: 10 min, drain: 10 s}", target=PORT + 11))
        self.assertEqual(x["callers"]["attempts"], 20)
        self.assertEqual(x["callees"]["outcomes"]["answered"], 20)

    def test_a_device_agrees_to_the_call(self):
        with Answerer(PORT) as device:
            x = self.run_file(self.scenario(
                self.calls("{poisson: 100/s}"), "run: {steady: 3 s, drain: 5 s}"),
                device=device)
        self.assertEqual(x["callers"]["outcomes"]["answered"], device.answered)
        self.assertEqual(x["callers"]["ended_cleanly"], device.ended)

    def test_prometheus_sees_the_run_by_the_names_of_the_switch(self):
        path = self.scenario(self.calls("{constant: 50/s}"),
                             "run: {calls: 100, steady: 60 s, drain: 60 s}")
        with Answerer(PORT), subprocess.Popen(
                [STROWGER, "load", "run", path, "--quiet", "--metrics",
                 f"127.0.0.1:{PORT + 2}"], stdout=subprocess.DEVNULL) as run:
            wanted = ('strowger_calls_total{direction="outbound",'
                      'result="answered",side="caller"} ')
            counts = []
            while run.poll() is None:
                try:
                    with urllib.request.urlopen(
                            f"http://127.0.0.1:{PORT + 2}/metrics",
                            timeout=5) as page:
                        text = page.read().decode()
                except OSError:
                    continue
                counts += [float(x[len(wanted):]) for x in text.splitlines()
                           if x.startswith(wanted)]
        self.assertGreater(max(counts), 0)
        self.assertEqual(counts, sorted(counts))

    def test_a_seed_reproduces_the_arrivals(self):
        attempts = set()
        for _ in range(2):
            with Answerer(PORT):
                x = self.run_file(self.scenario(
                    self.calls("{poisson: 100/s}"),
                    "run: {calls: 150, steady: 30 s, drain: 5 s}"))
            attempts.add(x["callers"]["attempts"])
        self.assertEqual(attempts, {150})


SWITCH = f"""
switch: lab
metrics: 127.0.0.1:{PORT + 4}
data: DATA
options:
  TServer: {{sip-address: 127.0.0.1, sip-interface: 127.0.0.1, sip-port: {PORT + 3}}}
dns:
  - {{numbers: {{from: 30000, to: 30019}}, type: extension,
     options: {{password: s3cret, authenticate-requests: [register, invite]}}}}
"""
USERS = """
  - name: callers
    users: {from: 30000, to: 30009}
    register: {expires: 1 h, password: PASSWORD, spread: 100 ms}
    calls:
      to: {from: 30010, to: 30019}
      arrivals: {constant: 20/s}
      talk: 2 s
      steps: [{after: 200 ms, do: hold}, {after: 200 ms, do: retrieve}]
  - name: phones
    users: {from: 30010, to: 30019}
    register: {expires: 1 h, password: s3cret, spread: 100 ms}
    answers: {ring-after: 5 ms, answer-after: 10 ms}
"""


class AgainstTheSwitch(Load):
    def setUp(self):
        super().setUp()
        self.serve(SWITCH)

    def play(self, password):
        return self.run_file(self.scenario(
            USERS.replace("PASSWORD", password),
            "run: {steady: 3 s, drain: 10 s}", target=PORT + 3))

    def test_users_prove_themselves_and_both_sides_agree(self):
        x = self.play("s3cret")
        self.assertEqual(x["callers"]["registrations"]["succeeded"], 20)
        self.assertEqual(x["callers"]["attempts"], 60)
        self.assertEqual(x["callers"]["outcomes"]["answered"], 60)
        self.assertEqual(x["callers"]["ended_cleanly"], 60)
        self.assertEqual(x["callees"]["outcomes"]["answered"], 60)
        self.assertEqual(x["callers"]["steps"]["hold"]["done"], 60)

    def test_a_wrong_password_is_counted_by_its_answer(self):
        x = self.play("wrong")
        self.assertEqual(x["callers"]["registrations"]["succeeded"], 10)
        self.assertEqual(x["callers"]["outcomes"]["answered"], 0)
        self.assertEqual(x["callers"]["attempts"], 60)


class Honesty(Load):
    def test_an_overloaded_generator_is_stamped_invalid(self):
        with Answerer(PORT, loss=1.0):
            path = self.scenario(self.calls("{constant: 100000/s}"),
                                 "run: {steady: 3 s, drain: 1 s}")
            x = self.run_file(path, "--no-probe", code=3)
        self.assertTrue(x["verdict"]["invalid"])

    def test_a_device_that_loses_one_in_a_hundred_makes_no_run_invalid(self):
        with Answerer(PORT, loss=0.01) as device:
            x = self.run_file(self.scenario(
                self.calls("{poisson: 100/s}"),
                "run: {steady: 5 s, drain: 40 s}"), device=device)
        self.assertEqual(x["verdict"]["invalid"], [])
        self.assertGreater(x["callers"]["retransmitted"], 0)
        self.assertEqual(x["callers"]["outcomes"]["answered"], device.answered)

    def test_a_missed_criterion_is_exit_code_2(self):
        with Answerer(PORT, rate=10):
            x = self.run_file(self.scenario(
                self.calls("{constant: 50/s}"), "run: {steady: 2 s, drain: 5 s}\n"
                "pass: [\"failed < 1 %\"]"), code=2)
        self.assertGreater(x["callers"]["outcomes"]["server_error"], 0)


class Subscriptions(Load):
    WATCHERS = """
  - name: watchers
    users: {from: 30000, to: 30019}
    register: {expires: 1 h, spread: 100 ms}
    subscribe: {event: message-summary, expires: 3 s, spread: 500 ms}
"""

    def test_users_register_subscribe_and_renew_it_and_every_notify_counts(self):
        with Notifier(PORT, 3, "application/simple-message-summary") as device:
            x = self.run_file(self.scenario(
                self.WATCHERS, "run: {steady: 6 s, drain: 5 s}\n"
                "pass: [\"p99 subscribe < 1 s\"]"))["callers"]
        self.assertEqual(device.registered, 20)
        self.assertEqual(len(device.watched), 20)
        self.assertEqual(len(device.left), 20)
        subscribed = x["subscriptions"]
        # Those that leave at the end are not counted.
        self.assertEqual(subscribed["attempts"], len(device.seen) - 20)
        self.assertGreater(subscribed["attempts"], 40)
        self.assertEqual(subscribed["succeeded"], subscribed["attempts"])
        self.assertEqual(x["latencies"]["subscribe"]["count"],
                         subscribed["succeeded"])
        self.assertEqual(x["notifications"], device.notified)
        self.assertEqual(device.taken, device.notified)


class Search(Load):
    def test_the_capacity_of_a_device_with_a_known_limit_is_found(self):
        limit = 150
        path = self.scenario(
            self.calls("{constant: 10/s}", "1 s"),
            "run: {warm-up: 1 s, steady: 3 s, drain: 5 s}\n"
            "search: {from: 40/s, to: 2000/s, precision: 2 %}")
        for _ in range(3):
            with Answerer(PORT, circuits=limit):
                done = self.load("run", path, "--quiet")
            if "pass: the generator:" not in done.stdout:
                break  # else a trial found the limit of this machine
        line = [x for x in done.stdout.splitlines() if "capacity:" in x][0]
        found = float(line.split()[1])
        self.assertLess(abs(found - limit), 0.03 * limit, done.stdout)


class Shortened(Load):
    def test_a_long_run_plays_its_beginning_and_counts_the_whole(self):
        path = self.scenario(self.calls("{constant: 50/s}"),
                             "run: {warm-up: 5 min, steady: 24 h, drain: 5 min}")
        with Answerer(PORT) as device:
            x = self.run_file(path, "--warm-up", "1 s", "--steady", "2 s",
                              "--drain", "5 s", device=device)
        steady, whole = x["callers"], x["whole_run"]["callers"]
        self.assertAlmostEqual(steady["attempts"], 100, delta=2)
        self.assertAlmostEqual(whole["attempts"], 150, delta=5)
        self.assertEqual(whole["outcomes"]["answered"], whole["attempts"])
        self.assertEqual(whole["outcomes"]["answered"], device.answered)
        self.assertEqual(whole["ended_cleanly"], device.ended)

    def test_a_duration_without_its_unit_is_told(self):
        path = self.scenario(self.calls("{constant: 1/s}"))
        done = self.load("run", path, "--steady", "5", code=1)
        self.assertIn('--steady: "5" has no unit', done.stderr)


class Mistakes(Load):
    def test_a_target_where_nobody_is_is_told_within_three_seconds(self):
        path = self.scenario(self.calls("{constant: 1/s}"))
        for target, words in (("127.0.0.1:9", "cannot be reached"),
                              (None, "does not answer OPTIONS within 3 s")):
            with Answerer(PORT, loss=1.0), self.subTest(words):
                began = time.monotonic()
                done = self.load("run", path,
                                 *(["--target", target] if target else []),
                                 code=1)
                self.assertIn(words, done.stderr)
                self.assertLess(time.monotonic() - began, 4)

    def test_a_mistake_in_a_scenario_has_file_line_and_what_was_expected(self):
        path = self.scenario(self.calls("{constant: 1}"))
        done = self.load("check", path, code=1)
        self.assertIn("scenario.yaml:8:", done.stderr)
        self.assertIn("constant", done.stderr)

    def test_every_word_of_a_scenario_is_explained(self):
        page = (EXAMPLES / "README.md").read_text("utf-8")
        words = set()
        for path in (ROOT / "services/load").glob("scenario_parser*.cpp"):
            for line in re.findall(
                    r"constexpr std::string_view \w+\[\]\s*= ?\{([^}]*)\}",
                    path.read_text("utf-8")):
                words |= set(re.findall(r'"([\w-]+)"', line))
        self.assertGreater(len(words), 60)
        self.assertEqual(
            [x for x in sorted(words) if not re.search(rf"\b{x}\b", page)], [])

    def test_every_example_is_right(self):
        for path in sorted(EXAMPLES.glob("*.yaml")):
            with self.subTest(path.name):
                self.load("check", str(path))


class Compare(Load):
    def test_two_runs_are_put_side_by_side(self):
        names = []
        for seed in 1, 2:
            with Answerer(PORT):
                name = self.path(f"{seed}.json")
                self.load("run", self.scenario(
                    self.calls("{poisson: 100/s}"),
                    "run: {steady: 2 s, drain: 5 s}"),
                    "--seed", str(seed), "--json", name, "--quiet")
                names.append(name)
        done = self.load("compare", *names)
        self.assertIn("no difference shown", done.stdout)


class Show(Load):
    def test_a_report_is_printed_anew_as_it_was_printed_by_the_run(self):
        name = self.path("report.json")
        with Answerer(PORT):
            ran = self.load("run", self.scenario(
                self.calls("{poisson: 100/s}"),
                "run: {steady: 2 s, drain: 5 s}"), "--quiet", "--json", name)
        self.assertEqual(self.load("show", name).stdout, ran.stdout)

    def test_what_is_no_report_is_refused(self):
        name = self.path("report.json")
        pathlib.Path(name).write_text('{"format": "else"}')
        self.assertIn("format", self.load("show", name, code=1).stderr)


if __name__ == "__main__":
    sys.exit(counted.main(__name__))
