#!/usr/bin/env python3
"""The configuration, changed over the control plane of the real program while
phones use it, and through `strowger ctl config`. Prints `N passed, N failed`.

    test/control/test_configuration.py STROWGER

Ports begin at STROWGER_TEST_PORT, or 32000.
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

import grpc

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "test/harness"), str(ROOT / "test/sip"), str(HERE)]
import client
import counted
from peer import connect, hang_up
from stage import Stage

BINARY = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="strowger-configuration-"))
PORTS_EACH = 20
TOKENS = """observer-0123456789 observe wallboard
desktop-01234567890 control anna
operator-0123456789 configure olga
"""

client.generate(FOLDER)
from strowger.v1 import configuration_service_pb2 as api
from strowger.v1 import configuration_service_pb2_grpc as api_grpc


def put(number, **settings):
    return api.ConfigurationChange(
        kind=api.OBJECT_KIND_DN, name=number,
        put=api.PutObject(settings=[
            api.Setting(key=key.replace("_", "-"), values=[value])
            for key, value in {"type": "extension", **settings}.items()]))


def set_option(number, key, value):
    return api.ConfigurationChange(
        kind=api.OBJECT_KIND_DN, name=number,
        set=api.Setting(key=key, values=[value]))


class Configuration(unittest.TestCase):
    first_port = int(os.environ.get("STROWGER_TEST_PORT", "32000"))

    def setUp(self):
        self.stage = Stage(BINARY, Configuration.first_port)
        Configuration.first_port += PORTS_EACH
        self.addCleanup(self.stage.close)
        self.address = f"127.0.0.1:{self.stage.port()}"
        os.environ["STROWGER_CONTROL"] = self.address
        tokens = self.stage.folder / "tokens"
        tokens.write_text(TOKENS)
        self.switch = self.stage.switch(
            dns=[{"number": "2001", "type": "extension"}],
            control={"listen": self.address, "tokens": str(tokens),
                     "audit": str(self.stage.folder / "audit.jsonl")})
        self.asked = 0
        self.dial()

    def dial(self):
        # A pool of its own, or the connection of before is used again.
        channel = grpc.insecure_channel(
            self.address, [("grpc.use_local_subchannel_pool", 1)])
        self.addCleanup(channel.close)
        self.stub = api_grpc.ConfigurationServiceStub(channel)

    def token(self, word="operator-0123456789"):
        return [("authorization", f"Bearer {word}")]

    def apply(self, *changes, expected=0, token="operator-0123456789"):
        """The new revision, or the reason of the refusal."""
        self.asked += 1
        try:
            return self.stub.ApplyChanges(api.ApplyChangesRequest(
                request_id=f"{os.getpid()}-{self.asked}", changes=changes,
                expected_revision=expected), timeout=10,
                metadata=self.token(token)).revision
        except grpc.RpcError as error:
            return client.reason_of(error)

    def numbers(self):
        answer = self.stub.GetConfiguration(api.GetConfigurationRequest(
            kind=api.OBJECT_KIND_DN), timeout=10,
            metadata=self.token("observer-0123456789"))
        return answer.revision, [x.name for x in answer.objects]

    # -- changes ---------------------------------------------------------------

    def test_a_new_dn_can_be_called_also_after_the_process_was_killed(self):
        anna = self.stage.phone("2001")
        anna.call("2009").expect(404)
        self.assertEqual(self.apply(put("2009")), 2)
        carl = self.stage.phone("2009")
        hang_up(*connect(anna, carl))
        self.switch.kill()
        self.switch.start()
        self.dial()
        self.assertEqual(self.numbers(), (2, ["2001", "2009"]))
        for phone in (anna, carl):
            self.assertEqual(phone.register().status, 200)
        hang_up(*connect(anna, carl))

    def test_the_next_call_obeys_a_changed_option(self):
        anna = self.stage.phone("2001")
        self.apply(put("2009"))
        carl = self.stage.phone("2009")
        self.assertEqual(self.apply(
            set_option("2009", "password", "s3cret"),
            set_option("2009", "authenticate-requests", "invite")), 3)
        carl.call("2001").expect(401)
        hang_up(*connect(carl, anna, password="s3cret"))

    def test_what_is_wrong_or_late_or_not_allowed_changes_nothing(self):
        changes = [put("2009"), set_option("2001", "ring-timeout", "soon")]
        faults = self.stub.ValidateChanges(
            api.ValidateChangesRequest(changes=changes), timeout=10,
            metadata=self.token("observer-0123456789")).faults
        self.assertEqual([(x.change, x.name, x.key) for x in faults],
                         [(1, "2001", "ring-timeout")])
        self.assertEqual(self.apply(*changes), "INVALID_CONFIGURATION")
        for token in ("observer-0123456789", "desktop-01234567890"):
            self.assertEqual(self.apply(put("2009"), token=token),
                             "ROLE_TOO_LOW")
        self.assertEqual(self.apply(put("2008"), expected=1), 2)
        self.assertEqual(self.apply(put("2009"), expected=1),
                         "REVISION_CONFLICT")
        self.assertEqual(self.numbers(), (2, ["2001", "2008"]))
        self.switch.process.send_signal(signal.SIGTERM)
        self.switch.process.wait(10)
        audit = (self.stage.folder / "audit.jsonl").read_text().splitlines()
        self.assertEqual(
            [(x["client"], x["changes"], x["reason"])
             for x in map(json.loads, audit)][-2:],
            [("olga", "put dn 2008", ""),
             ("olga", "put dn 2009", "REVISION_CONFLICT")])

    def test_who_watches_sees_changes_and_reloads(self):
        stream = self.stub.WatchConfiguration(
            api.WatchConfigurationRequest(),
            metadata=self.token("observer-0123456789"))
        self.assertEqual(next(stream).revision, 1)
        self.apply(put("2009"))
        news = next(stream)
        self.assertEqual((news.revision, news.client, news.changes[0].name),
                         (2, "olga", "2009"))
        self.switch.process.send_signal(signal.SIGHUP)
        news = next(stream)
        self.assertEqual((news.revision, news.reloaded), (3, True))
        self.assertEqual(self.numbers(), (3, ["2001", "2009"]))
        stream.cancel()

    # -- ctl -------------------------------------------------------------------

    def ctl(self, *words, code=0):
        """What it printed: stdout, or stderr if it was to fail."""
        done = subprocess.run(
            [BINARY, "ctl", "--token", "operator-0123456789", "config",
             *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=20)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr if code else done.stdout

    def test_the_configuration_is_changed_from_the_shell(self):
        self.assertEqual(self.ctl("put", "dn/2009", "type=extension"), "2\n")
        self.assertEqual(self.ctl("set", "dn/2009", "ring-timeout", "9"),
                         "3\n")
        self.assertRegex(self.ctl("get", "dn"),
                         r"revision 3\n\nOBJECT +KEY +VALUE +SOURCE +STATE\n"
                         r"dn/2001 +type +extension +file +-\n"
                         r"dn/2009 +type +extension +revision 2, olga +-\n"
                         r"dn/2009 +ring-timeout +9 +revision 3, olga +-\n$")
        self.assertIn("INVALID_CONFIGURATION: change 1, dn 2009 ring-timeout:",
                      self.ctl("set", "dn/2009", "ring-timeout", "x", code=1))
        self.assertEqual(self.ctl("unset", "dn/2009", "ring-timeout",
                                  "--check"), "")
        steps = self.stage.folder / "steps"
        steps.write_text("delete dn/2009\nset dn/2009 ring-timeout 9\n")
        self.assertIn("change 2, dn/2009 ring-timeout: there is no dn 2009",
                      self.ctl("validate", str(steps), code=1))
        steps.write_text("revert dn/2009\nset switch max-calls 7\n")
        self.assertEqual(self.ctl("validate", str(steps)), "")
        self.assertEqual(self.ctl("apply", str(steps)), "4\n")
        self.assertEqual(self.numbers(), (4, ["2001"]))
        self.assertIn("REVISION_CONFLICT", self.ctl(
            "unset", "switch", "max-calls", "--expected-revision", "3",
            code=1))
        self.assertRegex(self.ctl("options", "max-calls"),
                         r"(?m)^max-calls +integer ")
        self.ctl("set", "nobody", "x", "y", code=2)

    def test_the_shell_sees_revisions_as_they_come(self):
        watch = subprocess.Popen(
            [BINARY, "ctl", "--token", "observer-0123456789", "config",
             "watch"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            text=True)
        try:
            self.assertEqual(watch.stdout.readline(), "revision 1\n")
            self.apply(put("2009", password="s3cret"))
            self.assertRegex(
                watch.stdout.readline(),
                r"^\d\d:\d\d:\d\d  revision 2, olga: put dn/2009 "
                r"type=extension\n$")
            self.switch.kill()
            self.switch.start()
            self.assertEqual(watch.stdout.readline(), "revision 2\n")
            watch.send_signal(signal.SIGINT)
            self.assertEqual(watch.wait(10), 0)
        finally:
            watch.kill()
            watch.wait()
            watch.stdout.close()


if __name__ == "__main__":
    try:
        sys.exit(counted.main(__name__))
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
