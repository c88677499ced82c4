#!/usr/bin/env python3
"""Runs the scenarios, each in a process of its own; see run.sh."""

import importlib
import os
import pathlib
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).parent
SIDE_BY_SIDE = 4
# A scenario whose story is told only waits for SIP's timers (32 s) to run out;
# that costs nothing, so the next one may begin.
LINGERING = 30
PORTS_EACH = 20
PORTS = 1000
LIMIT_S = 170
TOLD = "-- told --"


def load():
    """All scenarios, by name."""
    sys.path.insert(0, str(HERE))
    import stage
    for path in sorted((HERE / "scenarios").glob("*.py")):
        importlib.import_module(f"scenarios.{path.stem}")
    return stage.SCENARIOS


# -- one scenario, in its own process --------------------------------------------

def play(binary, name, first_port):
    play_it = load()[name]
    from stage import Stage
    if play_it.network:
        import baresip
        baresip.make_network()
    stage = Stage(binary, first_port)

    def act():
        play_it(stage)
        stage.check()
        print(TOLD, flush=True)
        stage.settle()

    return stage.play(act, LIMIT_S)


# -- all of them -------------------------------------------------------------------

class Runner:
    def __init__(self, binary):
        self.binary = binary
        self.busy = threading.Semaphore(SIDE_BY_SIDE)
        self.alive = threading.Semaphore(SIDE_BY_SIDE + LINGERING)
        self.lock = threading.Lock()
        first = int(os.environ.get("STROWGER_TEST_PORT", "24000"))
        self.blocks = [first + i for i in range(0, PORTS, PORTS_EACH)]
        self.passed = self.failed = 0

    def run(self, scenarios):
        threads = []
        for name, function in scenarios.items():
            if function.network and not can_make_network():
                print(f"skip {name}: needs a network namespace of its own",
                      flush=True)
                continue
            self.alive.acquire()
            self.busy.acquire()
            threads.append(threading.Thread(
                target=self.run_one, args=(name, function.network)))
            threads[-1].start()
        for thread in threads:
            thread.join()
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.passed and not self.failed else 1

    def run_one(self, name, network):
        with self.lock:
            block = self.blocks.pop(0)
        command = [sys.executable, str(HERE / "run.py"), self.binary,
                   "--one", name, str(block)]
        if network:
            command = [*unshare(), *command]
        lines, told = [], False
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT) as child:
            for line in child.stdout:
                if line.rstrip() == TOLD and not told:
                    told = True
                    self.busy.release()
                else:
                    lines.append(line.rstrip("\n"))
        if not told:
            self.busy.release()
        with self.lock:
            self.blocks.append(block)
            self.report(name, child.returncode, lines)
        self.alive.release()

    def report(self, name, code, lines):
        if code == 0:
            self.passed += 1
            print(f"ok {name}", flush=True)
            return
        self.failed += 1
        print(f"FAIL {name}: {lines[0] if lines else f'exit code {code}'}")
        for line in lines[1:]:
            print(f"    {line}")
        sys.stdout.flush()


def unshare():
    return ["unshare", "--net"] if os.geteuid() == 0 \
        else ["unshare", "--net", "--map-root-user"]


def can_make_network():
    return subprocess.run(
        [*unshare(), "ip", "link", "add", "phones", "type", "veth", "peer",
         "name", "wall"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        check=False).returncode == 0


def main():
    binary, *arguments = sys.argv[1:]
    if arguments[:1] == ["--one"]:
        return play(binary, arguments[1], int(arguments[2]))
    scenarios = load()
    if arguments == ["--list"]:
        print("\n".join(scenarios))
        return 0
    wanted = {name: function for name, function in sorted(
        scenarios.items(), key=lambda item: not item[1].slow)
        if not arguments or any(a in name for a in arguments)}
    if not wanted:
        print(f"no scenario has {' or '.join(arguments)} in its name")
    return Runner(str(pathlib.Path(binary).resolve())).run(wanted)


if __name__ == "__main__":
    sys.exit(main())
