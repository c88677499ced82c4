"""A real phone: baresip without a screen, told what to do over its TCP control
(netstrings with JSON in them)."""

import json
import pathlib
import socket
import subprocess

ADDRESS = "10.77.0.1"

CONFIG = """\
poll_method epoll
sip_listen {address}:{port}
audio_player aufile,{folder}/out.wav
audio_source aufile,{folder}/in.wav
audio_alert aufile,{folder}/out.wav
rtp_ports {rtp}-{rtp_end}
net_interface phones
ctrl_tcp_listen 127.0.0.1:{control}
module_path {modules}
module g711.so
module aufile.so
module_app account.so
module_app menu.so
module ctrl_tcp.so
"""


def make_network():
    """baresip wants an interface that is not lo: a veth pair in this process's
    own namespace."""
    for command in ("link set lo up",
                    "link add phones type veth peer name wall",
                    f"addr add {ADDRESS}/24 dev phones",
                    "link set phones up", "link set wall up"):
        subprocess.run(["ip", *command.split()], check=True)


def silence(path):
    """A second of it, as a WAV file (8 kHz, 16 bit, mono)."""
    size = 16000
    path.write_bytes(
        b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVEfmt "
        + bytes([16, 0, 0, 0, 1, 0, 1, 0]) + (8000).to_bytes(4, "little")
        + (16000).to_bytes(4, "little") + bytes([2, 0, 16, 0]) + b"data"
        + size.to_bytes(4, "little") + bytes(size))


class Baresip:
    def __init__(self, stage, user, password, transport="udp"):
        self.stage = stage
        self.user = user
        self.folder = stage.folder / f"baresip-{user}"
        self.folder.mkdir()
        switch = stage.switches[-1]
        control, rtp = stage.port(), stage.port(4)
        rtp += rtp % 2
        silence(self.folder / "in.wav")
        modules = next(pathlib.Path("/usr/lib").glob("*/baresip/modules"),
                       pathlib.Path("/usr/lib/baresip/modules"))
        (self.folder / "config").write_text(CONFIG.format(
            address=ADDRESS, port=stage.port(), folder=self.folder, rtp=rtp,
            rtp_end=rtp + 2, control=control, modules=modules))
        port = switch.tls_port if transport == "tls" else switch.port
        self.home = f"{switch.host}:{port}"
        (self.folder / "accounts").write_text(
            f"<sip:{user}@{self.home};transport={transport}>;"
            f"auth_pass={password};regint=60\n")
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(
                ["baresip", "-f", str(self.folder)], stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, cwd=self.folder)
        stage.others.append(self)
        self.events = []
        self.replies = []
        self.buffer = b""
        self.link = None
        stage.until(lambda: self.dial_in(control), f"baresip {user}")

    def dial_in(self, port):
        assert self.process.poll() is None, f"baresip {self.user} ended"
        try:
            self.link = socket.create_connection(("127.0.0.1", port), 2)
        except OSError:
            return False
        self.stage.watch(self.link, self.read)
        return True

    def read(self):
        data = self.link.recv(65536)
        assert data, f"baresip {self.user} hung up its control"
        self.buffer += data
        while b":" in self.buffer:
            length, _, rest = self.buffer.partition(b":")
            if len(rest) <= int(length):
                break
            said = json.loads(rest[:int(length)])
            self.buffer = rest[int(length) + 1:]
            (self.events if said.get("event") else self.replies).append(said)

    def dial(self, number):
        self.command("dial", f"sip:{number}@{self.home}")

    def command(self, name, parameters=""):
        text = json.dumps({"command": name, "params": parameters,
                           "token": "t"}).encode()
        self.link.sendall(b"%d:%s," % (len(text), text))
        self.stage.until(lambda: self.replies, f"baresip to {name}")
        reply = self.replies.pop(0)
        assert reply.get("ok"), reply

    def wait(self, event, within=10):
        """Waits for the next event of that type, and returns it."""
        def found():
            return next((e for e in self.events if e["type"] == event), None)
        result = self.stage.until(
            found, f"baresip {self.user} to report {event}", within)
        self.events.remove(result)
        return result

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.link:
            self.link.close()

    def story(self):
        text = (self.folder / "output").read_text(errors="replace")
        return [f"output of baresip {self.user}:",
                *text.splitlines()[-30:], str(self.events[-10:])]
