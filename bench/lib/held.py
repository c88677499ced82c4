"""Memory per held call and the cost of further calls; see bench/held.sh."""
import json
import sys
import threading
import time

import rig

SETTLE_S = 40  # transactions linger 32 s, then the allocator gives pages back


def with_held(held):
    """Returns (kB per held call, us CPU per further call)."""
    switch = rig.strowger()
    try:
        other = rig.Callee()
        rig.call(switch.port, 500, 1000)  # everything that is made once is made
        time.sleep(SETTLE_S)
        idle = switch.pss_kb()
        hold_s = held // 500 + SETTLE_S + 60
        keeper = threading.Thread(
            target=rig.call, args=(switch.port, 500, held, hold_s * 1000))
        keeper.start()
        reached = 0
        while reached < held:
            time.sleep(0.5)
            reached = rig.metrics()["strowger_calls_in_progress"]
        time.sleep(SETTLE_S)
        per_call = (switch.pss_kb() - idle) / held
        before = switch.cpu_s()
        result = rig.call(switch.port, 500, 10000, local_port=5062)
        cost = (switch.cpu_s() - before) / 10000 * 1e6
        keeper.join()
        rig.stop(other)
    finally:
        switch.stop()
    print(json.dumps({"held": held, "kb_per_call": round(per_call, 2),
                      "cpu_us_per_further_call": round(cost, 1), **result}),
          flush=True)
    return per_call, cost


def main():
    held = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    _, few = with_held(100)
    size, many = with_held(held)
    print(f"{held} held calls: {size:.1f} KB each; "
          f"a further call costs {many / few:.2f} of one at 100 held")


main()
