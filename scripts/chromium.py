"""A headless Chromium, driven over its debugging pipe with nothing but the standard library.

The protocol is that of https://chromedevtools.github.io/devtools-protocol/: JSON messages ended by a NUL, read by the
browser from descriptor 3 and written to descriptor 4 (`--remote-debugging-pipe`).
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def program():
    """The path of a browser, or none."""
    return next(filter(None, (shutil.which(name) for name in NAMES)), None)


class Browser:
    """A browser with one page. Everything that the page logs, throws or asks for is kept."""

    def __init__(self, width=1280, height=900):
        self.folder = tempfile.TemporaryDirectory(prefix="doublon-browser-")
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        self.process = self._start(to_browser, from_browser, width, height)
        os.close(to_browser)
        os.close(from_browser)
        self.number, self.buffer = 0, b""
        self.session = None
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network", "Security", "Accessibility"]:
            self.call(f"{domain}.enable")

    def _start(self, to_browser, from_browser, width, height):
        def connect():
            # First out of the way: one of them may be 3 or 4 already.
            source, sink = os.dup(to_browser), os.dup(from_browser)
            source, sink = [os.dup2(fd, at) for fd, at in [(source, 20), (sink, 21)]]
            os.dup2(source, 3)
            os.dup2(sink, 4)

        # The sandbox needs rights that containers and root do not have; the pages are our own.
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
        flags += ["--disable-background-networking", "--no-first-run", "--remote-debugging-pipe"]
        flags += [f"--user-data-dir={self.folder.name}", f"--window-size={width},{height}", "about:blank"]
        return subprocess.Popen(
            [program(), *flags], preexec_fn=connect, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.session = None
            self.call("Browser.close")
            self.process.wait(10)
        except (OSError, TimeoutError, subprocess.TimeoutExpired):
            self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def call(self, method, **params):
        """Calls a method and returns its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.output, data):]
        while True:
            answer = self._receive(60)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def wait(self, event, seconds=60):
        """Waits for an event, which may have come already."""
        end = time.monotonic() + seconds
        while not any(seen["method"] == event for seen in self.events):
            self._receive(end - time.monotonic())

    def settle(self, seconds=0.3):
        """Takes what comes for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self._receive(end - time.monotonic())
            except TimeoutError:
                return

    def _receive(self, seconds):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.input], [], [], max(seconds, 0))
            if not ready:
                raise TimeoutError("Chromium does not answer")
            data = os.read(self.input, 1 << 20)
            if not data:
                raise OSError("Chromium ended")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(message)
        if "method" in message:
            self.events.append(message)
        return message

    def open(self, path, width=1280, height=900, dark=False, script=True, media=""):
        """Opens a file; returns the seconds until it was loaded and laid out."""
        self.events.clear()
        self.resize(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        start = time.monotonic()
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait("Page.loadEventFired")
        if script:
            self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return time.monotonic() - start

    def resize(self, width, height):
        """Gives the page a window of that size."""
        self.width = width
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)

    def run(self, expression):
        """Evaluates an expression in the page, past its policy, and returns its value."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key, text="", shift=False):
        """Presses and releases a key."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}
        code = codes.get(key, ord(key.upper()) if len(key) == 1 else 0)
        params = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        text = text or {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 else "")
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **params)
        self.call("Input.dispatchKeyEvent", type="keyUp", **params)

    def complaints(self):
        """What the page logged or threw, dialogs it showed, and what it asked for beside itself."""
        told = []
        for event in self.events:
            method, params = event["method"], event["params"]
            if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
                told.append(f"{method}: {json.dumps(params)[:500]}")
            if method in ("Page.javascriptDialogOpening", "Page.frameAttached", "Page.windowOpen"):
                told.append(f"{method}: {json.dumps(params)[:500]}")
        urls = [event["params"]["request"]["url"] for event in self.events
                if event["method"] == "Network.requestWillBeSent"]
        return told, urls

    def screenshot(self, path, height=None):
        """Writes a picture of the page, from its top, as high as asked or as the page."""
        width = self.width
        height = height or self.call("Page.getLayoutMetrics")["cssContentSize"]["height"]
        # What is below the window is not drawn (content-visibility), so the window is made large enough.
        self.resize(width, height)
        self.settle()
        answer = self.call("Page.captureScreenshot", format="png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(answer["data"]))

    def print(self, path):
        """Prints the page into a PDF."""
        answer = self.call("Page.printToPDF", printBackground=False, paperWidth=8.27, paperHeight=11.69)
        with open(path, "wb") as file:
            file.write(base64.b64decode(answer["data"]))
