"""Random requests against live calls; see bench/soak.sh."""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import ledger
import grpc
import rig
import robots
from requester import Requester, World
from strowger.v1 import agent_service_pb2 as agents
from strowger.v1 import agent_service_pb2_grpc as agents_grpc
from strowger.v1 import query_service_pb2 as query
from strowger.v1 import query_service_pb2_grpc as query_grpc

PHONES, AGENTS = 100, 20
WARM_UP_S = 30
SIZE_EVERY_S = 20
# What the allocator keeps differs by about 15 MB from rest to rest.
GROWTH_AT_MOST_KB = 24_000
NOTHING = ("strowger_calls_in_progress", "strowger_legs_in_progress",
           "strowger_sip_transactions")
# Phones differ in what the switch may ask of them.
KINDS = (
    {"no-answer-timeout": 20}, {"refer-enabled": False}, {"dual-dialog-enabled": False},
    {"sip-cti-control": "talk,hold"}, {"blind-transfer-enabled": True},
    {"refer-enabled": False, "make-call-rfc3725-flow": 2},
    {"no-answer-timeout": 3, "no-answer-overflow": "41001"},
    {"sip-hold-rfc3264": True, "refer-enabled": False},
)


def configuration(folder, args):
    dns = [{"number": str(robots.FIRST_PHONE + i), "type": "extension",
            "options": {"contact": f"sip:127.0.0.1:{args.port + i}",
                        **KINDS[i % len(KINDS)]}} for i in range(PHONES)]
    dns += [{"number": "9", "type": "routing-point"},
            {"number": "8", "type": "routing-point"},
            {"number": "7", "type": "acd-queue"}]
    names = [f"agent-{i}" for i in range(AGENTS)]
    return rig.configuration(
        folder, {"journal-size": 4096, "router-timeout": 3,
                 "default-dn": "41002"}, dns,
        agents=[{"login": x} for x in names],
        strategies=[{"name": "staff", "routing-points": ["8"],
                     "group": "staff", "overflow-after": 2,
                     "overflow-to": "41003"}],
        **{"agent-groups": [{"name": "staff", "agents": names}],
           "log": {"level": "info"}})


class Robots:
    """The phones, in their own program."""

    def __init__(self, args):
        trace = [pathlib.Path(args.keep, "sip")] if args.keep else []
        self.process = subprocess.Popen(
            [sys.executable, rig.HERE / "robots.py", str(args.port),
             str(PHONES), str(args.calls), str(args.seed), *trace],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the phones have ended")
        return line

    def order(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def rest(self):
        self.order("rest")
        self.read()

    def quit(self):
        self.order("quit")
        result = json.loads(self.read())
        self.process.wait()
        return result

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


# -- the run -------------------------------------------------------------------

class Soak:
    def __init__(self, args, folder):
        self.args = args
        self.faults = []
        self.sizes = []  # KB under load, as time goes
        self.switch = rig.strowger(configuration(folder, args))
        self.robots = self.world = self.log = None
        try:
            self.robots = Robots(args)
            self.world = World(rig.CONTROL)
            if args.keep:
                self.log = open(pathlib.Path(args.keep, "requests"), "w")
            self.requester = Requester(
                rig.CONTROL, self.world, args.seed,
                [str(robots.FIRST_PHONE + i) for i in range(PHONES)],
                [f"agent-{i}" for i in range(AGENTS)], args.rate, self.log)
        except BaseException:
            self.close()
            raise

    def fault(self, what):
        self.faults.append(what)

    def alive(self):
        return self.switch.process.poll() is None

    def play(self, seconds):
        """Calls and requests for so long; then everybody goes home."""
        self.robots.order("go")
        self.requester.start()
        began = time.monotonic()
        most = 0
        while time.monotonic() < began + seconds and self.alive():
            most = max(most, rig.metrics()["strowger_calls_in_progress"])
            if time.monotonic() - began > len(self.sizes) * SIZE_EVERY_S:
                self.sizes.append(self.switch.pss_kb())
            time.sleep(0.5)
        self.requester.stop()
        if self.alive():
            self.robots.rest()
            self.log_out()
            self.settle()
        return most

    def log_out(self):
        """Agents, do not disturb and forwarding end by request."""
        with grpc.insecure_channel(rig.CONTROL) as channel:
            service = agents_grpc.AgentServiceStub(channel)
            for i in range(PHONES):
                dn = str(robots.FIRST_PHONE + i)
                for method in ("CancelReserveAgent", "LogoutAgent",
                               "CancelDnd", "CancelForward"):
                    request = getattr(agents, method + "Request")(
                        request_id=f"home-{time.time_ns()}", dn=dn)
                    if method == "LogoutAgent":
                        request.on_call = True
                    try:
                        getattr(service, method)(request, timeout=20)
                    except grpc.RpcError:
                        pass  # nothing to end there

    def settle(self):
        """Waits for SIP's timers, and for pages to go back."""
        try:
            rig.await_metrics(
                lambda x: not any(x[name] for name in NOTHING),
                "nothing to be left", 90)
        except SystemExit as error:
            self.fault(str(error))
        time.sleep(5)

    # -- what must hold ---------------------------------------------------------

    def check_left(self):
        samples = rig.metrics()
        for key, value in samples.items():
            name = key.split("{")[0]
            if value and (name in NOTHING or name in (
                    "strowger_trunk_calls", "strowger_routing_requests",
                    "strowger_reactor_queue_depth")):
                self.fault(f"{key} is {value:.0f} at the end")
        opened = samples["strowger_calls_opened_total"]
        ended = rig.total(samples, "strowger_calls_total") \
            + samples["strowger_calls_joined_total"]
        if opened != ended:
            self.fault(f"{opened:.0f} calls opened, {ended:.0f} recorded")
        with grpc.insecure_channel(rig.CONTROL) as channel:
            service = query_grpc.QueryServiceStub(channel)
            for what in ("Calls", "Parties", "Agents"):
                request = getattr(query, f"List{what}Request")(page_size=1000)
                page = getattr(service, f"List{what}")(request)
                found = getattr(page, what.lower())
                if found:
                    self.fault(f"List{what} has {len(found)}: {found[0]}")
        return opened

    def check_events(self):
        """Nothing of what the events say is unfinished, and a new snapshot
        says the same."""
        fresh = World(rig.CONTROL)
        fresh.close()
        deadline = time.monotonic() + 10
        while self.world.ledger.sequence < fresh.ledger.sequence \
                and time.monotonic() < deadline:
            time.sleep(0.1)
        state = self.world.ledger
        self.faults += self.world.faults + state.faults
        self.faults += [f"snapshot: {x}"
                        for x in fresh.ledger.differences(state)]
        for call_id, call in state.calls.items():
            self.fault(f"{call_id} was never deleted: {call}")

    def check_memory(self, before, after):
        if after > before + GROWTH_AT_MOST_KB:
            self.fault(f"memory grew from {before} to {after} KB")

    def run(self):
        args = self.args
        self.play(WARM_UP_S)
        before = self.switch.pss_kb() if self.alive() else 0
        self.sizes = []
        most = self.play(args.seconds) if self.alive() else 0
        did = self.robots.quit()
        row = {"seconds": args.seconds, "seed": args.seed,
               "calls_at_once": most, "phones": did,
               "requests": sum(self.requester.outcomes.values())}
        if self.alive():
            after = self.switch.pss_kb()
            row["calls"] = self.check_left()
            self.check_events()
            self.check_memory(before, after)
            row |= {"events": len(self.world.events), "pss_kb": [before, after],
                    "pss_kb_under_load": self.sizes}
        else:
            self.fault(f"the switch ended: {self.switch.process.returncode}")
            log = pathlib.Path(self.switch.folder, "log").read_text()
            print(log[-3000:])
        self.faults += [f"{what}: {request}" for what, request
                        in self.requester.faults.items()]
        if most < args.calls * 0.8 or did["legs_left"] or did["faults"]:
            self.fault("the phones did not do their part")
        return row

    def keep(self):
        """What else whoever looks for a fault wants to see."""
        folder = pathlib.Path(self.args.keep)
        shutil.copy(pathlib.Path(self.switch.folder, "log"), folder / "log")
        with open(folder / "events", "w") as out:
            for raw in self.world.events:
                event = ledger.api.Event.FromString(raw)
                print(ledger.NAMES[event.type], str(event).replace("\n", " "),
                      file=out)

    def close(self):
        if self.world:
            self.world.close()
        if self.robots:
            self.robots.kill()
        if self.log:
            self.log.close()
        self.switch.stop()


def group(faults):
    """Faults that differ in numbers and names only."""
    kinds = {}
    for x in faults:
        kind = re.sub(r"'[^']*'|[0-9a-f]{16}|\d+", "#", x)[:100]
        kinds.setdefault(kind, []).append(x)
    return kinds


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--calls", type=int, default=200)
    options.add_argument("--rate", type=int, default=100)
    options.add_argument("--port", type=int, default=28100)
    options.add_argument("--keep")
    args = options.parse_args()
    if args.keep:
        pathlib.Path(args.keep).mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        soak = Soak(args, folder)
        try:
            row = soak.run()
            if args.keep:
                soak.keep()
        finally:
            soak.close()
    print(json.dumps(row))
    for what, count in sorted(soak.requester.outcomes.items()):
        print(f"  {what}: {count}")
    for kind, lines in group(soak.faults).items():
        print(f"  FAULT {len(lines)} x {kind}\n    {lines[0][:400]}")
    return rig.verdict(not soak.faults, "no crash, nothing left behind, events "
                       f"keep their laws: {len(soak.faults)} faults")


if __name__ == "__main__":
    sys.exit(main())
