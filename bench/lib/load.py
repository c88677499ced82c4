"""A high rate for a while; see bench/load.sh."""
import json
import sys

import rig


def main():
    rate = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    switch = rig.strowger()
    try:
        other = rig.callee()
        before = switch.cpu_s()
        result = rig.call(switch.port, rate, rate * seconds)
        cost = (switch.cpu_s() - before) / (rate * seconds) * 1e6
        samples = rig.metrics()
        rig.stop(other)
    finally:
        switch.stop()
    own = sum(v for k, v in samples.items()
              if k.startswith("strowger_sip_retransmissions_total"))
    print(json.dumps({
        "rate": rate, "seconds": seconds, **result,
        "cpu_us_per_call": round(cost, 1),
        "switch_retransmissions": own,
        "added_delay_p99_s": rig.quantile(
            samples, "strowger_added_delay_seconds", 0.99)}))
    return 1 if result["failed"] else 0


sys.exit(main())
