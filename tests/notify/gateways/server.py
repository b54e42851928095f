"""A vendor on loopback: a threaded HTTP server whose answers a test scripts. Each vendor's double is one of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx
import orjson

from notify.gateways.contract import TIMEOUT_S, Access, Outgoing

SMS_TEXT = Outgoing(
    "h3k2-1", "sms", "19900000001", "红色预警，请转移", "warning_issued", {"level": "红色", "code": "1"}
)


@dataclass(frozen=True)
class Asked:
    """One request, as the double sees it. Names of ``headers`` are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Double:
    """``answer`` is what a vendor does; `faults` are given out first, one a request: a status code, bytes to answer
    with, or "cut" (taken, and the line goes dead before the answer).
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.taken: list[Any] = []
        self.refused: list[str] = []
        self.faults: list[int | bytes | str] = []
        self.waits_s = 0.0
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Status, and JSON or bytes."""
        raise NotImplementedError

    def handle(self, asked: Asked) -> tuple[int, bytes] | None:
        with self._lock:
            self.asked.append(asked)
            fault = self.faults.pop(0) if self.faults else None
        if self.waits_s:
            time.sleep(self.waits_s)
        if isinstance(fault, int):
            return fault, b"{}"
        if isinstance(fault, bytes):
            return 200, fault
        with self._lock:
            status, said = self.answer(asked)
        return None if fault == "cut" else (status, said if isinstance(said, bytes) else orjson.dumps(said))


def _handler(double: Double) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            place = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(place.query, keep_blank_values=True))
            done = double.handle(Asked(self.command, place.path, query, headers, body))
            if done is None:
                self.close_connection = True
                return
            self.send_response(done[0])
            self.send_header("Content-Length", str(len(done[1])))
            self.end_headers()
            self.wfile.write(done[1])

        do_GET = do_POST  # noqa: N815 (the library's name)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


D = TypeVar("D", bound=Double)


@contextmanager
def serving(double: D) -> Iterator[tuple[D, str]]:
    """The double and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(double))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield double, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def access(templates: Mapping[str, tuple[str, tuple[str, ...]]] | None = None, /, **values: str) -> Access:
    return Access("test", values, httpx.Client(timeout=TIMEOUT_S, trust_env=False), templates or {})
