#!/usr/bin/env python3
"""`strowger ctl` against the real program and its phones: what a person
or a shell script does. Prints `N passed, N failed`.

    test/control/test_ctl.py STROWGER

Ports begin at STROWGER_TEST_PORT, or 31600.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "test/harness"), str(ROOT / "test/sip")]
import counted
from certificate import make_certificate
from message import sdp
from peer import connect, hang_up
from stage import Stage

BINARY = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
PORTS_EACH = 20
# Without REFER the switch itself calls both phones (RFC 3725).
OFFICE = [{"numbers": {"from": 2001, "to": 2003}, "type": "extension",
           "options": {"refer-enabled": False}},
          {"number": "gateway", "type": "trunk",
           "options": {"contact": "sip:127.0.0.1:9", "prefix": "9"}}]


class Watch:
    """`ctl watch`, whose lines are read while the stage turns."""

    def __init__(self, stage, command):
        self.stage = stage
        self.buffer = b""
        self.lines = []
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        stage.watch(self.process.stdout, self.read)
        stage.others.append(self)

    def read(self):
        data = os.read(self.process.stdout.fileno(), 65536)
        if not data:
            self.stage.unwatch(self.process.stdout)
        self.buffer += data
        *whole, self.buffer = self.buffer.split(b"\n")
        self.lines += [json.loads(x) for x in whole]

    def awaits(self, wanted, what, within=15):
        return self.stage.until(
            lambda: next((x for x in self.lines if wanted(x)), None),
            what, within)

    def event(self, name, dn):
        return self.awaits(lambda x: x.get("type") == "EVENT_TYPE_" + name
                           and x.get("this_dn") == dn, f"{name} of {dn}")

    def stop(self):
        """SIGINT; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(10)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def story(self):
        return ["watch has seen:", *map(json.dumps, self.lines)]


class Ctl(unittest.TestCase):
    first_port = int(os.environ.get("STROWGER_TEST_PORT", "31600"))

    def setUp(self):
        self.stage = Stage(BINARY, Ctl.first_port)
        Ctl.first_port += PORTS_EACH
        self.addCleanup(self.stage.close)
        self.address = f"127.0.0.1:{self.stage.port()}"
        os.environ["STROWGER_CONTROL"] = self.address
        self.switch = self.stage.switch(dns=OFFICE, control=self.address)

    def command(self, *words):
        return [BINARY, "ctl", *map(str, words)]

    def ctl(self, *words, code=0):
        """What it printed: stdout, or stderr if it was to fail."""
        child = subprocess.Popen(
            self.command(*words), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = child.communicate(timeout=20)
        self.assertEqual(child.returncode, code, f"{words}: {out}{err}")
        return err if code else out

    def watch(self, *words):
        result = Watch(self.stage, self.command("watch", *words))
        result.awaits(lambda x: "snapshot" in x, "the snapshot")
        return result

    def make_call(self, caller, callee, *data):
        """make-call and what the phones do: (call, leg of each)."""
        call = self.ctl("make-call", caller.user, callee.user, *data).strip()
        a = caller.rung()
        a.answer(180)
        a.answer(200, sdp(41000) if not a.invite.body else sdp(41002))
        b = callee.rung()
        b.answer(180)
        b.answer(200, sdp(42000))
        return call, a, b

    def attend(self, *phones):
        """Phones that accept every change of their calls."""
        def answer(phone):
            for m in [m for m in phone.inbox if m.is_request]:
                to_tag = ";tag=" in m.get("To")
                if m.method == "INVITE" and to_tag:
                    phone.inbox.remove(m)
                    phone.reply(m, 200, sdp(43000 + 2 * len(self.stage.notes)),
                                [("Contact", phone.contact)])
                elif m.method in ("BYE", "UPDATE", "NOTIFY"):
                    phone.inbox.remove(m)
                    phone.reply(m, 200)
                elif m.method == "ACK":
                    phone.inbox.remove(m)
        for phone in phones:
            receive = phone.receive

            def receive_and_answer(raw, source, phone=phone, receive=receive):
                receive(raw, source)
                answer(phone)
            phone.receive = receive_and_answer

    # -- calls -----------------------------------------------------------------

    def test_a_call_is_made_held_retrieved_and_ended_from_the_shell(self):
        anna, bert = self.stage.phone("2001"), self.stage.phone("2002")
        watch = self.watch("--kind", "call", "--kind", "user-data")
        self.attend(anna, bert)
        call, _, _ = self.make_call(anna, bert, "order=4711")
        self.assertEqual(
            watch.event("ESTABLISHED", "2002")["call_id"], call)
        watch.event("ESTABLISHED", "2001")
        self.assertRegex(
            self.ctl("calls"),
            rf"{call} +internal +2001 +2002 +2001 connected, 2002 connected"
            r" +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +order=4711")
        self.ctl("hold", "2001", call, "--request-id", "hold-1")
        self.assertEqual(
            watch.event("HELD", "2001")["request_id"], "hold-1")
        self.ctl("retrieve", "2001", call)
        watch.event("RETRIEVED", "2001")
        self.ctl("attach", "2001", call, "note=call back")
        changed = watch.event("ATTACHED_DATA_CHANGED", "2002")
        self.assertEqual([x["key"] for x in changed["user_data"]["pairs"]],
                         ["order", "note"])
        (now,) = json.loads(self.ctl("--json", "calls"))
        self.assertEqual(now["call_id"], call)
        self.ctl("release", "2001", call)
        watch.event("RELEASED", "2002")
        self.assertEqual(watch.stop(), 0)
        sequences = [int(x["sequence"]) for x in watch.lines if "type" in x]
        self.assertEqual(sequences, sorted(set(sequences)))

    def test_a_single_step_transfer_moves_the_other_party(self):
        anna, bert, carl = (self.stage.phone(f"200{i}") for i in (1, 2, 3))
        watch = self.watch()
        self.attend(anna, bert, carl)
        call, _, _ = self.make_call(anna, bert)
        watch.event("ESTABLISHED", "2001")
        self.ctl("single-step-transfer", "2002", call, "2003")
        c = carl.rung()
        c.answer(180)
        c.answer(200, sdp(44000))
        watch.event("ESTABLISHED", "2003")
        watch.event("RELEASED", "2002")
        self.assertRegex(self.ctl("calls"),
                         "2001 connected, 2003 connected")
        (now,) = json.loads(self.ctl("calls", "--json"))
        self.ctl("clear", "2001", now["call_id"])
        watch.event("RELEASED", "2003")

    # -- agents ----------------------------------------------------------------

    def test_an_agent_logs_in_and_becomes_ready_from_the_shell(self):
        self.stage.phone("2001")
        watch = self.watch("--kind", "agent")
        self.ctl("login", "2001", "4711", "--work-mode", "aux-work")
        watch.event("AGENT_LOGIN", "2001")
        self.assertRegex(self.ctl("agents"),
                         r"(?m)^4711 +2001 +not-ready +aux-work ")
        self.ctl("ready", "2001")
        watch.event("AGENT_READY", "2001")
        self.ctl("logout", "2001")
        watch.event("AGENT_LOGOUT", "2001")
        self.assertEqual(watch.stop(), 0)

    # -- features of phones ----------------------------------------------------

    def test_a_phone_is_forwarded_and_left_in_peace_from_the_shell(self):
        anna, _, carl = (self.stage.phone(f"200{i}") for i in (1, 2, 3))
        watch = self.watch("--dn", "2002")
        self.ctl("dnd-on", "2002")
        watch.event("DND_ON", "2002")
        self.assertRegex(self.ctl("dns"), r"(?m)^2002 +extension .* yes ")
        anna.call("2002").expect(486)
        self.ctl("forward", "2002", "on-busy", "2003")
        watch.event("FORWARD_SET", "2002")
        self.assertRegex(self.ctl("dns"), r"(?m)^2002 .* on-busy +2003")
        hang_up(*connect(anna, carl, "2002"))
        self.ctl("dnd-off", "2002")
        watch.event("DND_OFF", "2002")
        self.ctl("cancel-forward", "2002")
        watch.event("FORWARD_CANCELLED", "2002")
        text = self.ctl("forward", "gateway", "on-busy", "2003", code=1)
        self.assertTrue(text.startswith("ctl: UNSUPPORTED: "), text)

    # -- errors ----------------------------------------------------------------

    def test_a_refusal_is_one_line_with_its_reason(self):
        for words, line in (
                (("hold", "2001", "00000000000000aa"), "ctl: UNKNOWN_CALL: "),
                (("make-call", "7777", "2002"), "ctl: UNKNOWN_DN: "),
                (("watch", "--dn", "7777"), "ctl: UNKNOWN_DN: "),
                (("--token-file", "no-such-file", "dns"),
                 "ctl: cannot read no-such-file"),
                (("--server", f"127.0.0.1:{self.stage.port()}", "dns"),
                 "ctl: UNAVAILABLE: ")):
            text = self.ctl(*words, code=1)
            self.assertTrue(text.startswith(line), text)
            self.assertEqual(text.count("\n"), 1, text)

    def test_who_watches_sees_a_late_failure(self):
        anna = self.stage.phone("2001")
        watch = self.watch("--kind", "error")
        self.ctl("make-call", "2001", "2002", "--request-id", "r-1")
        anna.rung().answer(486)
        error = watch.event("ERROR", "2001")
        self.assertEqual(
            (error["request_id"], error["details"]["reason"]), ("r-1", "BUSY"))
        self.assertEqual(watch.stop(), 0)

    def test_what_cannot_be_asked_is_a_usage_error(self):
        for words in (("hold", "2001", "12"), ("hold",), (), ("nonsense",),
                      ("attach", "2001", "00000000000000aa", "key"),
                      ("watch", "--kind", "weather"),
                      ("--cert", "alone.pem", "dns")):
            self.ctl(*words, code=2)

    def guarded(self, **control):
        """Another switch, which does not let everybody in."""
        address = f"127.0.0.1:{self.stage.port()}"
        os.environ["STROWGER_CONTROL"] = address
        self.stage.switch(dns=OFFICE, control={"listen": address, **control})

    def test_a_token_opens_what_its_role_may_do(self):
        tokens = self.stage.folder / "tokens"
        tokens.write_text("observer-0123456789 observe wallboard\n")
        mine = self.stage.folder / "mine"
        mine.write_text("observer-0123456789\n")
        self.guarded(tokens=str(tokens))
        self.assertIn("2001", self.ctl("dns", "--token-file", mine))
        self.assertIn("2001", self.ctl("--token", mine.read_text().strip(),
                                       "dns"))
        for words, line in ((("dns",), "ctl: BAD_TOKEN: "),
                            (("watch",), "ctl: BAD_TOKEN: "),
                            (("release", "2001", "00000000000000aa",
                              "--token-file", mine),
                             "ctl: ROLE_TOO_LOW: ")):
            text = self.ctl(*words, code=1)
            self.assertTrue(text.startswith(line), text)

    def test_the_switch_has_to_prove_itself_to_who_names_an_authority(self):
        certificate, key = make_certificate(self.stage.folder, "127.0.0.1")
        other = self.stage.folder / "other"
        other.mkdir()
        stranger, _ = make_certificate(other, "127.0.0.1")
        self.guarded(tls={"certificate": certificate, "key": key})
        self.assertIn("2001", self.ctl("dns", "--ca", certificate))
        for words in (("dns",), ("dns", "--ca", stranger)):
            self.assertIn("ctl: UNAVAILABLE: ", self.ctl(*words, code=1))

    # -- lists -----------------------------------------------------------------

    def test_lists_show_what_there_is(self):
        anna = self.stage.phone("2001")
        self.assertRegex(self.ctl("dns"), r"(?m)^2001 +extension ")
        self.assertEqual(len(json.loads(self.ctl("dns", "--json"))), 4)
        self.assertRegex(self.ctl("trunks"), r"(?m)^gateway +(yes|no) +0 ")
        self.assertIn(f"sip:2001@{anna.address}", self.ctl("registrations"))
        self.assertEqual(self.ctl("agents"),
                         "AGENT ID  DN  STATE  WORK MODE  REASON  SINCE\n")
        self.assertEqual(json.loads(self.ctl("agents", "--json")), [])
        self.assertRegex(self.ctl("snapshot"), r"^journal \S+, event \d+\n\nNUM")
        whole = json.loads(self.ctl("snapshot", "--json"))
        self.assertEqual([x["number"] for x in whole["dns"]],
                         ["2001", "2002", "2003", "gateway"])

    # -- watching --------------------------------------------------------------

    def test_who_watches_sees_the_switch_start_anew(self):
        watch = self.watch()
        self.switch.kill()
        self.switch.start()
        resync = watch.awaits(lambda x: "resync" in x, "the resync")
        self.assertEqual(resync["resync"]["reason"],
                         "RESYNC_REASON_SWITCH_RESTARTED")
        anna, bert = self.stage.phone("2001"), self.stage.phone("2002")
        connect(anna, bert)
        watch.event("ESTABLISHED", "2002")
        self.assertEqual(watch.stop(), 0)

    # -- completion ------------------------------------------------------------

    def test_the_completion_of_bash_completes(self):
        script = subprocess.run([BINARY, "completion", "bash"], check=True,
                                capture_output=True, text=True).stdout
        for line, choices in (
                (["strowger", "ctl", "single"], ["single-step-transfer"]),
                (["strowger", "ser"], ["serve"]),
                (["strowger", "ctl", "--server", "x:1", "watch", "--ki"],
                 ["--kind"]),
                (["strowger", "ctl", "hold", "--js"], ["--json"]),
                (["strowger", "completion", "--he"], ["--help"])):
            words = " ".join(f"'{x}'" for x in line)
            done = subprocess.run(
                ["bash", "-c", f"{script}\nCOMP_WORDS=({words})\n"
                 f"COMP_CWORD={len(line) - 1}\n_strowger\n"
                 'printf "%s\\n" "${COMPREPLY[@]}"'],
                check=True, capture_output=True, text=True)
            self.assertEqual(done.stdout.split(), choices, line)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_the_completion_of_zsh_is_a_script(self):
        with tempfile.NamedTemporaryFile() as file:
            subprocess.run([BINARY, "completion", "zsh"], check=True,
                           stdout=file)
            subprocess.run(["zsh", "-n", file.name], check=True)


if __name__ == "__main__":
    sys.exit(counted.main(__name__))
