"""The program under test: starts it, looks at all it shows, and stops it."""

import json
import re
import signal
import subprocess
import urllib.error
import urllib.request

SERIES = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def trunk(number, contact, prefix=None, **options):
    """A trunk DN; `_` stands for `-` in names of options."""
    if isinstance(contact, int):
        contact = f"sip:127.0.0.1:{contact}"
    options = {k.replace("_", "-"): v for k, v in options.items()}
    if prefix is not None:
        options["prefix"] = prefix
    return {"number": number, "type": "trunk",
            "options": {"contact": contact, **options}}


def extension(number, **options):
    options = {k.replace("_", "-"): v for k, v in options.items()}
    return {"number": number, "type": "extension", "options": options}


class Switch:
    def __init__(self, stage, options, dns, top):
        self.stage = stage
        self.host = options.get("sip-interface", "127.0.0.1")
        self.port = stage.port()
        self.metrics_port = stage.port()
        self.tls_port = options.get("sip-port-tls", 0)
        self.certificate = None
        self.folder = stage.folder / f"switch-{self.port}"
        self.folder.mkdir()
        self.config = {
            "switch": "test", "control": "off",
            "metrics": f"127.0.0.1:{self.metrics_port}",
            "data": str(self.folder / "data"),
            "log": {"level": "debug", "file": str(self.folder / "log")},
            "options": {"TServer": {
                "sip-address": self.host, "sip-interface": self.host,
                "sip-port": self.port, **options}},
            "dns": dns, **top}
        self.file = self.folder / "switch.yaml"
        self.process = None
        self.stopped = False

    @property
    def at(self):
        return f"{self.host}:{self.port}"

    @property
    def options(self):
        return self.config["options"]["TServer"]

    # -- life ----------------------------------------------------------------------

    def write_config(self):
        # JSON is YAML, too.
        self.file.write_text(json.dumps(self.config, indent=1))

    def start(self):
        self.write_config()
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen(
                [self.stage.binary, "serve", str(self.file)],
                stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, cwd=self.folder)
        self.stage.until(self.is_ready, "the switch to be ready", 20)

    def is_ready(self):
        self.check_alive()
        return self.fetch("/readyz")[0] == 200

    def check_alive(self):
        code = self.process.poll()
        assert code is None, f"the switch ended with {code}"

    def signal(self, number):
        self.process.send_signal(number)

    def reload(self):
        """SIGHUP with the present config; waits until the switch has said what
        it made of it."""
        before = self.log().count("reload")
        self.write_config()
        self.signal(signal.SIGHUP)
        self.stage.until(lambda: self.log().count("reload") > before,
                         "a line about the reload")

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self):
        """SIGTERM; without calls that must end it at once, with 0."""
        if self.stopped:
            return
        self.stopped = True
        self.signal(signal.SIGTERM)
        try:
            code = self.process.wait(15)
        except subprocess.TimeoutExpired:
            raise AssertionError("15 s after SIGTERM it still runs") from None
        assert code == 0, f"the switch ended with {code} after SIGTERM"

    # -- what it shows ---------------------------------------------------------------

    def fetch(self, path):
        """(status, text); 0 while nobody listens."""
        url = f"http://127.0.0.1:{self.metrics_port}{path}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def metric(self, name, **labels):
        """The sum of the series that have these labels."""
        status, text = self.fetch("/metrics")
        assert status == 200, f"/metrics says {status}"
        total, found = 0.0, False
        for line in text.splitlines():
            match = SERIES.match(line)
            if not match or match[1] != name:
                continue
            found = True
            has = dict(LABEL.findall(match[2] or ""))
            if all(has.get(k) == v for k, v in labels.items()):
                total += float(match[3])
        assert found, f"there is no metric {name}"
        return total

    def awaits(self, name, value, within=10, **labels):
        """Waits until the metric has that value."""
        def check():
            self.check_alive()
            return self.metric(name, **labels) == value
        try:
            self.stage.until(check, f"{name} {labels or ''} to be {value}",
                             within)
        except AssertionError as error:
            now = self.metric(name, **labels)
            raise AssertionError(f"{error}; it is {now}") from None

    def records(self, count=None):
        """The call records; with a count it waits until there are so many."""
        path = self.folder / "data" / "cdr.jsonl"

        def read():
            text = path.read_text() if path.exists() else ""
            return [json.loads(x) for x in text.splitlines()]
        if count is not None:
            self.stage.until(lambda: len(read()) >= count,
                             f"{count} call records", every=0.1)
        return read()

    def log(self):
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def awaits_log(self, *words, within=10):
        """Waits for a line with all these words; returns it."""
        def check():
            return next((line for line in self.log().splitlines()
                         if all(w in line for w in words)), None)
        return self.stage.until(check, f"a log line with {words}", within,
                                every=0.1)

    def expect_events(self, dn, *names, of=None):
        """Waits until these, in this order, are all events of a DN; with `of`
        only events of these names count."""
        def read():
            found = re.findall(
                rf"Event(\w+) sequence=\d+ .*this_dn={dn}\b", self.log())
            return [e for e in found if "DN" not in e and e in (of or found)]
        try:
            self.stage.until(lambda: read() == list(names), "events", 5, 0.1)
        except AssertionError:
            raise AssertionError(
                f"events of {dn} are {read()}, not {list(names)}") from None

    # -- what always holds -------------------------------------------------------------

    def is_running(self):
        return self.process is not None and not self.stopped \
            and self.process.poll() is None

    def check_idle(self):
        if self.stopped:
            return
        self.check_alive()
        self.awaits("strowger_calls_in_progress", 0)
        self.awaits("strowger_legs_in_progress", 0)
        finished = self.metric("strowger_calls_total") \
            + self.metric("strowger_calls_joined_total")
        opened = self.metric("strowger_calls_opened_total")
        assert finished == opened, f"{opened} opened, {finished} finished"

    def check_forgotten(self):
        if self.stopped:
            return
        self.awaits("strowger_sip_transactions", 0, 75)
        self.awaits("strowger_calls_in_progress", 0)

    def story(self):
        lines = []
        for name in ("output", "log"):
            path = self.folder / name
            if path.exists():
                text = path.read_text(errors="replace").splitlines()[-40:]
                lines += [f"{name} of the switch at {self.port}:", *text]
        return lines


