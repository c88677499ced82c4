"""Latency of requests, from client to wire; see bench/requests.sh."""
import argparse
import itertools
import json
import random
import sys
import tempfile
import time

import ledger  # noqa: F401 (makes what is imported next)
import grpc
import phones
import rig
from message import sdp
from peer import connect
from strowger.v1 import call_service_pb2 as calls
from strowger.v1 import call_service_pb2_grpc as calls_grpc
from strowger.v1 import common_pb2 as common
from strowger.v1 import query_service_pb2 as query
from strowger.v1 import query_service_pb2_grpc as query_grpc

AT_MOST_MS = 1.0
CALLER, CALLED = 5071, 5072
ANSWERS = {"sendonly": "recvonly", "recvonly": "sendonly",
           "inactive": "inactive"}  # RFC 3264
BY_INVITE = {"refer-enabled": False}  # not asked to call by themselves


class Bench:
    def __init__(self, channel):
        self.calls = calls_grpc.CallServiceStub(channel)
        self.queries = query_grpc.QueryServiceStub(channel)
        self.ground = phones.Ground()
        self.a = phones.Phone(self.ground, "41000", CALLER)
        self.b = phones.Phone(self.ground, "41001", CALLED)
        self.numbers = itertools.count(1)
        self.dice = random.Random(1)

    def ask(self, method, **fields):
        """The answer, and when it was asked."""
        request = getattr(calls, method + "Request")(
            request_id=str(next(self.numbers)), **fields)
        # A desktop does not ask without a pause, as a loop would.
        time.sleep(self.dice.uniform(0, 0.005))
        began = time.time()
        return getattr(self.calls, method)(request, timeout=10), began

    def make_call(self):
        """The phone that is to call gets an INVITE, and does not want to."""
        _, began = self.ask("MakeCall", dn="41000", destination="41001")
        leg = self.a.rung()
        taken = self.a.arrived - began
        leg.answer(486)
        leg.expect("ACK")
        self.a.forget()
        return taken

    def connect(self):
        """A call that stands: (call, leg of A, leg of B)."""
        legs = connect(self.a, self.b)
        page = self.queries.ListCalls(query.ListCallsRequest(dn="41000"))
        return page.calls[0].call_id, *legs

    def agree(self, leg):
        """Reads what came; re-INVITEs are answered. How many more ACKs there
        will be."""
        change = 0
        for m in [m for m in leg.peer.inbox if m.get("Call-ID") == leg.call_id]:
            leg.peer.inbox.remove(m)
            if m.method == "ACK":
                change -= 1
            elif m.method == "INVITE":
                offered = next((x for x in ANSWERS if f"a={x}" in m.text), "")
                leg.reply(m, 200, sdp(direction=ANSWERS.get(offered),
                                      version=next(self.numbers)))
                change += 1
        return change

    def hold(self, call_id, legs, method):
        """One request; the time until the first re-INVITE came. Ends when
        both sides agree."""
        for peer in (self.a, self.b):
            peer.forget()
        _, began = self.ask(method, dn="41000", call_id=call_id)
        first, unacked = None, 0
        deadline = time.monotonic() + 10
        while not first or unacked or self.state(call_id) != method:
            if time.monotonic() > deadline:
                raise SystemExit(f"{method} did not end")
            self.ground.turn(0.005)
            for leg in legs:
                came = leg.peer.arrived
                change = self.agree(leg)
                if change > 0 and not first:
                    first = came
                unacked += change
        return first - began

    def state(self, call_id):
        """The request that ended in the state of the one who asks."""
        call = self.queries.GetCall(query.GetCallRequest(call_id=call_id)).call
        held = call.parties[0].state == common.PARTY_STATE_HELD
        return "HoldCall" if held else "RetrieveCall"


def report(name, times):
    """Figures in ms; the median."""
    times = sorted(x * 1e3 for x in times)
    row = {"request": name, "count": len(times),
           "median_ms": round(rig.median(times), 3),
           "p90_ms": round(times[int(len(times) * 0.90)], 3),
           "p99_ms": round(times[int(len(times) * 0.99)], 3),
           "max_ms": round(times[-1], 3)}
    print(json.dumps(row), flush=True)
    return row["median_ms"]


def measure(args):
    with grpc.insecure_channel(rig.CONTROL) as channel:
        bench = Bench(channel)
        try:
            for _ in range(20):
                bench.make_call()
            medians = [report("MakeCall", [bench.make_call()
                                           for _ in range(args.requests)])]
            call_id, *legs = bench.connect()
            times = {"HoldCall": [], "RetrieveCall": []}
            for _ in range(args.requests // 2):
                for method, found in times.items():
                    found.append(bench.hold(call_id, legs, method))
            medians += [report(*x) for x in times.items()]
            bench.ask("ClearCall", dn="41000", call_id=call_id)
            for leg in legs:
                leg.pick("BYE")
        finally:
            bench.ground.close()
    return max(medians)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=int, default=500)
    options.add_argument("--requests", type=int, default=1000)
    args = options.parse_args()
    folder = tempfile.TemporaryDirectory(prefix="bench-")
    config = rig.configuration(
        folder.name, dns=rig.phones(40000, 1)
        + rig.phones(41000, 1, CALLER, **BY_INVITE)
        + rig.phones(41001, 1, CALLED, **BY_INVITE))
    switch = rig.strowger(config)
    other = rig.Callee()
    caller = rig.Caller(switch.port, args.rate, args.rate * 600,
                        number="40000", hold_ms=500)
    try:
        rig.await_metrics(
            lambda x: x["strowger_calls_opened_total"] > 2 * args.rate, "calls")
        median = measure(args)
        alive = caller.is_running()
        caller.enough()
        result = caller.result()
    finally:
        caller.kill()
        rig.stop(other)
        switch.stop()
    print(json.dumps({"rate": args.rate, "load_lasted": alive, **result}))
    return rig.verdict(
        alive and not result["failed"] and median < AT_MOST_MS,
        f"the median of a request is {median} ms, less than {AT_MOST_MS} ms")


if __name__ == "__main__":
    sys.exit(main())
