"""A headless browser for the tests, driven through chromedriver's HTTP interface (W3C WebDriver)."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
START_SECONDS = 30


class NoBrowserError(Exception):
    """There is no browser, or nothing to drive it with; the text says what is missing."""


class Page:
    """What a test does with a page."""

    def __init__(self, session: str) -> None:
        self._session = session

    def open(self, path: Path, **media: str) -> None:
        features = [
            {"name": name.replace("_", "-"), "value": value} for name, value in media.items()
        ]
        self._cdp("Emulation.setEmulatedMedia", features=features)
        _call(f"{self._session}/url", {"url": path.as_uri()})

    def run(self, script: str) -> Any:
        """Run a script and give what it returns; a promise is waited for."""
        return _call(f"{self._session}/execute/sync", {"script": script, "args": []})

    def complaints(self) -> list[str]:
        """Give what the browser complained about since it was asked last: errors, the policy."""
        found = _call(f"{self._session}/se/log", {"type": "browser"})
        return [entry["message"] for entry in found]

    def resize(self, width: int, height: int) -> None:
        self._cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=True)  # fmt: skip

    def _cdp(self, command: str, **params: Any) -> None:
        _call(f"{self._session}/goog/cdp/execute", {"cmd": command, "params": params})


@contextlib.contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """Start a browser with an empty profile in ``folder``."""
    driver, program = shutil.which("chromedriver"), next(filter(None, map(shutil.which, NAMES)), "")
    if not driver or not program:
        raise NoBrowserError(f"no {'chromedriver' if program else 'Chromium'} is installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [driver, f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder)},
    )
    try:
        root = f"http://127.0.0.1:{port}"
        _wait(root)
        session = f"{root}/session/{_start(root, program, folder)}"
        try:
            yield Page(session)
        finally:
            _call(session, None, method="DELETE")
    finally:
        process.terminate()
        process.wait(30)


def _start(root: str, program: str, folder: Path) -> str:
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    words += [f"--user-data-dir={folder}", "--window-size=1400,1000"]
    options = {"binary": program, "args": words}
    asked = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    try:
        made = _call(f"{root}/session", {"capabilities": {"alwaysMatch": asked}})
    except OSError as error:
        raise NoBrowserError(f"the browser does not start: {error}") from None
    return str(made["sessionId"])


def _wait(root: str) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            _call(f"{root}/status", None, method="GET")
        except OSError:
            if time.monotonic() > end:
                raise NoBrowserError("chromedriver does not answer") from None
            time.sleep(0.05)
        else:
            return


def _call(url: str, body: dict[str, Any] | None, method: str = "POST") -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        request, timeout=60
    ) as answer:
        return json.load(answer)["value"]
