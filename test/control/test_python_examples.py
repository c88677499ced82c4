#!/usr/bin/env python3
"""The examples of deploy/examples against a running switch and SIPp.

    test/control/test_python_examples.py EXAMPLE_STRATEGY

EXAMPLE_STRATEGY is the built C++ example; $STROWGER is the switch. The last
line is `N passed, N failed`. STROWGER_TEST_PORT is the first of 100 ports to
use (default 27000).
"""

import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / "sip"), str(HERE.parent / "harness")]

import counted  # noqa: E402
import grpc  # noqa: E402
from peer import hang_up  # noqa: E402
from stage import Stage  # noqa: E402
from switch import extension  # noqa: E402

PYTHON = ROOT / "deploy" / "examples" / "python"
SWITCH = os.environ.get("STROWGER", str(ROOT / "build/release/strowger"))
EXAMPLE = ROOT / "build/release/example_strategy"
FIRST_PORT = int(os.environ.get("STROWGER_TEST_PORT", "27000"))


class Program:
    """An example that runs; what it prints goes to a file."""

    def __init__(self, stage, *command):
        self.stage = stage
        self.name = pathlib.Path(command[0]).name
        self.path = stage.folder / f"{self.name}-{len(stage.others)}"
        if self.name.endswith(".py"):
            command = [sys.executable, *command]
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen(
                [*map(str, command)], stdin=subprocess.PIPE, stdout=out,
                stderr=subprocess.STDOUT)
        stage.others.append(self)

    def output(self):
        return self.path.read_text(errors="replace")

    def says(self, words, within=30):
        def found():
            assert self.process.poll() is None or words in self.output(), \
                f"{self.name} ended"
            return words in self.output()
        self.stage.until(found, f"{self.name} to say {words!r}", within)
        return self

    def press(self, keys):
        self.process.stdin.write(keys.encode() + b"\n")
        self.process.stdin.flush()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()

    def story(self):
        return [f"{self.name} said:", *self.output().splitlines()[-40:]]


class Examples(unittest.TestCase):
    port = FIRST_PORT
    stubs = None

    def setUp(self):
        self.stage = Stage(SWITCH, Examples.port)
        Examples.port += 20
        self.phone = self.stage.port()
        self.other = self.stage.port()
        self.control = f"127.0.0.1:{self.stage.port()}"
        points = [{"number": number, "type": "routing-point",
                   "options": {"router-timeout": 60}} for number in "98"]
        self.switch = self.stage.switch(
            dns=[*points,
                 {"number": "7", "type": "routing-point",
                  "options": {"router-timeout": 1}},
                 extension("2001", contact=f"sip:127.0.0.1:{self.phone}"),
                 extension("2002", contact=f"sip:127.0.0.1:{self.other}")],
            control=self.control, agents=[{"login": "ada"}, {"login": "bob"}],
            **{"agent-groups": [{"name": "sales", "agents": ["ada", "bob"]}]},
            strategies=[{"name": "sales", "routing-points": ["8"],
                         "group": "sales"}])

    def tearDown(self):
        result = self._outcome.result
        if any(test is self for test, _ in result.failures + result.errors):
            print("\n".join(self.stage.story()))
        self.stage.close()

    def strategy(self, *more, default="2001", points="9"):
        last = ["--default", default] if default else []
        return Program(self.stage, PYTHON / "strategy.py", "--at", self.control,
                       "--points", points, *last, *more)

    def log_in(self, agent, dn):
        from strowger.v1 import agent_service_pb2 as agents
        from strowger.v1 import agent_service_pb2_grpc as agents_rpc
        with grpc.insecure_channel(self.control) as channel:
            service = agents_rpc.AgentServiceStub(channel)
            service.LoginAgent(agents.LoginAgentRequest(
                request_id=f"in-{agent}", dn=dn, agent_id=agent))
            service.SetAgentReady(agents.SetAgentReadyRequest(
                request_id=f"ready-{agent}", dn=dn))

    def call(self, caller="0301", number="9"):
        return self.stage.sipp("call_plain", "-key", "number", number,
                               user=caller)

    def phone_answers(self, port):
        return self.stage.sipp("answer", port=port).listening()

    def check_answered(self, by):
        record = self.switch.records(1)[0]
        self.assertEqual((record["result"], record["destination"]["device"]),
                         ("answered", by), record)
        self.stage.check()

    def test_the_strategy_routes_a_call_to_the_phone_that_answers(self):
        strategy = self.strategy().says("serving 9")
        phone = self.phone_answers(self.phone)
        self.call().done()
        phone.done()
        strategy.says("0301 to 2001")
        self.check_answered("2001")
        self.assertEqual(1, self.switch.metric(
            "strowger_routing_instructions_total", outcome="used"))

    def test_a_second_strategy_takes_over_from_one_killed_in_mid_request(self):
        slow = self.strategy("--think", "60").says("serving 9")
        phone = self.phone_answers(self.phone)
        call = self.call()
        slow.says("thinking")
        self.strategy().says("serving 9")
        slow.kill()
        call.done()
        phone.done()
        self.check_answered("2001")

    def test_a_call_waits_for_a_strategy_that_comes_late(self):
        phone = self.phone_answers(self.phone)
        call = self.call()
        self.switch.awaits("strowger_routing_requests", 1, state="unclaimed")
        self.strategy()
        call.done()
        phone.done()
        self.check_answered("2001")

    def test_the_strategy_in_cpp_does_the_same(self):
        strategy = Program(self.stage, EXAMPLE, self.control, "9", "2002",
                           "030=german", "ada:german").says("serving 9")
        phone = self.phone_answers(self.other)
        self.call().done()
        phone.done()
        strategy.says("0301 to 2002")
        self.check_answered("2002")

    def test_a_caller_gets_the_agent_with_the_skill_the_number_wants(self):
        self.log_in("ada", "2001")
        self.log_in("bob", "2002")
        skills = ["--wants", "030=german", "--skills", "bob=german,dutch"]
        self.strategy(*skills, default="2001").says("serving 9")
        phone = self.phone_answers(self.other)
        self.call("0301").done()
        phone.done()
        self.check_answered("2002")

    def test_without_a_default_a_caller_waits_for_an_agent_who_is_free(self):
        strategy = self.strategy(default=None).says("serving 9")
        phone = self.phone_answers(self.phone)
        call = self.call()
        strategy.says("0301 waits")
        self.log_in("ada", "2001")
        call.done()
        phone.done()
        strategy.says("0301 to 2001")
        self.check_answered("2001")

    def test_a_caller_waits_longer_than_the_router_timeout(self):
        strategy = self.strategy(points="7", default=None).says("serving 7")
        phone = self.phone_answers(self.phone)
        call = self.call(number="7")
        self.stage.until(lambda: strategy.output().count("waits on") >= 3,
                         "the caller to wait for more than a second")
        self.log_in("ada", "2001")
        call.done()
        phone.done()
        self.check_answered("2001")

    def test_an_agent_who_talks_gets_the_next_caller_after_that(self):
        self.log_in("ada", "2001")
        strategy = self.strategy(default=None).says("serving 9")
        agent = self.stage.peer("2001", port=self.phone)
        first, second = self.stage.peer("0301"), self.stage.peer("0302")
        a = first.call("9")
        b = agent.rung()
        b.accept()
        a.expect(200)
        a.ack()
        c = second.call("9")
        strategy.says("0302 waits")
        hang_up(a, b)
        d = agent.rung()
        d.accept()
        c.expect(200)
        c.ack()
        hang_up(d, c)
        for peer in (agent, first, second):
            peer.inbox.clear()  # provisionals

    def test_without_a_client_the_strategy_of_the_configuration_routes(self):
        phone = self.phone_answers(self.other)
        call = self.call(number="8")
        self.switch.awaits("strowger_routing_requests", 1, state="open")
        self.log_in("bob", "2002")
        call.done()
        phone.done()
        self.check_answered("2002")

    def test_desktop_and_screen_pop_see_the_call_and_the_desktop_ends_it(self):
        self.strategy().says("serving 9")
        pop = Program(self.stage, PYTHON / "screen_pop.py", "2001",
                      "http://crm/?number={ani}&skill={skill}", self.control,
                      "--print").says("watching 2001")
        desktop = Program(self.stage, PYTHON / "desktop.py", "2001",
                          self.control)
        agent = self.stage.peer("2001", port=self.phone)
        caller = self.stage.peer("0301")
        self.switch.awaits("strowger_control_subscribers", 3)
        a = caller.call("9")
        b = agent.rung()
        b.answer(180)
        pop.says("http://crm/?number=0301&skill=any")
        desktop.says("RINGING 0301")
        desktop.press("a")
        desktop.says("AnswerCall: sip-cti-control")
        b.accept()
        a.expect(200)
        a.ack()
        desktop.says("ESTABLISHED")
        desktop.press("q")
        a.pick("BYE")
        b.pick("BYE")
        desktop.says("RELEASED")
        caller.inbox.clear()  # provisionals
        agent.inbox.clear()
        self.check_answered("2001")


if __name__ == "__main__":
    import tempfile
    if len(sys.argv) > 1:
        EXAMPLE = pathlib.Path(sys.argv[1])
    Examples.stubs = tempfile.TemporaryDirectory(prefix="strowger-stubs-")
    os.environ["STROWGER_STUBS"] = Examples.stubs.name
    sys.path.insert(0, str(PYTHON))
    import stubs  # noqa: E402, F401
    with Examples.stubs:
        status = counted.main("__main__")
    sys.exit(status)
