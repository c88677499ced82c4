"""CPU per call of several switches, in turn; see bench/call_rate.sh."""
import argparse
import json

import rig


def measure(start, rate, calls):
    """By SIPp, which starts its calls in bunches each millisecond, as the
    figures that these are compared with were made."""
    switch = start()
    callee = rig.sipp_callee()
    try:
        before = switch.cpu_s()
        result = rig.sipp_call(switch.port, rate, calls)
        spent = switch.cpu_s() - before
    finally:
        rig.stop(callee)
        switch.stop()
    return {"name": switch.name, "rate": rate, "calls": calls, **result,
            "cpu_us_per_call": round(spent / calls * 1e6, 1)}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=int, default=1000)
    options.add_argument("--calls", type=int, default=20000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", default="strowger,kamailio,bare")
    args = options.parse_args()
    starts = [getattr(rig, name) for name in args.only.split(",")]
    costs = {}
    for _ in range(args.rounds):
        for start in starts:
            row = measure(start, args.rate, args.calls)
            costs.setdefault(row["name"], []).append(row["cpu_us_per_call"])
            print(json.dumps(row), flush=True)
    ours = rig.median(costs["strowger"])
    for name, values in costs.items():
        value = rig.median(values)
        print(f"{name:16} median {value:7.1f} us CPU per call   "
              f"strowger/{name} = {ours / value:.2f}")


main()
