#!/usr/bin/env python3
"""`strowger torture` against the switch, and against devices of which it is
known what they do wrong. Prints `N passed, N failed`.

    test/torture/test_torture.py STROWGER
"""

import base64
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time
import unittest

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/harness"))
import counted
from lab import DatagramPeer, Lab, STROWGER

SCHEMA = json.loads((ROOT / "services/torture/report.schema.json").read_text(
    encoding="utf-8"))
PORT = int(os.environ.get("STROWGER_TEST_PORT", "28500"))  # and nine after it
LISTEN = "127.0.0.40"  # nobody else's, for answers to port 5060 of it


class Device(DatagramPeer):
    """Answers every request over UDP. `status` says with what; `wrong` is what
    it does about one message, known by a part of it: "die" (nothing is
    answered any more), "pause" (nothing for 4 s), "drop" (no answer to this
    one), "garble" (an answer without Via)."""

    def __init__(self, port, status="404 Not Found", mark=None, wrong=None,
                 host="127.0.0.1"):
        super().__init__(port, host)
        self.status, self.mark, self.wrong = status, mark, wrong
        self.dead_until = 0
        self.sources, self.methods = set(), []

    def take(self, text, source):
        self.sources.add(source[0])
        if time.monotonic() < self.dead_until:
            return
        method = text.split(" ", 1)[0]
        self.methods.append(method)
        hit = self.mark is not None and self.mark in text
        if hit and self.wrong == "drop":
            return
        if hit and self.wrong in ("die", "pause"):
            self.dead_until = (float("inf") if self.wrong == "die"
                               else time.monotonic() + 4)
            return
        if method == "ACK" or text.startswith("SIP/"):
            return
        reply = self.reply(text, self.status)
        if hit and self.wrong == "garble":
            reply = reply.replace("Via", "Nothing")
        self.send(reply, source)

    @staticmethod
    def reply(text, status):
        kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq|[vfti]) *:.*?"
                          r"(?=\r\n[^ \t])", text, re.M | re.S | re.I)
        return "\r\n".join([f"SIP/2.0 {status}", *kept, "Content-Length: 0",
                            "", ""])


class Torture(Lab):
    def torture(self, *words, code=0, device=f"sip:127.0.0.1:{PORT}",
                listen=LISTEN):
        done = subprocess.run(
            [STROWGER, "torture", device, "--listen", listen, *words],
            text=True, capture_output=True, timeout=500, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def report(self, *words, code=0, **more):
        path = self.path("report.json")
        self.torture("--json", path, *words, code=code, **more)
        report = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        judge = jsonschema.Draft202012Validator(SCHEMA)
        self.assertEqual([f"{x.json_path}: {x.message[:200]}"
                          for x in judge.iter_errors(report)], [])
        return report


def undescribed(schema, path=""):
    for name, value in {**schema.get("properties", {}),
                        **schema.get("$defs", {})}.items():
        if "description" not in value:
            yield f"{path}/{name}"
        yield from undescribed(value, f"{path}/{name}")


def names(report, *verdicts):
    return [x["name"] for x in report["cases"] if x["verdict"] in verdicts]


SWITCH = f"""
switch: lab
metrics: 127.0.0.1:{PORT + 1}
data: DATA
options:
  TServer: {{sip-address: 127.0.0.1, sip-interface: 127.0.0.1,
            sip-port: {PORT}, source-rate-limit: 0}}
dns:
  - {{number: torture, type: extension}}
  - {{number: user, type: extension, options: {{password: s3cret,
     authenticate-requests: [register]}}}}
"""


class AgainstTheSwitch(Torture):
    def setUp(self):
        super().setUp()
        self.switch = self.serve(SWITCH)

    def test_the_switch_answers_everything_as_expected(self):
        report = self.report("--mutations", "250", "--timeout", "0.3")
        self.assertEqual(names(report, "failed", "unheard", "not sent"), [])
        self.assertEqual(len(report["cases"]), 62 + 250)
        answers = {x["name"]: x["answer"] for x in report["cases"]}
        # As test/sip/torture.md argues them.
        for name, status in (("quotbal", 400), ("badvers", 505), ("esc02", 501),
                             ("unkscm", 416), ("bext01", 420), ("wsinv", 481),
                             ("badinv01", None), ("bcast", None)):
            self.assertEqual(answers[name], status, name)

    def test_over_tcp_too(self):
        report = self.report("--timeout", "0.3", "--mutations", "100",
                             device=f"sip:127.0.0.1:{PORT};transport=tcp")
        self.assertEqual(names(report, "failed", "unheard", "not sent"), [])
        cases = {x["name"]: x for x in report["cases"]}
        self.assertEqual(len(cases["frame-two"]["answers"]), 2)
        self.assertEqual(len(cases["dblreq"]["answers"]), 2)
        self.assertTrue(cases["frame-negative"]["closed"])

    def test_the_bytes_of_the_rfcs_as_they_are(self):
        # Some share a transaction with others, so not all answers fit.
        report = self.report("--exact", "--only", "bad*", "--timeout", "0.3")
        self.assertEqual(names(report, "failed", "unheard", "not sent"), [])
        self.assertTrue(report["exact"])


class WrongDevices(Torture):
    def test_a_device_that_dies_is_named_with_the_case(self):
        with Device(PORT, mark="longreq.", wrong="die"):
            done = self.torture("--only", "l*", "--revive-within", "0",
                                "--timeout", "0.1", code=2)
        self.assertRegex(done.stdout, r"FAILED +longreq ")
        self.assertIn("the device died of it", done.stdout)
        self.assertIn("the device is dead since longreq", done.stdout)

    def test_a_device_that_comes_back_is_tortured_on(self):
        with Device(PORT, mark="longreq.", wrong="pause"):
            report = self.report("--only", "l*", "--timeout", "0.1", code=2)
        cases = {x["name"]: x for x in report["cases"]}
        self.assertFalse(cases["longreq"]["alive"])
        self.assertGreater(cases["longreq"]["revived_after_ms"], 1000)
        self.assertTrue(cases["ltgtruri"]["alive"])
        self.assertEqual(names(report, "not sent"), [])

    def test_who_says_200_to_everything_fails(self):
        with Device(PORT, status="200 OK") as device:
            report = self.report("--mutations", "45", "--timeout", "0.1",
                                 code=2)
        failed = names(report, "failed")
        for name in ("badvers", "mismatch01", "multi01", "scalar02", "insuf",
                     "unkscm", "bext01", "esc02", "sdp01"):
            self.assertIn(name, failed)
        for name in ("lwsdisp", "semiuri", "cparam01", "ipv6-good"):
            self.assertNotIn(name, failed)
        self.assertTrue(any(x.startswith("mutation") for x in failed))
        # What was answered is ended again, and nobody else hears of it.
        self.assertIn("BYE", device.methods)
        self.assertEqual(device.sources, {LISTEN})

    def test_an_answer_without_via_fails(self):
        with Device(PORT, mark="semiuri.", wrong="garble"):
            report = self.report("--only", "[ls]*i", "--timeout", "0.1", code=2)
        self.assertEqual(names(report, "failed"), ["semiuri"])
        wrong = [x for x in report["cases"] if x["name"] == "semiuri"][0]
        self.assertIn("no Via", wrong["words"][0])
        self.assertIn(b"OPTIONS sip:user;par=u%40example.net@example.com",
                      base64.b64decode(wrong["sent_base64"]))

    def test_a_device_may_have_an_ipv6_address(self):
        try:
            device = Device(PORT, host="::1")
        except OSError:
            self.skipTest("this machine has no IPv6")
        with device:
            report = self.report("--mutations", "40", "--timeout", "0.1",
                                 "--only", "mutation-*", listen="[::1]",
                                 device=f"sip:[::1]:{PORT}")
        self.assertEqual(report["verdict"]["counts"]["unheard"], 0)
        self.assertGreater(report["verdict"]["counts"]["as expected"], 30)

    def test_a_port_that_somebody_else_has_makes_silence_no_failure(self):
        words = ("--only", "ipv4-mapped-ipv6", "--timeout", "0.1")
        with Device(PORT, mark="]:19823", wrong="drop"):
            self.assertEqual(names(self.report(*words, code=2), "failed"),
                             ["ipv4-mapped-ipv6"])
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.bind((LISTEN, 19823))
                report = self.report(*words)
        self.assertEqual(names(report, "unheard"), ["ipv4-mapped-ipv6"])
        self.assertIn("port 19823", report["cases"][0]["words"][0])


class Schema(unittest.TestCase):
    def test_it_is_one_and_describes_every_field(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        self.assertEqual(list(undescribed(SCHEMA)), [])


class Mistakes(Torture):
    def test_a_device_that_is_not_there_is_told_within_three_seconds(self):
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        silent.bind(("127.0.0.1", PORT + 3))
        self.addCleanup(silent.close)
        for device, words in (
                (f"sip:127.0.0.1:{PORT + 2}", "cannot be reached"),
                (f"sip:127.0.0.1:{PORT + 2};transport=tcp", "refused"),
                (f"sip:127.0.0.1:{PORT + 3}", "does not answer OPTIONS")):
            with self.subTest(device):
                began = time.monotonic()
                done = self.torture(device=device, code=3)
                self.assertIn(words, done.stderr)
                self.assertLess(time.monotonic() - began, 3.5)

    def test_wrong_words_are_told(self):
        for words, said in (((), "sips"), (("--only", "nobody"), "no case"),
                            (("--listen", "192.0.2.1"), "listen")):
            device = "sips:127.0.0.1" if not words else "sip:127.0.0.1"
            with self.subTest(said):
                done = subprocess.run(
                    [STROWGER, "torture", device, *words], text=True,
                    capture_output=True, timeout=30, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn(said, done.stderr)

    def test_a_list_sends_nothing(self):
        done = self.torture("--list", "--seed", "5", "--only", "mutation-17")
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertEqual(done.stdout.split()[0], "mutation-17")


if __name__ == "__main__":
    sys.exit(counted.main(__name__))
