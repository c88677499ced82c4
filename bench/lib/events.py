"""CPU per call with subscribers of the event stream; see bench/events.sh."""
import argparse
import json
import multiprocessing
import sys
import tempfile

import rig

AT_MOST = 1.15


def subscribe(ready, count):
    """Reads the whole stream as bytes, so that it costs the machine little."""
    import grpc
    channel = grpc.insecure_channel(
        rig.CONTROL, [("grpc.max_receive_message_length", -1)])
    stream = channel.unary_stream("/strowger.v1.EventService/Subscribe")(b"")
    try:
        for message in stream:
            ready.set()
            with count.get_lock():
                count.value += len(message)
    except grpc.RpcError:
        pass  # the switch has stopped


def measure(name, config, subscribers, args):
    switch = rig.strowger(config, name)
    clients, read = [], []
    try:
        for _ in range(subscribers):
            ready = multiprocessing.Event()
            read.append(multiprocessing.Value("L", 0))
            client = multiprocessing.Process(
                target=subscribe, args=(ready, read[-1]), daemon=True)
            client.start()
            clients.append(client)
            if not ready.wait(20):
                raise SystemExit("a subscriber got no snapshot")
        result = rig.cost(switch, args.rate, args.calls, number=args.number)
    finally:
        switch.stop()
        for client in clients:
            client.terminate()
            client.join()
    return {"name": name, **result,
            "bytes_read_per_call": [round(x.value / args.calls) for x in read]}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=int, default=1000)
    options.add_argument("--calls", type=int, default=20000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--subscribers", type=int, default=2)
    options.add_argument("--number", default="40000",
                         help="12345 goes out over a trunk: fewer events")
    args = options.parse_args()
    folder = tempfile.TemporaryDirectory(prefix="bench-")
    dns = rig.phones(40000, 1)
    control = rig.configuration(folder.name, dns=dns)
    without = tempfile.TemporaryDirectory(prefix="bench-")
    plain = rig.configuration(without.name, dns=dns, control="off")
    many = f"{args.subscribers} subscribers"
    sides = (("no control plane", plain, 0), ("nobody subscribes", control, 0),
             (many, control, args.subscribers))
    costs = {}
    for _ in range(args.rounds):
        for name, config, subscribers in sides:
            row = measure(name, config, subscribers, args)
            costs.setdefault(name, []).append(row["cpu_us_per_call"])
            print(json.dumps(row), flush=True)
    floor = rig.median(costs["nobody subscribes"])
    for name, values in costs.items():
        value = rig.median(values)
        print(f"{name:18} median {value:7.1f} us CPU per call   "
              f"{value / floor:.2f} of a call that nobody subscribes to")
    ratio = rig.median(costs[many]) / floor
    return rig.verdict(ratio <= AT_MOST, f"{many} cost {ratio:.2f} of none, "
                       f"at most {AT_MOST}")


if __name__ == "__main__":
    sys.exit(main())
