"""CPU per call with subscribers of the event stream; see bench/events.sh."""
import argparse
import json
import multiprocessing
import pathlib
import tempfile

import rig

CONTROL = "127.0.0.1:50051"


def subscribe(ready, count):
    """Reads the whole stream as bytes, so that it costs the machine little."""
    import grpc
    channel = grpc.insecure_channel(
        CONTROL, [("grpc.max_receive_message_length", -1)])
    stream = channel.unary_stream("/strowger.v1.EventService/Subscribe")(b"")
    try:
        for message in stream:
            ready.set()
            with count.get_lock():
                count.value += len(message)
    except grpc.RpcError:
        pass  # the switch has stopped


def measure(name, config, subscribers, rate, calls):
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
        other = rig.callee()
        before = switch.cpu_s()
        result = rig.call(switch.port, rate, calls)
        cost = (switch.cpu_s() - before) / calls * 1e6
        rig.stop(other)
    finally:
        switch.stop()
        for client in clients:
            client.terminate()
            client.join()
    return {"name": name, **result, "cpu_us_per_call": round(cost, 1),
            "bytes_read_per_call": [round(x.value / calls) for x in read]}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=int, default=1000)
    options.add_argument("--calls", type=int, default=20000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--subscribers", type=int, default=2)
    args = options.parse_args()
    plain = rig.BENCH / "bench.yaml"
    folder = tempfile.TemporaryDirectory(prefix="bench-")
    control = pathlib.Path(folder.name, "control.yaml")
    control.write_text(f"control: {CONTROL}\n" + plain.read_text())
    sides = (("no control plane", plain, 0), ("nobody subscribes", control, 0),
             (f"{args.subscribers} subscribers", control, args.subscribers))
    costs = {}
    for _ in range(args.rounds):
        for name, config, subscribers in sides:
            row = measure(name, config, subscribers, args.rate, args.calls)
            costs.setdefault(name, []).append(row["cpu_us_per_call"])
            print(json.dumps(row), flush=True)
    floor = rig.median(costs["nobody subscribes"])
    for name, values in costs.items():
        value = rig.median(values)
        print(f"{name:18} median {value:7.1f} us CPU per call   "
              f"{value / floor:.2f} of a call that nobody subscribes to")


if __name__ == "__main__":
    main()
