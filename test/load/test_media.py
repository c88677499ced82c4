#!/usr/bin/env python3
"""RTP of `strowger load`: what users say is what the others hear.
Prints `N passed, N failed`.

    test/load/test_media.py STROWGER
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/harness"))
import counted
from lab import Lab, STROWGER
from rtp_peer import RtpPeer

PORT = 28700  # and the twenty after it
RTP_PORT = 42000  # and the 999 after it
SWITCH = f"""
switch: lab
metrics: 127.0.0.1:{PORT + 4}
data: DATA
options:
  TServer: {{sip-address: 127.0.0.1, sip-interface: 127.0.0.1, sip-port: {PORT + 3}}}
dns:
  - {{numbers: {{from: 30000, to: 30019}}, type: extension}}
"""
USERS = """
  - name: callers
    users: {from: 30000, to: 30009}
    register: {expires: 1 h, spread: 100 ms}
    calls:
      to: {from: 30010, to: 30019}
      arrivals: {constant: 5/s}
      talk: 3 s
      steps: [CALLERS]
  - name: phones
    users: {from: 30010, to: 30019}
    register: {expires: 1 h, spread: 100 ms}
    answers: {ring-after: 5 ms, answer-after: 10 ms, steps: [PHONES]}
    media: ON
"""
CALLERS = """
  - name: callers
    users: {from: 30000, to: 30009}
    calls: {to: {from: 10000, to: 10009}, arrivals: {constant: 10/s}, talk: 2 s,
            steps: [STEPS]}
"""


class Media(Lab):
    def play(self, populations, target, media, rest="", code=0, device=None):
        """A run in which this machine was too busy to be the generator says so
        (3), and says nothing else: then it is done again, twice at most."""
        scenario, report = self.path("scenario.yaml"), self.path("report.json")
        pathlib.Path(scenario).write_text(
            f"load: test\ntarget: 127.0.0.1:{target}\n"
            f"listen: 127.0.0.1:{PORT + 10}\nseed: 1\n"
            f"media: {media}\npopulations:{populations}"
            f"run: {{steady: 2 s, drain: 10 s}}\n{rest}\n", encoding="utf-8")
        for _ in range(3):
            done = subprocess.run(
                [STROWGER, "load", "run", scenario, "--quiet", "--json", report],
                text=True, capture_output=True, timeout=240, check=False)
            if done.returncode != 3:
                break
            if device:
                device.forget()
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.text = done.stdout
        return json.loads(pathlib.Path(report).read_text(encoding="utf-8"))

    @staticmethod
    def media(what=""):
        return (f"{{ports: {{from: {RTP_PORT}, to: {RTP_PORT + 899}}}"
                f"{what and ', ' + what}}}")


def mos(side, percent):
    """The score that so many per cent of the streams do not exceed."""
    scores = sorted(side["streams_by_mos_hundredths"].items(),
                    key=lambda x: int(x[0]))
    left = max(1, percent / 100 * sum(x for _, x in scores))
    for score, count in scores:
        left -= count
        if left <= 0:
            return int(score) / 100
    return 0


class ThroughTheSwitch(Media):
    """Descriptions pass through it, so both sides hear each other."""

    def setUp(self):
        super().setUp()
        self.serve(SWITCH)

    def users(self, callers="", phones="", phones_media="on"):
        return (USERS.replace("CALLERS", callers).replace("PHONES", phones)
                .replace("ON", phones_media))

    def check_both_hear(self, x, calls=10):
        self.assertEqual(x["callers"]["outcomes"]["answered"], calls)
        self.assertEqual(x["callers"]["ended_cleanly"], calls)
        for side in x["callers"]["media"], x["callees"]["media"]:
            self.assertEqual(side["calls"], calls)
            self.assertEqual(side["tones_detected"], calls)
            self.assertEqual(side["one_way_calls"], 0)
            self.assertEqual(side["silent_calls"], 0)
            self.assertEqual(side["packets_lost"], 0)
            self.assertEqual(side["packets_refused"], 0)
            self.assertEqual(side["mismatches"], 0)
            self.assertGreater(side["packets_received"], calls * 3 * 50 * 0.9)
            self.assertGreater(mos(side, 50), 4.3)

    def test_both_sides_hear_tone_and_digits(self):
        for codec in "PCMA", "PCMU":
            with self.subTest(codec):
                x = self.play(
                    self.users("{after: 500 ms, do: dtmf, digits: '159#'}",
                               "{after: 1 s, do: dtmf, digits: '2A'}"),
                    PORT + 3, self.media(f"codec: {codec}, tone: 1004 Hz"))
                self.check_both_hear(x)
                callers, callees = x["callers"], x["callees"]
                for one, other, digits in ((callers, callees, 40),
                                           (callees, callers, 20)):
                    self.assertEqual(one["steps"]["dtmf"]["done"], 10)
                    self.assertEqual(one["media"]["digits_sent"], digits)
                    self.assertEqual(other["media"]["digits_expected"], digits)
                    self.assertEqual(other["media"]["digits_detected"], digits)
                    self.assertEqual(other["media"]["digits_wrong"], 0)
                self.assertIn("tone detected", self.text)
                self.assertGreater(max(x["samples"]["rtp_mos_mean"]), 4.3)

    def test_digits_may_be_tones_or_info(self):
        for way, sent in ("in-band", 100), ("info", 0):
            with self.subTest(way):
                x = self.play(
                    self.users("{after: 500 ms, do: dtmf, digits: '0*159#A44D'}"),
                    PORT + 3, self.media(f"dtmf: {way}"))
                self.check_both_hear(x)
                callees = x["callees"]["media"]
                self.assertEqual(x["callers"]["steps"]["dtmf"]["done"], 10)
                self.assertEqual(x["callers"]["media"]["digits_sent"], sent)
                self.assertEqual(callees["digits_expected"], sent)
                self.assertEqual(callees["digits_detected"], sent)
                self.assertEqual(callees["digits_wrong"], 0)

    def test_srtp_is_heard_by_those_who_have_its_key(self):
        x = self.play(self.users("{after: 1 s, do: dtmf, digits: '12'}"),
                      PORT + 3, self.media("srtp: true"))
        self.check_both_hear(x)
        self.assertEqual(x["callees"]["media"]["digits_detected"], 20)

    def test_hold_is_silence_that_nobody_is_blamed_for(self):
        x = self.play(self.users(
            "{after: 800 ms, do: hold}, {after: 400 ms, do: retrieve}"),
            PORT + 3, self.media())
        self.assertEqual(x["callers"]["steps"]["retrieve"]["done"], 10)
        for side in x["callers"]["media"], x["callees"]["media"]:
            self.assertEqual(side["tones_detected"], 10)
            self.assertEqual(side["packets_lost"], 0)
            # 3 s less the 400 ms on hold.
            self.assertLess(side["packets_received"], 10 * 2.8 * 50)
            self.assertGreater(side["packets_received"], 10 * 2 * 50)
            self.assertGreater(mos(side, 50), 4.3)

    def test_a_population_without_media_is_one_way_audio_for_the_other(self):
        x = self.play(self.users(phones_media="off"), PORT + 3, self.media())
        self.assertEqual(x["callers"]["media"]["one_way_calls"], 10)
        self.assertNotIn("media", x["callees"])


class AgainstDevices(Media):
    def test_a_device_that_says_nothing_is_one_way_audio(self):
        with RtpPeer(PORT, RTP_PORT + 990, "deaf") as device:
            x = self.play(CALLERS.replace("STEPS", ""), PORT, self.media(),
                          "pass: [\"failed < 1 %\", \"one-way < 1\", "
                          "\"tones > 99 %\", \"p5 MOS > 4\"]", code=2,
                          device=device)
        self.assertEqual([y["words"] for y in x["verdict"]["criteria"]],
                         ["failed: 0 %, wanted < 1 %",
                          "one-way: 20, wanted < 1",
                          "tones: 0 %, wanted > 99 %",
                          "p5 MOS: nothing to measure, wanted > 4"])
        callers = x["callers"]["media"]
        self.assertEqual(callers["one_way_calls"], 20)
        self.assertEqual(callers["tones_detected"], 0)
        self.assertEqual(callers["packets_received"], 0)
        self.assertEqual(callers["packets_sent"], sum(device.came.values()))

    def test_a_device_that_says_nothing_in_packets_is_silence(self):
        with RtpPeer(PORT, RTP_PORT + 990, "silence") as device:
            x = self.play(CALLERS.replace("STEPS", ""), PORT, self.media(),
                          device=device)
        callers = x["callers"]["media"]
        self.assertEqual(callers["silent_calls"], 20)
        self.assertEqual(callers["one_way_calls"], 0)
        self.assertEqual(callers["tones_detected"], 0)

    def test_every_packet_that_a_device_loses_is_found_missing(self):
        with RtpPeer(PORT, RTP_PORT + 990, drop=50) as device:
            x = self.play(CALLERS.replace("STEPS", ""), PORT, self.media(),
                          device=device)
        callers = x["callers"]["media"]
        self.assertGreaterEqual(callers["packets_lost"], 20)
        self.assertEqual(callers["packets_lost"], sum(device.missing.values()))
        self.assertEqual(callers["loss_runs"], callers["packets_lost"])
        self.assertEqual(callers["longest_loss_packets"], 1)
        self.assertEqual(callers["tones_detected"], 20)
        self.assertLess(mos(callers, 50), 4.35)

    def test_digits_that_come_back_are_those_that_were_sent(self):
        with RtpPeer(PORT, RTP_PORT + 990) as device:
            x = self.play(CALLERS.replace(
                "STEPS", "{after: 100 ms, do: dtmf, digits: '0123456'}"),
                PORT, self.media(), device=device)
        callers = x["callers"]["media"]
        self.assertEqual(callers["digits_sent"], 140)
        self.assertEqual(callers["digits_detected"], 140)
        self.assertEqual(callers["digits_wrong"], 0)


class Mistakes(Media):
    def test_too_few_ports_make_a_run_invalid_that_says_so(self):
        ports = f"{{ports: {{from: {RTP_PORT}, to: {RTP_PORT + 5}}}}}"
        with RtpPeer(PORT, RTP_PORT + 990):
            x = self.play(CALLERS.replace("STEPS", ""), PORT, ports, code=3)
        self.assertIn("no local RTP port was left for ",
                      " ".join(x["verdict"]["invalid"]))


if __name__ == "__main__":
    sys.exit(counted.main(__name__))
