"""SIPp for whole flows; it judges by its own scenario."""

import pathlib
import subprocess

FLOWS = pathlib.Path(__file__).parent / "flows"


class Sipp:
    """`flow` is a file of flows/; port is its own. `keys` are -key pairs, and
    what else is given goes to the command line."""

    def __init__(self, stage, flow, *arguments, port=None, user="", calls=1,
                 rate=10, at_once=None, switch=None, transport="u1",
                 within=30):
        self.stage = stage
        self.port = port or stage.port()
        self.flow = flow
        switch = switch or stage.switches[-1]
        self.folder = stage.folder / f"sipp-{self.port}"
        self.folder.mkdir(exist_ok=True)
        self.output = open(self.folder / "output", "wb")
        command = [
            "sipp", switch.at, "-sf", str(FLOWS / f"{flow}.xml"),
            "-i", "127.0.0.1", "-p", str(self.port),
            "-mi", "127.0.0.1", "-mp", str(stage.port(4)),
            "-t", transport, "-m", str(calls), "-r", str(rate),
            "-s", user or "none", "-nostdin", "-timeout", f"{within}s",
            "-timeout_error", "-recv_timeout", f"{within * 1000}",
            "-trace_err", "-error_file", str(self.folder / "errors"),
            "-trace_msg", "-message_file", str(self.folder / "messages"),
            *map(str, arguments)]
        if at_once:
            command += ["-l", str(at_once)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.output,
            stderr=subprocess.STDOUT, cwd=self.folder)

    def listening(self):
        """Waits until it has bound its port."""
        def bound():
            assert self.process.poll() is None, f"SIPp {self.flow} ended"
            with open("/proc/net/udp", encoding="ascii") as udp:
                return f":{self.port:04X} " in udp.read()
        self.stage.until(bound, f"SIPp {self.flow} to listen")
        return self

    def done(self, within=60):
        """Waits until all its calls went as its scenario says."""
        self.stage.until(lambda: self.process.poll() is not None,
                         f"SIPp {self.flow} to end", within)
        code = self.process.returncode
        assert code == 0, f"SIPp {self.flow} ended with {code}"

    def kill(self):
        """kill -9: whatever it was doing."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.output.close()

    def story(self):
        lines = []
        for name in ("errors", "messages"):
            path = self.folder / name
            if path.exists():
                text = path.read_text(errors="replace").splitlines()[-60:]
                lines += [f"{name} of SIPp {self.flow}:", *text]
        return lines
