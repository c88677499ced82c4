"""What the benchmarks share: starting a switch, driving calls, measuring."""
import csv
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
BENCH = HERE.parent
ROOT = BENCH.parent
STROWGER = ROOT / "build/release/strowger"
TICK = os.sysconf("SC_CLK_TCK")
SIP = 5060
CONTROL = "127.0.0.1:50051"


class Process:
    """A switch under test, with all its children; stopped by its own pid."""

    def __init__(self, name, port, argv, cwd=None):
        self.name, self.port = name, port
        self.folder = tempfile.mkdtemp(prefix="bench-")
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [str(a) for a in argv], stdout=self.log, stderr=self.log,
            cwd=cwd or self.folder)
        self.wait_for_port()

    def wait_for_port(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                text = pathlib.Path(self.folder, "log").read_text()
                raise SystemExit(f"{self.name} did not start:\n{text[-2000:]}")
            if answers_options(self.port):
                return
        raise SystemExit(f"{self.name} does not answer on port {self.port}")

    def family(self):
        """Its pid and those of its descendants."""
        pids, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            pids.append(pid)
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    path = f"/proc/{pid}/task/{task}/children"
                    todo += map(int, open(path).read().split())
            except OSError:
                pass
        return pids

    def cpu_s(self):
        total = 0
        for pid in self.family():
            try:
                stat = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1]
            except OSError:
                continue
            fields = stat.split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def pss_kb(self):
        total = 0
        for pid in self.family():
            for line in open(f"/proc/{pid}/smaps_rollup"):
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total

    def stop(self):
        end(self.process)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def end(process):
    """Asks it to end, and makes sure of it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers_options(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.settimeout(0.2)
        mine = s.getsockname()[1]
        s.sendto((
            f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{mine};branch=z9hG4bK{time.time_ns()}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:ping@127.0.0.1>;tag=1\r\n"
            f"To: <sip:127.0.0.1>\r\nCall-ID: {time.time_ns()}\r\n"
            f"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n").encode(),
            ("127.0.0.1", port))
        try:
            s.recv(65536)
            return True
        except (TimeoutError, ConnectionError):
            return False


def strowger(config=BENCH / "bench.yaml", name="strowger"):
    return Process(name, SIP, [STROWGER, "serve", config])


def configuration(folder, options=None, dns=(), **top):
    """bench.yaml with a control plane and what is given besides: options of
    the switch, DNs, and whole sections. Returns the file."""
    text = (BENCH / "bench.yaml").read_text()
    more = "".join(f", {k}: {json.dumps(v)}" for k, v in (options or {}).items())
    text = text.replace(f"sip-port: {SIP}", f"sip-port: {SIP}{more}")
    top = {"control": CONTROL, **top}
    head = "".join(f"{k}: {json.dumps(v)}\n" for k, v in top.items())
    path = pathlib.Path(folder, "switch.yaml")
    # The file ends with its list of DNs.
    path.write_text(head + text + "".join(f"  - {json.dumps(x)}\n" for x in dns))
    return path


def phones(first, count, port=5090, **options):
    """DNs that are reached at that port without registering."""
    return [{"number": str(first + i), "type": "extension",
             "options": {"contact": f"sip:127.0.0.1:{port}", **options}}
            for i in range(count)]


def kamailio():
    """Kamailio as deploy/install.sh unpacked it, or as the machine has it."""
    for root in (ROOT / "build/tools/kamailio", pathlib.Path("/")):
        modules = next((root / "usr/lib").glob("*/kamailio/modules"), None)
        if modules:
            break
    else:
        sys.exit("there is no Kamailio: deploy/install.sh bench unpacks it")
    return Process("kamailio-dialog", 5081,
                   ["env", f"LD_LIBRARY_PATH={modules.parent}",
                    root / "usr/sbin/kamailio", "-f", HERE / "kamailio.cfg",
                    "-DD", "-m", "512", "-M", "16", "-L", modules])


def bare():
    return Process("bare-stack", 5082, [ROOT / "build/release/bare_stack"])


# -- traffic ------------------------------------------------------------------

CALLEE = """
load: callee
target: 127.0.0.1:{port}
listen: 127.0.0.1:{port}
populations:
  - {{name: callees, users: [callee], answers: {{ring-after: 0 s, answer-after: 0 s}}}}
"""
CALLER = """
load: caller
target: 127.0.0.1:{target}
listen: 127.0.0.1:{port}
populations:
  - name: callers
    users: ["5551000"]
    calls: {{to: {numbers}, arrivals: {{constant: {rate}/s}}, talk: {hold_ms} ms}}
run: {{calls: {calls}, steady: {seconds} s, drain: {drain} s}}
"""


class Load:
    """`strowger load run` of a scenario; its report when it is over."""

    def __init__(self, text, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.report = pathlib.Path(self.folder.name, "report.json")
        path = pathlib.Path(self.folder.name, "scenario.yaml")
        path.write_text(text, encoding="utf-8")
        self.process = subprocess.Popen(
            [STROWGER, "load", "run", path, "--quiet", "--no-probe", "--json",
             self.report, *options], stdout=subprocess.DEVNULL)

    def is_running(self):
        return self.process.poll() is None

    def enough(self):
        """No further calls; those that are up end as they should."""
        if self.is_running():
            self.process.send_signal(signal.SIGINT)

    def kill(self):
        if self.is_running():
            self.process.kill()
            self.process.wait()

    def wait(self):
        self.process.wait()
        with self.folder:
            return json.loads(self.report.read_text("utf-8"))


class Callee(Load):
    """Takes every call at once until it is stopped."""

    def __init__(self, port=5090):
        super().__init__(CALLEE.format(port=port))
        while not answers_options(port):
            if not self.is_running():
                sys.exit(f"the callee at port {port} did not start")

    def terminate(self):
        self.process.terminate()


class Caller(Load):
    """Calls through 127.0.0.1:port. Of a list of numbers each call draws one; a
    number outside goes over the trunk."""

    def __init__(self, port, rate, calls, hold_ms=0, number="12345",
                 local_port=5061):
        numbers = [number] if isinstance(number, str) else list(number)
        super().__init__(CALLER.format(
            target=port, port=local_port, rate=rate, calls=calls,
            hold_ms=hold_ms, numbers=json.dumps(numbers),
            seconds=calls // rate + 60, drain=hold_ms // 1000 + 60))

    def result(self):
        """Waits for the end; what became of the calls. `invalid` says why the
        caller was the limit, if it was."""
        x = self.wait()
        calls = x["callers"]
        return {
            "ok": calls["ended_cleanly"],
            "failed": calls["attempts"] - calls["ended_cleanly"],
            "retransmissions": calls["retransmitted"],
            **({"invalid": x["verdict"]["invalid"]}
               if x["verdict"]["invalid"] else {}),
        }


def sipp_callee(port=5090):
    return subprocess.Popen(
        ["sipp", "-sf", HERE / "uas.xml", "-i", "127.0.0.1", "-p", str(port),
         "-nostdin", "-buff_size", "16777216"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def sipp_call(port, rate, calls, local_port=5061):
    """Drives calls through 127.0.0.1:port; SIPp's final counters."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        stat = os.path.join(folder, "stat.csv")
        subprocess.run(
            ["sipp", "-sf", HERE / "uac.xml", "-s", "12345", f"127.0.0.1:{port}",
             "-i", "127.0.0.1", "-p", str(local_port), "-r", str(rate),
             "-m", str(calls), "-l", "200000", "-d", "0", "-nostdin",
             "-buff_size", "16777216", "-trace_stat", "-stf", stat, "-fd", "1",
             "-timeout", str(calls // rate + 60)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
            check=False)
        with open(stat, encoding="ascii") as lines:
            last = list(csv.DictReader(lines, delimiter=";"))[-1]
    return {
        "ok": int(last["SuccessfulCall(C)"]),
        "failed": int(last["FailedCall(C)"]),
        "retransmissions": int(last["Retransmissions(C)"]),
    }


def call(port, rate, calls, hold_ms=0, **how):
    """Drives calls through 127.0.0.1:port; what became of them."""
    return Caller(port, rate, calls, hold_ms, **how).result()


def cost(switch, rate, calls, **how):
    """Drives calls to a callee of its own; what became of them, and what a
    call cost the switch."""
    other = Callee()
    try:
        before = switch.cpu_s()
        result = call(switch.port, rate, calls, **how)
        spent = switch.cpu_s() - before
    finally:
        stop(other)
    return {**result, "cpu_us_per_call": round(spent / calls * 1e6, 1)}


def stop(process):
    process.terminate()
    process.wait()


def metrics(address="127.0.0.1:9464"):
    """Every sample of the switch: {"name{labels}": value}."""
    text = urllib.request.urlopen(f"http://{address}/metrics").read().decode()
    samples = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            key, value = line.rsplit(" ", 1)
            samples[key] = float(value)
    return samples


def quantile(samples, name, q):
    """Upper bound, in seconds, of the bucket that holds quantile q."""
    buckets = []
    for key, value in samples.items():
        if key.startswith(name + "_bucket"):
            bound = key.split('le="')[1].split('"')[0]
            buckets.append((float(bound.replace("+Inf", "inf")), value))
    buckets.sort()
    total = buckets[-1][1] if buckets else 0
    for bound, count in buckets:
        if total and count >= q * total:
            return bound
    return float("nan")


def total(samples, name, **labels):
    """The sum of the series of that name that have these labels."""
    wanted = [f'{k}="{v}"' for k, v in labels.items()]
    return sum(value for key, value in samples.items()
               if key.split("{")[0] == name and all(w in key for w in wanted))


def await_metrics(check, what, within_s=60):
    """Waits until check(samples) is true; returns the samples."""
    deadline = time.monotonic() + within_s
    while True:
        samples = metrics()
        if check(samples):
            return samples
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {within_s} s for {what}")
        time.sleep(0.05)


def median(xs):
    return statistics.median(xs)


def verdict(reached, words):
    """The last line of a benchmark, and its exit status."""
    print(("reached: " if reached else "MISSED: ") + words, flush=True)
    return 0 if reached else 1
