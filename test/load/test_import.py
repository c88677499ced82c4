#!/usr/bin/env python3
"""Scenarios of SIPp, as sipp itself has them, brought to `strowger load` and
run against sipp. Prints `N passed, N failed`.

    test/load/test_import.py STROWGER
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/harness"))
import counted
from lab import Lab, STROWGER, is_open

PORT = int(os.environ.get("STROWGER_TEST_PORT", "28600"))  # and ten after it
CALLS = 20
USERS = ["uac", "uas", "regexp", "branchc", "branchs", "uac_pcap", "3pcc-A",
         "3pcc-B"]
# They do what another SIPp tells them.
CONTROLLERS = ["3pcc-C-A", "3pcc-C-B"]
FATES = ["understood", "approximated", "left out", "impossible"]
# -trace_stat has a column of calls that did what the scenario says.
SUCCEEDED = "SuccessfulCall(C)"


def embedded(name):
    return subprocess.run(["sipp", "-sd", name], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False).stdout


class Imports(Lab):
    def load(self, *words, codes=(0,)):
        done = subprocess.run([STROWGER, "load", *words], text=True,
                              capture_output=True, timeout=120, check=False)
        self.assertIn(done.returncode, codes, done.stdout + done.stderr)
        return done

    def imported(self, name, *words, code=0):
        """The scenario's file, and what was said of it."""
        xml, yaml = self.path(name + ".xml"), self.path(name + ".yaml")
        pathlib.Path(xml).write_bytes(embedded(name))
        done = self.load("import", xml, "--output", yaml, *words,
                         codes=(code,))
        return yaml, done.stderr

    def wait_until(self, condition):
        end = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def sipp(self, *words):
        """sipp, until so many calls are over; its counts come with them."""
        return subprocess.Popen(
            ["sipp", *words, "-i", "127.0.0.1", "-m", str(CALLS), "-nostdin",
             "-timeout", "60s", "-trace_stat", "-stf", self.path("stat.csv")],
            cwd=self.folder.name, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def count_of_sipp(self):
        lines = pathlib.Path(self.path("stat.csv")).read_text(
            encoding="utf-8").splitlines()
        return int(lines[-1].split(";")[lines[0].split(";").index(SUCCEEDED)])


class Embedded(Imports):
    def test_every_element_is_counted_once_and_the_result_is_a_scenario(self):
        for name in USERS + CONTROLLERS:
            with self.subTest(name):
                refused = name in CONTROLLERS
                yaml, said = self.imported(name, code=1 if refused else 0)
                root = xml.etree.ElementTree.fromstring(embedded(name))
                elements = sum(1 for _ in root.iter())
                counts = dict(zip(FATES, map(int, re.search(
                    r"(\d+) understood, (\d+) approximated, (\d+) left out, "
                    r"(\d+) impossible", said).groups())))
                self.assertEqual(sum(counts.values()), elements)
                lines = said.splitlines()
                places = {fate: {x.split(": " + fate)[0] for x in lines
                                 if f": {fate}: " in x} for fate in FATES}
                # Whatever is not as it was is said, with its line.
                for fate in FATES[1:]:
                    self.assertEqual(len(places[fate]), counts[fate], said)
                if refused:
                    self.assertIn("3PCC", said)
                    self.assertFalse(os.path.exists(yaml))
                else:
                    self.load("check", yaml)
                    head = pathlib.Path(yaml).read_text(encoding="utf-8")
                    for line in lines:
                        self.assertIn("# " + line + "\n", head)

    def test_what_stands_in_no_scenario_is_told_in_one_line(self):
        for text, words in (("<scenario>\n<send></scenario>", "x.xml:2:"),
                            ("<scenario/>", "there is no user in it")):
            path = pathlib.Path(self.path("x.xml"))
            path.write_text(text, encoding="utf-8")
            self.assertIn(words, self.load("import", str(path), codes=(1,)).stderr)
        self.load("import", self.path("none.xml"), codes=(1,))
        for option, value in (("--rate", "10"), ("--target", "here"),
                              ("--listen", "x:y")):
            done = self.load("import", str(path), option, value,
                             codes=(1,))
            self.assertIn(option, done.stderr)


class Values(Imports):
    def test_columns_of_an_injection_file_stand_beside_the_scenario(self):
        text = embedded("uac").decode("latin-1").replace(
            "sip:sipp@", "sip:[field0]@")
        pathlib.Path(self.path("x.xml")).write_text(text, encoding="latin-1")
        pathlib.Path(self.path("in.csv")).write_text(
            "SEQUENTIAL\n2001;\n2002;\n", encoding="utf-8")
        words = ["import", self.path("x.xml"), "--csv", self.path("in.csv")]
        self.load(*words, "--output", self.path("out.yaml"))
        self.assertEqual(
            pathlib.Path(self.path("out-users.csv")).read_text(encoding="utf-8"),
            "number\n2001\n2002\n")
        self.load("check", self.path("out.yaml"))
        done = self.load(*words, codes=(1,))  # beside standard output is nothing
        self.assertIn("--output", done.stderr)
        self.assertEqual(done.stdout, "")
        self.load(*words, "--output", self.path("none/out.yaml"), codes=(1,))
        for name in "x.xml", "in.csv":
            before = pathlib.Path(self.path(name)).read_bytes()
            self.load(*words, "--output", self.path(name), codes=(1,))
            self.assertEqual(pathlib.Path(self.path(name)).read_bytes(), before)


class AgainstSipp(Imports):
    def call(self, scenario, answers):
        """The imported scenario calls a sipp that plays `answers`."""
        yaml, _ = self.imported(
            scenario, "--target", f"127.0.0.1:{PORT}", "--listen",
            f"127.0.0.1:{PORT + 1}", "--rate", "20/s", "--calls", str(CALLS))
        report = self.path("report.json")
        with self.sipp("-sn", answers, "-p", str(PORT)) as callee:
            self.wait_until(lambda: is_open(PORT))
            # On a machine that is busy the generator may have been late (3);
            # the counts agree all the same.
            self.load("run", yaml, "--no-probe", "--quiet", "--json", report,
                      codes=(0, 3))
            self.assertEqual(callee.wait(), 0)
        x = json.loads(pathlib.Path(report).read_text(encoding="utf-8"))
        return x["callers"], self.count_of_sipp()

    def test_imported_callers_and_sipp_agree_to_the_call(self):
        for scenario in "uac", "regexp", "uac_pcap":
            with self.subTest(scenario):
                callers, seen = self.call(scenario, "uas")
                self.assertEqual(callers["attempts"], CALLS)
                self.assertEqual(callers["ended_cleanly"], CALLS)
                self.assertEqual(seen, CALLS)

    def test_imported_callees_and_sipp_agree_to_the_call(self):
        for scenario in "uas", "branchs", "3pcc-A", "3pcc-B":
            with self.subTest(scenario):
                yaml, _ = self.imported(scenario, "--listen",
                                        f"127.0.0.1:{PORT + 2}")
                report = self.path("report.json")
                with subprocess.Popen(
                        [STROWGER, "load", "run", yaml, "--quiet", "--json",
                         report], stdout=subprocess.DEVNULL) as callee:
                    self.wait_until(lambda: is_open(PORT + 2))
                    with self.sipp("-sn", "uac", f"127.0.0.1:{PORT + 2}", "-p",
                                   str(PORT + 3), "-r", "20") as caller:
                        self.assertEqual(caller.wait(), 0)
                    callee.terminate()
                    self.assertEqual(callee.wait(), 0)
                x = json.loads(pathlib.Path(report).read_text(encoding="utf-8"))
                self.assertEqual(x["callees"]["outcomes"]["answered"], CALLS)
                self.assertEqual(x["callees"]["ended_cleanly"], CALLS)
                self.assertEqual(self.count_of_sipp(), CALLS)


def message(method, more=""):
    """A `send` of a call that is up."""
    return f"""<send><![CDATA[
{method} sip:2002@[remote_ip] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:2001@[local_ip]>;tag=[call_number]
To: <sip:2002@[remote_ip]>[peer_tag_param]
Call-ID: [call_id]
CSeq: [cseq] {method}
{more}
]]></send>
"""


def request(method, more=""):
    text = message(method, more)
    return text if method == "ACK" else text + '<recv response="200"/>\n'


def media(direction):
    return ("Content-Type: application/sdp\n\nv=0\n"
            f"m=audio [media_port] RTP/AVP 0\na={direction}\n")


class Steps(Imports):
    def test_steps_are_done_before_the_call_ends(self):
        pathlib.Path(self.path("x.xml")).write_text(
            "<scenario>" + request("INVITE", media("sendrecv"))
            + request("ACK") + request("INVITE", media("sendonly"))
            + request("ACK") + '<pause milliseconds="100"/>'
            + request("INVITE", media("sendrecv")) + request("ACK")
            + request("INFO", "Content-Type: application/dtmf\n\n5\n")
            + request("UPDATE", media("sendrecv")) + request("BYE")
            + "</scenario>", encoding="utf-8")
        yaml, report = self.path("out.yaml"), self.path("report.json")
        self.load("import", self.path("x.xml"), "--target",
                  f"127.0.0.1:{PORT + 2}", "--listen", f"127.0.0.1:{PORT + 1}",
                  "--calls", str(CALLS), "--rate", "20/s", "--output", yaml)
        answers, _ = self.imported("uas", "--listen", f"127.0.0.1:{PORT + 2}")
        with subprocess.Popen([STROWGER, "load", "run", answers, "--quiet"],
                              stdout=subprocess.DEVNULL) as callee:
            self.wait_until(lambda: is_open(PORT + 2))
            self.load("run", yaml, "--quiet", "--json", report, codes=(0, 3))
            callee.terminate()
        x = json.loads(pathlib.Path(report).read_text(encoding="utf-8"))
        self.assertEqual(x["callers"]["ended_cleanly"], CALLS)
        done = {name: step["done"] for name, step in x["callers"]["steps"].items()
                if step["done"]}
        self.assertEqual(done, dict.fromkeys(
            ["hold", "retrieve", "dtmf", "update"], CALLS))


SWITCH = f"""
switch: lab
metrics: off
data: DATA
options:
  TServer: {{sip-address: 127.0.0.1, sip-interface: 127.0.0.1, sip-port: {PORT + 4}}}
dns:
  - {{numbers: {{from: 30000, to: 30009}}, type: extension,
     options: {{password: s3cret, authenticate-requests: [register]}}}}
"""
REGISTER = """<send><![CDATA[
REGISTER sip:[remote_ip] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[remote_ip]>;tag=[call_number]
To: <sip:[field0]@[remote_ip]>
Call-ID: [call_id]
CSeq: [cseq] REGISTER
Contact: <sip:[field0]@[local_ip]:[local_port]>
Expires: 300
{}
]]></send>
"""


class AgainstTheSwitch(Imports):
    def test_imported_phones_prove_themselves(self):
        pathlib.Path(self.path("x.xml")).write_text(
            "<scenario>" + REGISTER.format("")
            + '<recv response="401" auth="true"/>' + REGISTER.format("[field1]")
            + '<recv response="200"/></scenario>', encoding="utf-8")
        pathlib.Path(self.path("in.csv")).write_text("SEQUENTIAL\n" + "".join(
            f"3000{i};[authentication username=3000{i} password={word}]\n"
            for i, word in enumerate(["s3cret"] * 8 + ["wrong"] * 2)),
            encoding="utf-8")
        yaml, report = self.path("out.yaml"), self.path("report.json")
        self.load("import", self.path("x.xml"), "--csv", self.path("in.csv"),
                  "--target", f"127.0.0.1:{PORT + 4}", "--listen",
                  f"127.0.0.1:{PORT + 5}", "--output", yaml)
        config = pathlib.Path(self.path("switch.yaml"))
        config.write_text(SWITCH.replace("DATA", self.path("data")),
                          encoding="utf-8")
        os.mkdir(self.path("data"))
        with subprocess.Popen([STROWGER, "serve", str(config)],
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as switch:
            self.wait_until(lambda: is_open(PORT + 4))
            with subprocess.Popen(
                    [STROWGER, "load", "run", yaml, "--json", report],
                    stdout=subprocess.PIPE, text=True) as phones:
                for _ in range(4):  # seconds; in the second all have tried
                    phones.stdout.readline()
                phones.terminate()
                phones.communicate()
            switch.terminate()
        x = json.loads(pathlib.Path(report).read_text(encoding="utf-8"))
        registrations = x["callers"]["registrations"]
        self.assertEqual(registrations["succeeded"], 8)
        self.assertEqual(registrations["failed"], 2)


if __name__ == "__main__":
    sys.exit(counted.main(__name__))
