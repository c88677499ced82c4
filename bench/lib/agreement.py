"""Whether generator and device have counted the same; see agreement.sh."""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import agreement_peers
import rig
from agreement_peers import PEERS, PORT

EXAMPLES = rig.ROOT / "deploy/examples/load"
COLUMNS = ("calls", "answered", "busy", "abandoned", "unanswered", "failed",
           "phones called", "registrations", "bindings")


class Scenario:
    """A shipped one, shortened."""

    def __init__(self, name):
        self.name = name
        self.text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")
        # Up to 5000 calls a second is for a machine of its own, and the calls
        # in flight have to be level after seconds.
        if "search: " in self.text:
            self.text = re.sub(r"(?m)^search: .*",
                               "search: {from: 20/s, to: 60/s, precision: 20 %}",
                               self.text)
            self.text = self.text.replace("exponential: 5 s", "exponential: 1 s")
        self.transfers = "-transfer" in self.text

    def numbers(self, what):
        """Of the populations that have this section."""
        for x in re.split(r"(?m)^  - name: ", self.text):
            found = re.search(r"users: \{from: (\d+), to: (\d+)\}", x)
            if found and f"\n    {what}:" in x:
                yield range(int(found[1]), int(found[2]) + 1)

    def registered_users(self):
        return sum(map(len, self.numbers("register")))

    def calls_from(self, number):
        return any(int(number or 0) in x for x in self.numbers("calls"))

    def play(self, peer, steady_s):
        """The report of `strowger load run`."""
        with tempfile.TemporaryDirectory(prefix="agreement-") as folder:
            for table in EXAMPLES.glob("*.csv"):
                shutil.copy(table, folder)
            path = os.path.join(folder, self.name + ".yaml")
            pathlib.Path(path).write_text(self.text, encoding="utf-8")
            report = os.path.join(folder, "report.json")
            done = subprocess.run(
                [rig.STROWGER, "load", "run", path, "--quiet",
                 "--target", f"127.0.0.1:{PORT}",
                 "--listen", f"127.0.0.1:{PORT + 80}", "--warm-up", "3 s",
                 "--steady", f"{steady_s} s", "--drain", "25 s",
                 "--role", "both" if peer.callees else "caller",
                 "--json", report],
                capture_output=True, text=True, check=False)
            if not os.path.exists(report):
                raise SystemExit(done.stdout + done.stderr)
            return json.loads(pathlib.Path(report).read_text("utf-8"))


def ours(report, peer, scenario):
    """What the peer must have counted, if the report is right."""
    calls = report["whole_run"]["callers"]
    outcomes, steps = calls["outcomes"], calls["steps"]
    blind, attended = steps["blind_transfer"], steps["attended_transfer"]
    # An attended transfer begins with a second call of the same user.
    second = attended["done"] + attended["failed"]
    again, moved = 0, blind["done"]
    if peer.moves == "phone":  # it calls anew whom the REFER names
        again = blind["done"] + blind["failed"] + second
        moved += attended["done"]
    elif peer.enters_anew:  # so does the device, for itself
        again, moved = blind["done"], 0
    busy, late = outcomes["busy"], outcomes["no_answer"]
    bunched = peer.silent_is_unanswered
    return {
        "calls": calls["attempts"] + second + again,
        "answered": outcomes["answered"] + second + moved,
        "busy": busy,
        "abandoned": outcomes["abandoned"],
        "unanswered": outcomes["abandoned"] + late,
        "failed": calls["failed"] - busy - (late if bunched else 0),
        "phones called": report["whole_run"]["callees"]["attempts"],
        "registrations": calls["registrations"]["attempts"],
        "bindings": scenario.registered_users(),
    }


def remark(report, peer):
    words = []
    if not peer.is_alive() and not isinstance(peer, agreement_peers.Sipp):
        words.append(f"the peer died (signal {-peer.process.returncode})")
    steps = report["whole_run"]["callers"]["steps"]
    failed = [f"{x['failed']} {name}" for name, x in steps.items()
              if x["failed"]]
    if failed:
        words.append("steps that it refused: " + ", ".join(failed))
    return "; ".join(words + report["verdict"]["invalid"]
                     + report["verdict"]["broken_laws"])


def compare(peer, scenario, steady_s, keep=None):
    """A row: {column: (generator, peer)}, and a remark."""
    with peer:
        report = scenario.play(peer, steady_s)
        mine = ours(report, peer, scenario)
        deadline = time.monotonic() + 5
        while True:  # the last records are written when the calls are over
            theirs = peer.counters(scenario) if peer.is_alive() else {}
            row = {x: (mine[x], int(theirs[x])) for x in COLUMNS
                   if x in theirs}
            if (not peer.is_alive() or time.monotonic() > deadline
                    or all(a == b for a, b in row.values())):
                break
            time.sleep(0.2)
        words = remark(report, peer)
    if keep:
        path = pathlib.Path(keep, f"{peer.name} {scenario.name}.json")
        path.write_text(json.dumps({"row": row, "report": report}), "utf-8")
    return row, words


def agrees(row):
    return bool(row) and all(a == b for a, b in row.values())


def show(peer, scenario, row, words):
    cells = [f"{row[x][0]}/{row[x][1]}" if x in row else "-" for x in COLUMNS]
    print(f"{peer.name:15}{scenario.name:22}"
          + "".join(f"{x:>15}" for x in cells)
          + ("  agree" if agrees(row) else "  DIFFER" if row else "  again")
          + (f"  ({words})" if words else ""), flush=True)


def main():
    names = sorted(x.stem for x in EXAMPLES.glob("*.yaml"))
    options = argparse.ArgumentParser()
    options.add_argument("--peers", default=",".join(PEERS))
    options.add_argument("--scenarios", default=",".join(names))
    options.add_argument("--steady", type=int, default=20)
    options.add_argument("--keep")
    args = options.parse_args()
    print("generator/peer".ljust(37)
          + "".join(f"{x:>15}" for x in COLUMNS), flush=True)
    good, notes = True, []
    for kind in args.peers.split(","):
        peer = PEERS[kind]
        notes += [x for x in peer.notes if x not in notes]
        for scenario in map(Scenario, args.scenarios.split(",")):
            slow = 3 if scenario.name == "busy-hour" else 1
            # A peer that crashes has counted nothing; it is said, and it may
            # try again.
            for _ in range(3):
                host = peer()
                row, words = compare(host, scenario, args.steady * slow,
                                     args.keep)
                if row:
                    break
                show(host, scenario, row, words)
            show(host, scenario, row, words)
            good = good and agrees(row)
    print("\n".join(notes))
    return rig.verdict(good, "every counter of every peer agrees to the call")


if __name__ == "__main__":
    sys.exit(main())
