#!/usr/bin/env python3
"""The control plane of the real program, seen by a client in another language:
tokens, TLS, health, reflection, metrics, the drain. Prints `N passed, N failed`.

    test/control/run.py STROWGER

Ports begin at STROWGER_TEST_PORT, or 31400.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import grpc

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "test/harness"))
sys.path.insert(0, str(HERE))
import client
import counted

FIRST_PORT = int(os.environ.get("STROWGER_TEST_PORT", "31400"))
BINARY = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="strowger-control-"))
TOKENS = """observer-0123456789 observe wallboard
desktop-01234567890 control anna
"""

client.generate(FOLDER)
from strowger.v1 import call_service_pb2 as calls
from strowger.v1 import call_service_pb2_grpc as calls_grpc
from strowger.v1 import event_service_pb2 as events
from strowger.v1 import event_service_pb2_grpc as events_grpc
from strowger.v1 import query_service_pb2 as queries
from strowger.v1 import query_service_pb2_grpc as queries_grpc


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, cwd=FOLDER,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def certificates():
    """An authority, and what it gave a server and a client."""
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2,
            "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test-ca")
    for name in ("localhost", "wallboard"):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout",
                f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (FOLDER / "ext").write_text(f"subjectAltName=DNS:{name}\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem",
                "-CAkey", "ca.key", "-CAcreateserial", "-days", 2, "-out",
                f"{name}.pem", "-extfile", "ext")


def until(check, what, within=15):
    deadline = time.monotonic() + within
    while not check():
        assert time.monotonic() < deadline, f"waited {within} s for {what}"
        time.sleep(0.05)


class Switch:
    """The program with this `control` section."""
    port = FIRST_PORT

    def __init__(self, **control):
        self.sip, self.http, self.control = range(Switch.port, Switch.port + 3)
        Switch.port += 3
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=FOLDER))
        self.file = self.folder / "switch.yaml"
        self.file.write_text(json.dumps({
            "switch": "test", "metrics": f"127.0.0.1:{self.http}",
            "data": str(self.folder),
            "control": {"listen": f"127.0.0.1:{self.control}", **control},
            "options": {"TServer": {"sip-address": "127.0.0.1",
                                    "sip-interface": "127.0.0.1",
                                    "sip-port": self.sip}},
            "dns": [{"number": "2001", "type": "extension"}]}))
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            [BINARY, "serve", str(self.file)], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        until(self.is_ready, "the switch to be ready")
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def is_ready(self):
        assert self.process.poll() is None, \
            (self.folder / "log").read_text()
        try:
            return self.metrics("/readyz")
        except OSError:
            return False

    def metrics(self, path="/metrics"):
        url = f"http://127.0.0.1:{self.http}{path}"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()

    def channel(self, credentials=None):
        if not credentials:
            return grpc.insecure_channel(f"127.0.0.1:{self.control}")
        return grpc.secure_channel(
            f"127.0.0.1:{self.control}", credentials,
            [("grpc.ssl_target_name_override", "localhost")])

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)


def bearer(token):
    return [("authorization", f"Bearer {token}")] if token else []


def outcome(call):
    """The name of the gRPC code of a request."""
    try:
        call()
        return "OK"
    except grpc.RpcError as error:
        return error.code().name


def who_is_there(channel, token=""):
    stub = queries_grpc.QueryServiceStub(channel)
    return stub.GetSwitch(queries.GetSwitchRequest(), timeout=10,
                          metadata=bearer(token))


class TheControlPlane(unittest.TestCase):
    def test_on_loopback_no_token_is_needed(self):
        with Switch() as switch, switch.channel() as channel:
            self.assertEqual(who_is_there(channel).name, "test")
            stream = events_grpc.EventServiceStub(channel).Subscribe(
                events.SubscribeRequest())
            snapshot = next(stream).snapshot
            self.assertTrue(snapshot.last)
            self.assertEqual([x.number for x in snapshot.dns], ["2001"])
            stream.cancel()

    def test_tokens_open_what_their_role_may_do(self):
        tokens = FOLDER / "tokens"
        tokens.write_text(TOKENS)
        with Switch(tokens=str(tokens), audit="audit.jsonl") as switch, \
                switch.channel() as channel:
            for token, code in (("", "UNAUTHENTICATED"),
                                ("observer-0123456789", "OK")):
                self.assertEqual(
                    outcome(lambda: who_is_there(channel, token)), code)
            stub = calls_grpc.CallServiceStub(channel)
            request = calls.ReleaseCallRequest(
                request_id="1", dn="2001", call_id="00000000000000aa")
            self.assertEqual(outcome(lambda: stub.ReleaseCall(
                request, metadata=bearer("observer-0123456789"))),
                "PERMISSION_DENIED")
            self.assertIn(
                'strowger_control_requests_total{method="QueryService/'
                'GetSwitch",code="UNAUTHENTICATED"} 1', switch.metrics())
            self.assertEqual(switch.stop(), 0)
            lines = (switch.folder / "audit.jsonl").read_text().splitlines()
            self.assertEqual(
                [(x["client"], x["code"]) for x in map(json.loads, lines)],
                [("wallboard", "PERMISSION_DENIED")])

    def test_a_reload_brings_other_tokens(self):
        tokens = FOLDER / "tokens-that-change"
        tokens.write_text(TOKENS)
        with Switch(tokens=str(tokens)) as switch, \
                switch.channel() as channel:
            tokens.write_text("replaced-0123456789 observe bert\n")
            switch.process.send_signal(signal.SIGHUP)
            until(lambda: outcome(lambda: who_is_there(
                channel, "replaced-0123456789")) == "OK", "the new token")
            self.assertEqual(outcome(lambda: who_is_there(
                channel, "observer-0123456789")), "UNAUTHENTICATED")

    def test_tls_with_a_client_authority_wants_a_certificate(self):
        tls = {"certificate": str(FOLDER / "localhost.pem"),
               "key": str(FOLDER / "localhost.key"),
               "client-ca": str(FOLDER / "ca.pem")}
        read = lambda name: (FOLDER / name).read_bytes()
        alone = grpc.ssl_channel_credentials(read("ca.pem"))
        known = grpc.ssl_channel_credentials(
            read("ca.pem"), read("wallboard.key"), read("wallboard.pem"))
        with Switch(tls=tls, audit="audit.jsonl") as switch:
            for credentials, code in ((None, "UNAVAILABLE"),
                                      (alone, "UNAVAILABLE"), (known, "OK")):
                with switch.channel(credentials) as channel:
                    self.assertEqual(
                        outcome(lambda: who_is_there(channel)), code)
            with switch.channel(known) as channel:
                stub = calls_grpc.CallServiceStub(channel)
                outcome(lambda: stub.ReleaseCall(calls.ReleaseCallRequest(
                    request_id="1", dn="2001", call_id="00000000000000aa")))
            self.assertEqual(switch.stop(), 0)
            audit = (switch.folder / "audit.jsonl").read_text()
            self.assertEqual(json.loads(audit)["client"], "wallboard")

    def test_health_is_told_to_those_who_balance(self):
        with Switch() as switch, switch.channel() as channel:
            check = channel.unary_unary("/grpc.health.v1.Health/Check")
            self.assertEqual(check(b"", timeout=10), b"\x08\x01")  # SERVING

    def test_reflection_names_the_services(self):
        with Switch() as switch, switch.channel() as channel:
            ask = channel.stream_stream(
                "/grpc.reflection.v1alpha.ServerReflection/"
                "ServerReflectionInfo")
            # list_services, field 7
            answer = next(ask(iter([b"\x3a\x01*"]), timeout=10))
            for name in (b"EventService", b"QueryService", b"CallService",
                         b"UserDataService"):
                self.assertIn(b"strowger.v1." + name, answer)

    def test_a_switch_that_stops_ends_its_streams_and_leaves_with_0(self):
        with Switch() as switch, switch.channel() as channel:
            stream = events_grpc.EventServiceStub(channel).Subscribe(
                events.SubscribeRequest())
            next(stream)
            self.assertEqual(switch.stop(), 0)
            self.assertEqual(outcome(lambda: next(stream)), "UNAVAILABLE")

    def test_an_address_in_use_is_a_clear_error(self):
        with Switch() as switch:
            again = json.loads(switch.file.read_text())
            again["metrics"] = "off"
            again["options"]["TServer"]["sip-port"] = Switch.port
            Switch.port += 1
            file = switch.folder / "again.yaml"
            file.write_text(json.dumps(again))
            done = subprocess.run([BINARY, "serve", str(file)], timeout=20,
                                  capture_output=True, text=True,
                                  cwd=switch.folder)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"cannot listen at 127.0.0.1:{switch.control}",
                          done.stderr)


if __name__ == "__main__":
    certificates()
    try:
        sys.exit(counted.main(__name__))
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
