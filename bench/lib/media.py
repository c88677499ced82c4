"""What RTP costs; see bench/media.sh."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import rig

CALLERS, CALLEES = 25080, 25081
PER_SECOND = 100
SCENARIO = """
load: media
target: 127.0.0.1:{callees}
listen: 127.0.0.1:{callers}
seed: 1
media: {{ports: {{from: 42000, to: 49999}}, srtp: {srtp}}}
populations:
  - name: callers
    users: {{from: 30000, to: 30999}}
    calls: {{to: {{from: 10000, to: 10999}}, arrivals: {{constant: {rate}/s}},
            talk: {talk} s}}
  - name: callees
    users: {{from: 10000, to: 10999}}
    answers: {{ring-after: 0 s, answer-after: 0 s}}
run: {{steady: {ramp} s, drain: {drain} s}}
"""


def play(calls, seconds, srtp):
    text = SCENARIO.format(callees=CALLEES, callers=CALLERS, srtp=srtp,
                           rate=PER_SECOND, ramp=calls // PER_SECOND,
                           talk=calls // PER_SECOND + seconds,
                           drain=calls // PER_SECOND + seconds + 10)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path, report = (os.path.join(folder, x) for x in ("x.yaml", "x.json"))
        pathlib.Path(path).write_text(text, encoding="utf-8")
        subprocess.run([rig.STROWGER, "load", "run", path, "--quiet", "--json",
                        report], stdout=subprocess.DEVNULL, check=False)
        return json.loads(pathlib.Path(report).read_text("utf-8"))


def measure(name, args, srtp):
    x = play(args.calls, args.seconds, srtp)
    samples = x["samples"]
    # The first and the last of these seconds are not whole.
    full = [i for i, n in enumerate(samples["in_flight"])
            if n == args.calls][1:-1]
    def mean(column):
        return sum(samples[column][i] for i in full) / max(1, len(full))
    share = mean("rtp_cpu_share") + mean("cpu_share")
    sides = x["callers"]["media"], x["callees"]["media"]
    row = {"name": name, "calls": args.calls, "seconds": len(full),
           "packets_sent_per_s": round(mean("rtp_sent")),
           "packets_lost": sum(y["packets_lost"] for y in sides),
           "sent_late": sum(y["packets_sent_late"] for y in sides),
           "tones": sum(y["tones_detected"] for y in sides),
           "mos_mean": round(mean("rtp_mos_mean"), 2),
           "jitter_p95_ms": round(mean("rtp_jitter_p95_s") * 1e3, 2),
           "rtp_cpu": round(mean("rtp_cpu_share"), 3),
           "cpu": round(share, 3)}
    print(json.dumps(row), flush=True)
    if not full:
        print(f"{name}: the calls were never all up at once")
        return False
    print(f"{name}: {args.calls} two-way calls take {share:.2f} of one core, "
          "at most 1")
    return share <= 1 and row["tones"] == 2 * args.calls


def main():
    parts = {"rtp": "false", "srtp": "true"}
    options = argparse.ArgumentParser()
    options.add_argument("--calls", type=int, default=500)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--only", default="rtp,srtp")
    args = options.parse_args()
    reached = {x: measure(x, args, parts[x]) for x in args.only.split(",")}
    for name, good in reached.items():
        print(f"{'reached' if good else 'MISSED'}: {name}")
    return 0 if reached.get("rtp", True) else 1


sys.exit(main())
