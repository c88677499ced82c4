"""Load time of many DNs and the cost of a call among them; see bench/dns.sh."""
import json
import pathlib
import subprocess
import tempfile
import time

import rig

HEAD = (rig.BENCH / "bench.yaml").read_text().split("dns:")[0]
TRUNK = ('  - {number: gateway, type: trunk, '
         'options: {contact: "sip:127.0.0.1:5090", prefix: "1"}}\n')


def configuration(folder, count):
    path = pathlib.Path(folder, f"{count}.yaml")
    lines = [f'  - {{number: "{500000 + i}", type: extension}}\n'
             for i in range(count)]
    path.write_text(HEAD + "dns:\n" + TRUNK + "".join(lines))
    return path


def cost(config):
    switch = rig.strowger(config)
    try:
        rig.cost(switch, 1000, 1000)
        return rig.cost(switch, 1000, 20000)["cpu_us_per_call"]
    finally:
        switch.stop()


def main():
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        few, many = configuration(folder, 10), configuration(folder, 50000)
        started = time.monotonic()
        subprocess.run([rig.STROWGER, "check", many], check=True,
                       stdout=subprocess.DEVNULL)
        load = time.monotonic() - started
        costs = {10: [], 50000: []}
        for _ in range(3):
            costs[10].append(cost(few))
            costs[50000].append(cost(many))
    ratio = rig.median(costs[50000]) / rig.median(costs[10])
    print(json.dumps({"load_s": round(load, 3), "us_per_call": costs,
                      "ratio": round(ratio, 3)}))


main()
