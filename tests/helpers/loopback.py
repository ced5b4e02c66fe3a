"""Small servers on this machine for exported packages: files below a folder, and a learning record store for cmi5."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *said: object) -> None:
        """Nothing on standard error."""


@contextlib.contextmanager
def _serving(server: ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def files_of(folder: Path) -> Iterator[str]:
    """The address at which the files below folder are served."""
    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder)))) as address:
        yield address


class RecordStore:
    """As much of a learning record store and of a cmi5 launch as a page needs: token, state, profile, statements."""

    TOKEN = "dG9rZW46c2VjcmV0"

    def __init__(self, launch: dict[str, Any]) -> None:
        self.launch = launch
        self.statements: list[dict[str, Any]] = []
        self.states: dict[str, Any] = {}
        self.faults: list[str] = []
        self.fetches = 0
        self.is_down = False
        self.arrived = threading.Condition()

    @contextlib.contextmanager
    def serving(self) -> Iterator[str]:
        """The store's address."""
        with _serving(ThreadingHTTPServer(("127.0.0.1", 0), partial(_Store, self))) as address:
            yield address

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The statements as soon as there are count of them."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.statements) >= count, timeout=20), self.verbs
            return list(self.statements)

    @property
    def verbs(self) -> list[str]:
        """The last word of each statement's verb, in the order they arrived."""
        return [statement["verb"]["id"].rsplit("/", 1)[1] for statement in self.statements]


class _Store(BaseHTTPRequestHandler):
    def __init__(self, store: RecordStore, *rest: Any) -> None:
        self._store = store
        super().__init__(*rest)

    def log_message(self, *said: object) -> None:
        """Nothing on standard error."""

    def do_OPTIONS(self) -> None:
        self._answer(204)

    def do_GET(self) -> None:
        where, asked = self._place()
        if not self._is_allowed(asked, where):
            return
        if where == "/xapi/agents/profile":
            self._answer(404)
        elif asked.get("stateId") == "LMS.LaunchData":
            self._answer(200, self._store.launch)
        elif asked.get("stateId") in self._store.states:
            self._answer(200, self._store.states[asked["stateId"]])
        else:
            self._answer(404)

    def do_POST(self) -> None:
        where, asked = self._place()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if where == "/token":
            self._store.fetches += 1
            once = self._store.fetches == 1
            self._answer(200, {"auth-token": RecordStore.TOKEN} if once else {"error-code": "1", "error-text": "used"})
        elif self._store.is_down:
            self._answer(503)
        elif self._is_allowed(asked, where):
            found = json.loads(body)
            with self._store.arrived:
                known = {
                    statement["id"] for statement in self._store.statements
                }  # said again: no news (xAPI 1.0.3, 2.3.2)
                self._store.statements += [one for one in found if one["id"] not in known]
                self._store.arrived.notify_all()
            self._answer(200, [])

    def do_PUT(self) -> None:
        where, asked = self._place()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._is_allowed(asked, where):
            self._store.states[asked["stateId"]] = json.loads(body)
            self._answer(204)

    def _place(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}

    def _is_allowed(self, asked: dict[str, str], where: str) -> bool:
        if self.headers.get("Authorization") != f"Basic {RecordStore.TOKEN}":
            self._store.faults.append(f"{where} without the token")
            self._answer(401)
            return False
        if not (self.headers.get("X-Experience-API-Version") or "").startswith("1.0"):
            self._store.faults.append(f"{where} without a version")
        if where.endswith("/state") and not (
            asked.get("registration") and asked.get("agent") and asked.get("activityId")
        ):
            self._store.faults.append(f"{where} without who and what")
        return True

    def _answer(self, status: int, body: object = None) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "authorization, content-type, x-experience-api-version")
        self.send_header("Access-Control-Allow-Methods", "GET, POST, PUT, OPTIONS")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
