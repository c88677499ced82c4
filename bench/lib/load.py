"""A high rate for a while; see bench/load.sh."""
import json
import sys

import rig


def main():
    rate = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    switch = rig.strowger()
    try:
        result = rig.cost(switch, rate, rate * seconds)
        samples = rig.metrics()
    finally:
        switch.stop()
    own = rig.total(samples, "strowger_sip_retransmissions_total")
    print(json.dumps({
        "rate": rate, "seconds": seconds, **result,
        "switch_retransmissions": own,
        "added_delay_p99_s": rig.quantile(
            samples, "strowger_added_delay_seconds", 0.99)}))
    return 1 if result["failed"] else 0


sys.exit(main())
