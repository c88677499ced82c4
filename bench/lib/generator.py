"""What generating calls costs; see bench/generator.sh."""
import argparse
import json
import resource
import sys
import time

import rig

CALLERS, CALLEES = 25080, 25081
SCENARIO = """
load: {name}
target: 127.0.0.1:{target}
listen: 127.0.0.1:{listen}
seed: 1
populations:
  - name: callers
    users: {{from: 30000, to: 30999}}
    calls: {{to: {{from: 10000, to: 10999}}, arrivals: {arrivals}, talk: {talk}}}
  - name: callees
    users: {{from: 10000, to: 10999}}
    answers: {{ring-after: 0 s, answer-after: 0 s}}
run: {{steady: {seconds} s, drain: {drain} s}}
"""


def spent():
    x = resource.getrusage(resource.RUSAGE_CHILDREN)
    return x.ru_utime + x.ru_stime


def scenario(name, arrivals, seconds, talk="0 s", drain=30, target=CALLEES):
    return SCENARIO.format(name=name, arrivals=arrivals, seconds=seconds,
                           talk=talk, drain=drain, target=target,
                           listen=CALLERS)


def ours(rate, seconds):
    before = spent()
    x = rig.Load(scenario("cost", f"{{constant: {rate}/s}}", seconds)).wait()
    calls = x["callers"]["attempts"]
    return {"calls": calls, "failed": calls - x["callers"]["ended_cleanly"],
            "invalid": x["verdict"]["invalid"],
            "cpu_us_per_call": round((spent() - before) / calls * 1e6, 1)}


def sipp(rate, seconds):
    calls = rate * seconds
    before = spent()
    callee = rig.sipp_callee(CALLEES)
    try:
        result = rig.sipp_call(CALLEES, rate, calls, local_port=CALLERS)
    finally:
        rig.stop(callee)
    return {"calls": calls, **result,
            "cpu_us_per_call": round((spent() - before) / calls * 1e6, 1)}


def cost(args):
    rows = {"strowger load": [], "sipp uac + uas": []}
    for _ in range(args.rounds):
        for name, run in (("strowger load", ours), ("sipp uac + uas", sipp)):
            row = run(args.rate, args.seconds)
            rows[name].append(row["cpu_us_per_call"])
            print(json.dumps({"name": name, "rate": args.rate, **row}),
                  flush=True)
    mine, theirs = (rig.median(x) for x in rows.values())
    print(f"a call costs {mine:.1f} us, with SIPp {theirs:.1f} us: "
          f"{mine / theirs:.2f}, at most 0.9")
    return mine <= 0.9 * theirs


def peak(_args):
    x = rig.Load(scenario("peak", "{constant: 4000/s}", 20)).wait()
    calls = x["callers"]
    print(json.dumps({"rate": 4000, "attempts": calls["attempts"],
                      "ended_cleanly": calls["ended_cleanly"],
                      "invalid": x["verdict"]["invalid"]}), flush=True)
    return (calls["ended_cleanly"] == calls["attempts"]
            and not x["verdict"]["invalid"])


def late(_args):
    x = rig.Load(scenario("late", "{poisson: 2000/s}", 20)).wait()
    worst = max(x["samples"]["lateness_p99_s"])
    print(json.dumps({"rate": 2000, "worst_second_p99_s": worst}), flush=True)
    return worst < 0.002


def held(_args):
    """Both sides of 50,000 calls in one process."""
    calls, rate = 50000, 1000
    load = rig.Load(scenario("held", f"{{constant: {rate}/s}}", calls // rate,
                         talk=f"{calls // rate + 70} s", drain=200))
    time.sleep(5)
    time.sleep(calls // rate + 45)  # transactions linger for 32 s
    pss = 0
    with open(f"/proc/{load.process.pid}/smaps_rollup",
              encoding="ascii") as lines:
        pss = sum(int(x.split()[1]) for x in lines if x.startswith("Pss:"))
    x = load.wait()
    print(json.dumps({"calls": x["callers"]["attempts"], "pss_kb": pss,
                      "kb_per_call": round(pss / calls, 2)}), flush=True)
    return pss / calls <= 12


def registrations(_args):
    """Ten thousand users who register every three seconds."""
    switch = rig.strowger()
    text = f"""
load: registrations
target: 127.0.0.1:{switch.port}
listen: 127.0.0.1:{CALLERS}
populations:
  - name: storm
    users: {{from: 30000, to: 39999}}
    register: {{expires: 3 s, spread: 3 s}}
run: {{steady: 20 s, drain: 5 s}}
"""
    try:
        x = rig.Load(text).wait()
    finally:
        switch.stop()
    done = x["callers"]["registrations"]
    rate = done["succeeded"] / 20
    print(json.dumps({"registrations": done["succeeded"], "per_s": rate,
                      "failed": done["failed"],
                      "invalid": x["verdict"]["invalid"]}), flush=True)
    return rate >= 3000 and not x["verdict"]["invalid"]


def main():
    parts = {x.__name__: x for x in (cost, peak, late, held, registrations)}
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=int, default=1000)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", default=",".join(parts))
    args = options.parse_args()
    reached = {x: parts[x](args) for x in args.only.split(",")}
    for name, good in reached.items():
        print(f"{'reached' if good else 'MISSED'}: {name}")
    return 0 if all(reached.values()) else 1


sys.exit(main())
