"""Devices that `strowger load` calls, each with its own way of counting."""
import collections
import csv
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import rig

PORT = 29000  # of the device under test; the generator has those after it


class Peer:
    """A device under test. `counters` are its own, by the names of columns;
    what it does not count is not there."""

    name = ""
    callees = True  # it rings the phones that have registered with it
    moves = "device"  # who carries a REFER out: "device", "phone", "nobody"
    enters_anew = False  # it counts whom it moves as one more call
    silent_is_unanswered = False  # it counts 408 and 480 with what was given up
    notes = ()  # what to know of its figures

    def __init__(self, parent=None):
        self.folder = tempfile.TemporaryDirectory(prefix="agreement-",
                                                  dir=parent)
        self.process = None

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        path = pathlib.Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def start(self, *argv, env=None):
        with open(self.path("log"), "wb") as log:
            self.process = subprocess.Popen(
                [str(x) for x in argv], stdout=log, stderr=log,
                cwd=self.folder.name, env={**os.environ, **(env or {})})

    def __enter__(self):
        self.begin()
        deadline = time.monotonic() + 60
        while not rig.answers_options(PORT):
            if self.process.poll() is not None:
                raise SystemExit(f"{self.name} did not start:\n" + pathlib.Path(
                    self.path("log")).read_text(errors="replace")[-2000:])
            if time.monotonic() > deadline:
                raise SystemExit(f"{self.name} does not answer")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        rig.end(self.process)
        self.folder.cleanup()

    def is_alive(self):
        return self.process.poll() is None

    def begin(self):
        raise NotImplementedError

    def counters(self, _scenario):
        raise NotImplementedError


# -- strowger serve ------------------------------------------------------------

SWITCH = """
switch: agreement
metrics: 127.0.0.1:{metrics}
data: {folder}
options:
  TServer: {{sip-address: 127.0.0.1, sip-interface: 127.0.0.1, sip-port: {port}}}
dns:
  - {{numbers: {{from: 30000, to: 39999}}, type: extension}}
"""


class Strowger(Peer):
    name = "strowger serve"
    metrics = f"127.0.0.1:{PORT + 1}"

    def begin(self):
        self.start(rig.STROWGER, "serve", self.write("switch.yaml", SWITCH.format(
            port=PORT, metrics=PORT + 1, folder=self.folder.name)))

    def counters(self, scenario):
        x = rig.metrics(self.metrics)

        def calls(result):
            return rig.total(x, "strowger_calls_total", result=result)

        # A REFER that it passes on is one more call to a phone, of a call that
        # it has counted already.
        moved = rig.total(x, "strowger_sip_requests_total", method="REFER",
                          direction="out")
        opened = x["strowger_calls_opened_total"]
        return {"calls": opened,
                "answered": calls("answered") + moved,
                "busy": calls("busy"), "abandoned": calls("abandoned"),
                "failed": sum(calls(r) for r in ("no_answer", "failed",
                                                 "rejected")),
                "phones called": opened + moved,
                "registrations": rig.total(
                    x, "strowger_sip_requests_total", method="REGISTER",
                    direction="in"),
                "bindings": x["strowger_registrations"]}


# -- Kamailio ------------------------------------------------------------------

class Kamailio(Peer):
    name = "Kamailio 5.6"
    moves = "phone"  # it passes the REFER on
    notes = ("Kamailio: a REFER passes through; the phone that it asks calls "
             "through the proxy, which counts that call too.",)

    def begin(self):
        for self.root in (rig.ROOT / "build/tools/kamailio",
                          pathlib.Path("/")):
            modules = next((self.root / "usr/lib").glob("*/kamailio/modules"),
                           None)
            if modules:
                break
        else:
            raise SystemExit("no Kamailio: deploy/install.sh bench unpacks it")
        text = (rig.HERE / "registrar.cfg").read_text(encoding="utf-8")
        for name, value in (("PORT", PORT), ("FOLDER", self.folder.name),
                            ("MODULES", modules)):
            text = text.replace(f"@{name}@", str(value))
        self.start(self.root / "usr/sbin/kamailio", "-f",
                   self.write("registrar.cfg", text), "-DD", "-m", "256",
                   "-M", "16", "-Y", self.folder.name,
                   env={"LD_LIBRARY_PATH": str(modules.parent)})

    def statistics(self):
        text = subprocess.run(
            [self.root / "usr/sbin/kamcmd", "-s",
             "unix:" + self.path("control"), "stats.get_statistics", "all"],
            capture_output=True, text=True, check=True).stdout
        return {key: int(value) for key, value in (
            line.split(" = ") for line in text.splitlines() if " = " in line)}

    def counters(self, scenario):
        x = self.statistics()
        return {"calls": x["script:calls"],
                "answered": x["dialog:processed_dialogs"]
                - x["dialog:failed_dialogs"],
                "busy": x["script:busy"],
                "abandoned": x["script:cancelled"],
                "failed": (x["script:unknown"] + x["script:silent"]
                           + x["script:refused"]),
                "phones called": x["script:calls"] - x["script:unknown"],
                "registrations": x["registrar:accepted_regs"]
                + x["registrar:rejected_regs"],
                "bindings": x["usrloc:registered_users"]}


# -- Asterisk ------------------------------------------------------------------

ASTERISK = {
    "asterisk.conf": """[directories]
astetcdir => {folder}/etc
astmoddir => /usr/lib/asterisk/modules
astvarlibdir => {folder}
astdbdir => {folder}
astkeydir => {folder}
astdatadir => /usr/share/asterisk
astagidir => {folder}
astspooldir => {folder}
astrundir => {folder}
astlogdir => {folder}
""",
    "modules.conf": """[modules]
autoload=yes
noload => chan_pjsip.so
noload => res_pjsip.so
""",
    "logger.conf": "[general]\n[logfiles]\nfull => notice,warning,error\n",
    "cdr.conf": "[general]\nenable=yes\nunanswered=no\n[csv]\nusegmtime=yes\n",
    # Not where phones and switches of other tests listen.
    "rtp.conf": "[general]\nrtpstart=11000\nrtpend=18999\n",
    "extensions.conf": """[general]
static=yes
[default]
exten => _X.,1,Dial(SIP/${{EXTEN}},60)
 same => n,Hangup(${{HANGUPCAUSE}})
""",
    "sip.conf": """[general]
context=default
udpbindaddr=127.0.0.1:{port}
allowguest=no
directmedia=no
srvlookup=no
session-timers=refuse
maxexpiry=7200
[phone](!)
type=friend
host=dynamic
qualify=no
context=default
dtmfmode=info
disallow=all
allow=ulaw
""",
}


class Asterisk(Peer):
    """Debian bullseye's Asterisk 16 with chan_sip, in a root of its own."""

    name = "Asterisk 16"
    enters_anew = True
    silent_is_unanswered = True
    notes = ("Asterisk: who is transferred blindly enters the dialplan anew and "
             "is one more call processed; a transferred call has several "
             "records, of which those count whose source is a user who calls. "
             "It answers UPDATE with 501. In transfers it crashes now and "
             "then (signal 11); then it plays again.",)
    root = rig.ROOT / "build/tools/asterisk16"

    @classmethod
    def unpack(cls):
        if (cls.root / "usr/sbin/asterisk").exists():
            return
        with open("/etc/apt/sources.list.d/debian.sources",
                  encoding="utf-8") as lines:
            mirror = next(x.split()[1] for x in lines if x.startswith("URIs:"))
        subprocess.run(
            ["debootstrap", "--variant=minbase",
             "--include=asterisk,asterisk-modules,asterisk-config",
             "bullseye", cls.root, mirror], check=True, stdout=sys.stderr)

    def __init__(self):
        self.unpack()
        super().__init__(self.root / "run")

    def command(self, *words):
        return ["chroot", self.root, "/usr/sbin/asterisk", "-C",
                self.inside() + "/etc/asterisk.conf", *words]

    def inside(self):
        """Its folder, as it sees it."""
        return "/run/" + os.path.basename(self.folder.name)

    def begin(self):
        for name, text in ASTERISK.items():
            self.write("etc/" + name, text.format(
                folder=self.inside(), port=PORT))
        with open(self.path("etc/sip.conf"), "a", encoding="utf-8") as users:
            for number in (*range(30000, 40000), *range(40000, 41000)):
                users.write(f"[{number}](phone)\n")
        os.mkdir(self.path("cdr-csv"))
        self.start(*self.command("-f"))

    def ask(self, question):
        return subprocess.run(self.command("-rx", question), text=True,
                              capture_output=True, check=True).stdout

    def counters(self, scenario):
        calls = self.ask("core show calls").split("calls processed")[0].split()
        online = self.ask("sip show peers").split("Unmonitored: ")[-1].split()
        with open(self.path("cdr-csv/Master.csv"), encoding="utf-8") as lines:
            records = [x for x in csv.reader(lines)
                       if scenario.calls_from(x[1])]
        ends = collections.Counter(x[14] for x in records)
        found = {"calls": int(calls[-1]), "bindings": int(online[0]),
                 "answered": ends["ANSWERED"], "busy": ends["BUSY"],
                 "unanswered": ends["NO ANSWER"],
                 "failed": ends["FAILED"] + ends["CONGESTION"]}
        if not scenario.transfers:
            found["phones called"] = sum(x[6] != "" for x in records)
        return found


# -- SIPp ----------------------------------------------------------------------

class Sipp(Peer):
    """It answers whatever comes, so there are no phones for it to ring."""

    name = "SIPp 3.6"
    callees = False
    moves = "nobody"  # it declines REFER
    notes = ("SIPp: it answers itself, as the registrar and every phone at "
             "once (--role caller), and declines REFER: a SIPp scenario has "
             "one dialog, so it can call nobody else.",)

    def begin(self):
        self.start("sipp", "-sf", rig.HERE / "answerer.xml", "-i", "127.0.0.1",
                   "-p", PORT, "-nostdin", "-trace_counts", "-fd", "1",
                   "-buff_size", "16777216")

    def counters(self, scenario):
        self.process.send_signal(signal.SIGUSR1)  # its last row comes at the end
        self.process.wait(timeout=60)
        name = next(pathlib.Path(self.folder.name).glob("*_counts.csv"))
        with open(name, encoding="utf-8") as rows:
            last = list(csv.DictReader(rows, delimiter=";"))[-1]
        count = {key.split("_", 1)[1] + "@" + key.split("_")[0]: int(value)
                 for key, value in last.items() if key and "_" in key
                 and value.isdigit()}
        return {"calls": count["INVITE_Recv@2"],
                "answered": count["ACK_Recv@5"],
                "busy": 0, "abandoned": 0, "failed": 0,
                "registrations": count["REGISTER_Recv@1"]}


PEERS = {"serve": Strowger, "kamailio": Kamailio, "asterisk": Asterisk,
         "sipp": Sipp}
