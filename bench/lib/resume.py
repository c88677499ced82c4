"""Subscribers that die, and some that do not read; see bench/resume.sh."""
import argparse
import copy
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import ledger
import rig
import subscriber

HOLD_MS = 2000  # so that there is a state to compare
JOURNAL = 8192  # events; about 3 s
CPU_AT_MOST = 1.05
MEMORY_KB_AT_MOST = 2048


def numbers():
    return [str(40000 + i) for i in range(100)]


class Writer:
    """A subscriber that runs, in a process of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.lives = 0
        self.process = None

    def start(self):
        self.file = self.folder / f"{self.lives:04}"
        self.lives += 1
        self.process = subprocess.Popen(
            [sys.executable, rig.HERE / "subscriber.py", rig.CONTROL,
             self.folder, self.file.name], stderr=subprocess.DEVNULL)

    def await_first(self):
        """Until it has written something, or 20 s."""
        deadline = time.monotonic() + 20
        while not self.file.exists() or not self.file.stat().st_size:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("a subscriber got nothing")
            time.sleep(0.01)

    def await_event(self, sequence):
        """Until it has that event, or 60 s."""
        deadline = time.monotonic() + 60
        while True:
            place = subscriber.position(subscriber.files(self.folder))
            if place and place[1] >= sequence:
                return
            if time.monotonic() > deadline:
                raise SystemExit(f"a subscriber never got event {sequence}")
            time.sleep(0.2)

    def kill(self):
        self.process.kill()
        self.process.wait()


# -- one that dies -------------------------------------------------------------

def kill_often(writer, kills, dice):
    """Kills it at moments that nobody chose."""
    for i in range(kills):
        writer.start()
        writer.await_first()
        time.sleep(dice.uniform(0, 0.6))
        writer.kill()
        if i % 10 == 9:
            events = rig.metrics()["strowger_events_total"]
            rig.await_metrics(
                lambda x: x["strowger_events_total"] > events + 1.2 * JOURNAL,
                "the journal to forget")
    writer.start()


class Story:
    """What one subscriber wrote, over all its lives, folded."""

    def __init__(self, folder, snapshots=None):
        """Those snapshots are compared with the state that the events made."""
        self.events = {}  # sequence: bytes
        self.snapshots = {}  # sequence: ledger
        self.resyncs = {}
        self.faults = []
        self.ledger = None
        self.compared = snapshots or {}
        for path in reversed(subscriber.files(folder)):
            self.sent = 0  # of this stream
            self.coming = None  # a snapshot that is not complete
            for x in subscriber.messages(path):
                self.take(x)
        self.faults += self.ledger.faults

    def take(self, x):
        if x.HasField("resync"):
            why = ledger.api.ResyncReason.Name(x.resync.reason)
            self.resyncs[why] = self.resyncs.get(why, 0) + 1
            if x.resync.sequence != self.sent:
                self.faults.append(f"resync names {x.resync.sequence}, "
                                   f"not {self.sent}")
        elif x.HasField("snapshot"):
            self.coming = self.coming or ledger.Ledger()
            self.coming.take(x.snapshot)
            if x.snapshot.last:
                self.faults += self.ledger.faults if self.ledger else []
                self.ledger, self.coming = self.coming, None
                self.snapshots[x.snapshot.sequence] = copy.deepcopy(self.ledger)
        else:
            for event in x.events.events:
                self.fold(event)
            self.sent = x.events.last_sequence
            if self.sent != self.ledger.sequence:
                self.faults.append(f"last_sequence {self.sent} after event "
                                   f"{self.ledger.sequence}")

    def fold(self, event):
        self.events[event.sequence] = event.SerializeToString(
            deterministic=True)
        self.ledger.fold(event)
        if event.sequence in self.compared:
            other = self.compared[event.sequence]
            self.faults += [f"snapshot at {event.sequence}: {x}"
                            for x in other.differences(self.ledger)]


def resume(args, folder):
    config = rig.configuration(folder, {"journal-size": JOURNAL},
                               rig.phones(40000, 100))
    dice = random.Random(args.seed)
    switch = rig.strowger(config)
    other = rig.Callee()
    staying = Writer(pathlib.Path(folder, "staying"))
    dying = Writer(pathlib.Path(folder, "dying"))
    caller = None
    try:
        staying.start()
        staying.await_first()
        caller = rig.Caller(switch.port, args.rate, args.rate * 600,
                            hold_ms=HOLD_MS, number=numbers())
        rig.await_metrics(lambda x: x["strowger_calls_in_progress"] > args.rate,
                          "calls")
        kill_often(dying, args.kills, dice)
        dying.await_first()
        if not caller.is_running():
            raise SystemExit("the load ended too early")
        # One more snapshot, of a time when there are many calls.
        fresh = Writer(pathlib.Path(folder, "fresh"))
        fresh.start()
        fresh.await_first()
        fresh.kill()
        caller.enough()
        result = caller.result()
        rig.await_metrics(lambda x: x["strowger_calls_in_progress"] == 0,
                          "the calls to end")
        last = rig.metrics()["strowger_events_total"]
        for writer in (staying, dying):
            writer.await_event(last)
    finally:
        if caller:
            caller.kill()
        for writer in (staying, dying):
            if writer.process:
                writer.kill()
        rig.stop(other)
        switch.stop()
    return judge(args, folder, result, last)


def judge(args, folder, result, last):
    died, fresh = (Story(pathlib.Path(folder, x)) for x in ("dying", "fresh"))
    snapshots = {**died.snapshots, **fresh.snapshots}
    stayed = Story(pathlib.Path(folder, "staying"), snapshots)
    wrong = [f"stayed: {x}" for x in stayed.faults]
    wrong += [f"died: {x}" for x in died.faults]
    if list(stayed.events) != list(range(min(stayed.events), int(last) + 1)):
        wrong.append("stayed: events are missing")
    wrong += [f"event {n} differs" for n, x in died.events.items()
              if stayed.events.get(n) != x]
    if died.ledger.sequence != last:
        wrong.append(f"died: ends with event {died.ledger.sequence}")
    wrong += [f"end: {x}" for x in died.ledger.differences(stayed.ledger)]
    print(json.dumps({
        "kills": args.kills, **result, "events": len(stayed.events),
        "events_of_the_killed": len(died.events), "resyncs": died.resyncs,
        "snapshots_compared": len(snapshots),
        "calls_in_them": sum(len(x.calls) for x in snapshots.values()),
        "differences": len(wrong)}), flush=True)
    for line in wrong[:20]:
        print("  " + line)
    return not wrong and not result["failed"]


# -- one that does not read ----------------------------------------------------

def never_read():
    """A stream whose first message was read, and no other. gRPC must not read
    ahead, as it does for megabytes when it finds the line good."""
    channel, stream = subscriber.subscribe(
        rig.CONTROL, b"", [("grpc.http2.bdp_probe", 0)], 600)
    first = ledger.api.SubscribeResponse.FromString(next(stream))
    assert first.HasField("snapshot")
    return channel, stream


def read_on(stream):
    """What it finds when it reads after all: why there was a resync, and the
    state after it."""
    why, state = "", None
    for x in map(ledger.api.SubscribeResponse.FromString, stream):
        if x.HasField("resync"):
            why = ledger.api.ResyncReason.Name(x.resync.reason)
            state = ledger.Ledger()
        elif x.HasField("snapshot") and why:
            state.take(x.snapshot)
            if x.snapshot.last:
                return why, state
    raise SystemExit("the stream ended without a resync")


def fresh_state():
    channel, stream = subscriber.subscribe(rig.CONTROL, b"")
    state = ledger.Ledger()
    for x in map(ledger.api.SubscribeResponse.FromString, stream):
        state.take(x.snapshot)
        if x.snapshot.last:
            channel.close()
            return state


def stuck_round(config, folder, stuck, args):
    """One run beside a subscriber that reads."""
    switch = rig.strowger(config)
    reader = Writer(folder)
    channel = None
    try:
        reader.start()
        reader.await_first()
        if stuck:
            channel, stream = never_read()
        row = rig.cost(switch, args.rate, args.calls, number=numbers())
        row["pss_kb"] = switch.pss_kb()
        row["name"] = "never reads" if stuck else "without"
        if stuck:
            row["resync"], state = read_on(stream)
            row["differences"] = len(state.differences(fresh_state()))
    finally:
        reader.kill()
        if channel:
            channel.close()
        switch.stop()
    print(json.dumps(row), flush=True)
    return row


def stuck(args, folder):
    config = rig.configuration(folder, dns=rig.phones(40000, 100))
    rows = {False: [], True: []}
    for i in range(args.rounds):
        for with_it in (False, True):
            rows[with_it].append(stuck_round(
                config, pathlib.Path(folder, f"reader-{i}-{with_it}"), with_it,
                args))
    fine = True
    for what, unit, slack in (("cpu_us_per_call", "us CPU per call", 0),
                              ("pss_kb", "KB", MEMORY_KB_AT_MOST)):
        without = [row[what] for row in rows[False]]
        beside = [row[what] for row in rows[True]]
        low, high = rig.median(without), rig.median(beside)
        noise = max(without) - min(without)
        allowed = low + max(noise, slack or low * (CPU_AT_MOST - 1))
        fine = fine and high <= allowed
        print(f"a subscriber that never reads: {high:.1f} {unit}, without it "
              f"{low:.1f} (noise {noise:.1f}): {high / low:.2f}")
    return fine and all(
        row["resync"] == "RESYNC_REASON_SLOW_SUBSCRIBER"
        and not row["differences"] for row in rows[True])


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--rate", type=int, default=500)
    options.add_argument("--calls", type=int, default=15000,
                         help="of a round of `stuck`; a queue holds 32,768 "
                         "events, five of a call")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", choices=("resume", "stuck"))
    args = options.parse_args()
    fine = {}
    for part in (resume, stuck):
        if args.only in (None, part.__name__):
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                fine[part.__name__] = part(args, folder)
    return rig.verdict(all(fine.values()), "the same events and state after "
                       "every death; who does not read costs no more than "
                       f"noise: {fine}")


if __name__ == "__main__":
    sys.exit(main())
