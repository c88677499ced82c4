"""A headless Chromium, spoken to over a pipe (Chrome DevTools Protocol)."""

import json
import os
import shutil
import subprocess
import tempfile


class Browser:
    """One page; what went wrong in it is in `complaints`."""

    def __init__(self, program="chromium"):
        self.profile = tempfile.mkdtemp()
        from_us, self.to_browser = os.pipe()
        self.from_browser, to_us = os.pipe()
        # --remote-debugging-pipe reads commands from 3 and writes answers to 4.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{from_us} 4>&{to_us}', "bash",
             program, "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--remote-debugging-pipe",
             "--no-first-run", "--disable-background-networking",
             "--hide-scrollbars", f"--user-data-dir={self.profile}",
             "about:blank"],
            pass_fds=(from_us, to_us), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(from_us)
        os.close(to_us)
        self.rest, self.number, self.session = b"", 0, None
        self.complaints, self.loaded = [], False
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.to_browser)
        os.close(self.from_browser)
        shutil.rmtree(self.profile, ignore_errors=True)

    def next_message(self):
        while b"\0" not in self.rest:
            more = os.read(self.from_browser, 1 << 16)
            if not more:
                raise RuntimeError("the browser has ended")
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(message)
        self.listen(message.get("method"), message.get("params", {}))
        return message

    def listen(self, event, what):
        if event == "Page.loadEventFired":
            self.loaded = True
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(what["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled":
            if what["type"] in ("error", "warning", "assert"):
                self.complaints.append(json.dumps(what["args"]))
        elif event == "Log.entryAdded":
            if what["entry"]["level"] in ("error", "warning"):
                self.complaints.append(what["entry"]["text"])

    def call(self, method, **parameters):
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(command).encode() + b"\0")
        while True:
            message = self.next_message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=False)

    def colours(self, scheme, medium="screen"):
        self.call("Emulation.setEmulatedMedia", media=medium, features=[
            {"name": "prefers-color-scheme", "value": scheme}])

    def open(self, path):
        self.loaded, self.complaints = False, []
        self.call("Page.navigate", url=f"file://{os.path.abspath(path)}")
        while not self.loaded:
            self.next_message()

    def ask(self, expression):
        """What an expression of JavaScript gives, promises awaited."""
        answer = self.call("Runtime.evaluate", expression=expression,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")
