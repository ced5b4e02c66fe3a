"""A real browser without a window, driven over a pair of pipes in the DevTools protocol: no driver, no port, no network."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--remote-debugging-pipe",
)  # fmt: skip


# Becomes the browser after moving two pipes to the places it expects them at, whatever stood there before.
_BECOME = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 20) for end in sys.argv[1:3]]
for place, end in zip((3, 4), ends):
    os.dup2(end, place)
    os.close(end)
os.execv(sys.argv[3], sys.argv[3:])
"""


class BrowserError(Exception):
    """The page threw, or the browser is gone."""


class Browser:
    """One tab. Messages are JSON between NUL bytes: fd 3 is read by the browser, fd 4 written by it."""

    def __init__(self, process: subprocess.Popen[bytes], write: int, read: int) -> None:
        self._process, self._write, self._read = process, write, read
        self._next = 0
        self._rest = b""
        self._events: list[dict[str, Any]] = []
        self._session = ""
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._send("Page.enable")
        self._send("Runtime.enable")
        self._send("Network.enable")
        self._send("Log.enable")

    def open(self, address: str) -> None:
        """Load a page and wait until it has loaded and the player is ready, if it has one."""
        self._events.clear()
        loader = self._send("Page.navigate", url=address)["loaderId"]
        # a page that is still leaving may have a load event of its own on the way
        shown = self._wait_for(0, lambda event: _navigated(event) == loader)
        self._wait_for(shown, lambda event: event.get("method") == "Page.loadEventFired")
        self.run(
            "new Promise(done => { const look = () => !document.querySelector('#greenroom-data')"
            " || document.body.classList.contains('ready') ? done(1) : setTimeout(look, 5); look(); })"
        )

    def run(self, script: str) -> Any:
        """The value of an expression in the page, promises awaited; raises BrowserError if it throws."""
        said = self._send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in said:
            raise BrowserError(said["exceptionDetails"].get("exception", {}).get("description", str(said)))
        return said["result"].get("value")

    def before_each_page(self, script: str) -> None:
        """Run script in every page before its own scripts, as an LMS that frames it would."""
        self._send("Page.addScriptToEvaluateOnNewDocument", source=script)

    def size(self, width: int, height: int, *, dark: bool = False, media: str = "") -> None:
        """The window's size in pixels, its colour scheme, and "print" for how the page would be printed."""
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._send("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """Save what the window shows, or the whole page, as PNG."""
        data = self._send("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        file.write_bytes(base64.b64decode(data))

    def press(self, key: str, *, shift: bool = False) -> None:
        """A key as a person presses it: Tab, Enter, ArrowDown, a letter or a space."""
        code = {"Tab": 9, "Enter": 13, " ": 32, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}.get(
            key, 0
        )
        text = {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 else "")
        common = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self._send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
        self._send("Input.dispatchKeyEvent", type="keyUp", **common)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the mouse at start, move to end and let go; both in pixels of the window."""
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        for kind, (x, y) in (("Pressed", start), ("Moved", middle), ("Moved", end), ("Released", end)):
            pressed = {"button": "left", "buttons": 0 if kind == "Released" else 1, "clickCount": 1}
            self._send("Input.dispatchMouseEvent", type=f"mouse{kind}", x=x, y=y, **pressed)

    @property
    def requests(self) -> list[str]:
        """The addresses that the page has asked for since it was opened, its own included."""
        return [
            event["params"]["request"]["url"]
            for event in self._events
            if event["method"] == "Network.requestWillBeSent"
        ]

    @property
    def complaints(self) -> list[str]:
        """What the browser logged as an error or a warning: refused by the policy, thrown, not found."""
        logged = [e["params"]["entry"] for e in self._events if e["method"] == "Log.entryAdded"]
        thrown = [
            e["params"]["exceptionDetails"]["text"] for e in self._events if e["method"] == "Runtime.exceptionThrown"
        ]
        return thrown + [entry["text"] for entry in logged if entry["level"] in ("error", "warning")]

    def close(self) -> None:
        """End the browser."""
        with contextlib.suppress(BrowserError, OSError):
            self._send("Browser.close")
        os.close(self._write)
        os.close(self._read)
        self._process.wait(timeout=20)

    # -- messages ----------------------------------------------------------------------------------------------------

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        self._next += 1
        message = {"id": self._next, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._write_all(message)
        while True:
            answer = self._receive()
            if answer.get("id") == self._next:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self._events.append(answer)

    def _write_all(self, message: dict[str, Any]) -> None:
        data = memoryview(json.dumps(message).encode() + b"\0")
        while data:
            data = data[os.write(self._write, data) :]

    def _wait_for(self, start: int, fits: Callable[[dict[str, Any]], bool]) -> int:
        """The number of the first event from start on that fits, waited for if it has not come yet."""
        at = start
        while True:
            if at == len(self._events):
                self._events.append(self._receive())
            if fits(self._events[at]):
                return at
            at += 1

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            data = os.read(self._read, 1 << 20)
            if not data:
                raise BrowserError("The browser has ended.")
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)


def _navigated(event: dict[str, Any]) -> str:
    """The loader of a page that the tab has gone to, "" for any other event."""
    frame = event.get("params", {}).get("frame", {}) if event.get("method") == "Page.frameNavigated" else {}
    return "" if "parentId" in frame else frame.get("loaderId", "")


def find_browser() -> str | None:
    """The program to start, None if there is no Chromium on this machine."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser with a profile of its own; skips the test where there is none."""
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this machine: install chromium-headless-shell")
    to_browser, write = os.pipe()
    read, from_browser = os.pipe()
    with tempfile.TemporaryDirectory(prefix="greenroom-browser-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [sys.executable, "-c", _BECOME, str(to_browser), str(from_browser), program, *_FLAGS, f"--user-data-dir={profile}"],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        browser = Browser(process, write, read)
        try:
            yield browser
        finally:
            browser.close()
