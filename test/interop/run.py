#!/usr/bin/env python3
"""Calls between real peers, ordered by a real client: what is on the wire, and
what the client sees. Each file of test/interop/*/ is a case, which has a
process, a switch, ports and a folder of its own.

    test/interop/run.py STROWGER [--pending] [NAME...]

A file that ends with .pending is a case that fails today, and says why;
--pending runs those instead. A NAME is part of the name of the cases to run.
One line per case, the last line is `N passed, N failed`. Ports begin at
STROWGER_TEST_PORT, or 30000: below those
that the system gives to connections.
"""

import concurrent.futures
import importlib.machinery
import importlib.util
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent / "sip", HERE.parent / "control"):
    sys.path.insert(0, str(folder))
import client

SIDE_BY_SIDE = 8  # they mostly wait
PORTS_EACH = 20
LIMIT_S = 60


def play(binary, path, first_port, stubs):
    """One case, in its own process."""
    client.use(stubs)
    from stage import Stage
    loader = importlib.machinery.SourceFileLoader("case", path)
    case = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("case", loader))
    loader.exec_module(case)
    stage = Stage(binary, first_port)
    return stage.play(lambda: case.play(stage), LIMIT_S)


def run_one(binary, path, blocks, stubs):
    first = blocks.get()
    done = subprocess.run(
        [sys.executable, str(HERE / "run.py"), binary, "--one", str(path),
         str(first), stubs], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False)
    blocks.put(first)
    if done.returncode == 0:
        print(f"ok {path.stem}", flush=True)
        return True
    lines = done.stdout.splitlines() or [f"exit code {done.returncode}"]
    print(f"FAIL {path.stem}: " + "\n    ".join(lines), flush=True)
    return False


def order(path):
    """Cases that wait for timers of SIP begin first."""
    return "\nSLOW = True" not in path.read_text(), path.stem


def main():
    binary, *names = sys.argv[1:]
    if names[:1] == ["--one"]:
        return play(binary, names[1], int(names[2]), names[3])
    kind = "pending" if names[:1] == ["--pending"] else "py"
    names = names[1:] if kind == "pending" else names
    first = int(os.environ.get("STROWGER_TEST_PORT", "30000"))
    blocks = queue.SimpleQueue()
    for i in range(SIDE_BY_SIDE):
        blocks.put(first + i * PORTS_EACH)
    paths = [x for x in sorted(HERE.glob(f"*/*.{kind}"), key=order)
             if not names or any(n in x.stem for n in names)]
    stubs = tempfile.mkdtemp(prefix="strowger-interop-")
    try:
        client.generate(stubs)
        with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            results = list(pool.map(
                lambda x: run_one(os.path.abspath(binary), x, blocks, stubs),
                paths))
    finally:
        shutil.rmtree(stubs, ignore_errors=True)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
