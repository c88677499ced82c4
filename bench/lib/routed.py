"""Cost of routed calls, and strategies that die; see bench/routed.sh."""
import argparse
import json
import random
import shlex
import subprocess
import sys
import tempfile
import time

import ledger  # noqa: F401 (makes what is imported next)
import grpc
import rig
from strowger.v1 import agent_service_pb2 as agents
from strowger.v1 import agent_service_pb2_grpc as agents_grpc

AT_MOST = 1.6
COST_RATE, COST_CALLS = 800, 16000
ROUTER_TIMEOUT_S = 1
POINT, DEFAULT, AGENT = "9", "42000", "40000"
EXAMPLE = f"{rig.ROOT / 'build/release/example_strategy'} " \
    "{control} {point} {default}"


def configuration(folder, count):
    """A routing point, agents at their phones, a phone for everything else."""
    return rig.configuration(
        folder, {"router-timeout": ROUTER_TIMEOUT_S, "default-dn": DEFAULT},
        [{"number": POINT, "type": "routing-point"},
         *rig.phones(int(AGENT), count), *rig.phones(int(DEFAULT), 1)],
        agents=[{"login": f"agent-{i}"} for i in range(count)])


def log_in(count):
    with grpc.insecure_channel(rig.CONTROL) as channel:
        service = agents_grpc.AgentServiceStub(channel)
        for i in range(count):
            dn = str(int(AGENT) + i)
            service.LoginAgent(agents.LoginAgentRequest(
                request_id=f"in-{i}", dn=dn, agent_id=f"agent-{i}"))
            service.SetAgentReady(agents.SetAgentReadyRequest(
                request_id=f"ready-{i}", dn=dn))


class Strategies:
    """Programs that serve the routing point; ended by their own pids."""

    def __init__(self, command):
        self.command = shlex.split(command.format(
            control=rig.CONTROL, point=POINT, default=DEFAULT))
        self.running = []

    def start(self):
        self.running.append(subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL))
        self.await_count()

    def await_count(self):
        rig.await_metrics(
            lambda x: x["strowger_routing_clients"] == len(self.running),
            f"{len(self.running)} strategies to serve", 20)

    def kill(self, which=0):
        victim = self.running.pop(which)
        victim.kill()
        victim.wait()

    def close(self):
        while self.running:
            self.kill()


class Setting:
    """A switch, agents who are ready, and a strategy."""

    def __init__(self, args):
        self.args = args

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.switch = rig.strowger(
            configuration(self.folder.name, self.args.agents))
        self.strategies = Strategies(self.args.strategy)
        try:
            log_in(self.args.agents)
            self.strategies.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *why):
        self.strategies.close()
        self.switch.stop()
        self.folder.cleanup()


def summary(result):
    """What the switch says about those calls."""
    samples = rig.metrics()
    name = "strowger_routing_instructions_total"
    failed = {key.split('"')[1]: value for key, value in samples.items()
              if key.startswith(name) and '"used"' not in key and value}
    answered = rig.total(samples, "strowger_calls_total", result="answered")
    return {**result, "answered": answered,
            "routed": rig.total(samples, name, outcome="used"),
            "instructions_failed": failed,
            "left": samples["strowger_calls_in_progress"]}


# -- the three parts -----------------------------------------------------------

def cost(args):
    found = {"plain": [], "routed": []}
    lost = 0
    for _ in range(args.rounds):
        for name, number in (("plain", AGENT), ("routed", POINT)):
            with Setting(args) as x:
                rig.cost(x.switch, COST_RATE, COST_RATE, number=number)
                row = rig.cost(x.switch, COST_RATE, COST_CALLS, number=number)
                row = {"name": name, **summary(row)}
            found[name].append(row["cpu_us_per_call"])
            lost += row["failed"]
            if name == "routed" and row["routed"] < COST_CALLS:
                lost += COST_CALLS - row["routed"]
            print(json.dumps(row), flush=True)
    ratio = rig.median(found["routed"]) / rig.median(found["plain"])
    print(f"a routed call costs {rig.median(found['routed']):.0f} us of CPU, a "
          f"plain one {rig.median(found['plain']):.0f} us: {ratio:.2f}, at "
          f"most {AT_MOST}")
    return ratio <= AT_MOST and not lost


def load(args):
    with Setting(args) as x:
        calls = args.rate * args.seconds
        row = summary(rig.cost(x.switch, args.rate, calls, number=POINT))
    print(json.dumps({"name": "load", "rate": args.rate, **row}), flush=True)
    return not row["failed"] and row["answered"] == row["routed"] == calls


def kill_often(x, args, is_running):
    """Kills strategies at moments that nobody chose; how often."""
    dice = random.Random(args.seed)
    for i in range(args.kills):
        time.sleep(dice.uniform(0.1, 0.8))
        if not is_running():
            return i
        if i == args.kills // 2:
            x.strategies.start()  # from now on there are two
        x.strategies.kill(dice.randrange(len(x.strategies.running)))
        # Dead for a while, sometimes until calls take the default route.
        time.sleep(dice.uniform(0, 0.3) + (i % 5 == 4) * 1.3)
        x.strategies.start()
    return args.kills


def kills(args):
    with Setting(args) as x:
        other = rig.Callee()
        caller = rig.Caller(x.switch.port, args.rate,
                            args.rate * (60 + 3 * args.kills), number=POINT)
        try:
            killed = kill_often(x, args, caller.is_running)
            caller.enough()
            row = caller.result()
            rig.await_metrics(lambda x: not x["strowger_calls_in_progress"],
                              "the calls to end")
            row = summary(row)
            opened = rig.metrics()["strowger_calls_opened_total"]
        finally:
            caller.kill()
            rig.stop(other)
    row["by_default"] = row["answered"] - row["routed"]
    print(json.dumps({"name": "kills", "kills": killed, **row}), flush=True)
    return (killed == args.kills and not row["failed"]
            and row["ok"] == row["answered"] == opened)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=int, default=800)
    options.add_argument("--seconds", type=int, default=30)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--agents", type=int, default=10)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--strategy", default=EXAMPLE)
    options.add_argument("--only", choices=("cost", "load", "kills"))
    args = options.parse_args()
    fine = {part.__name__: part(args) for part in (cost, load, kills)
            if args.only in (None, part.__name__)}
    return rig.verdict(all(fine.values()), "a routed call costs no more than "
                       f"that, and none is lost: {fine}")


if __name__ == "__main__":
    sys.exit(main())
