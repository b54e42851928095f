"""Signed-in clients of a real server over plain sockets: quick enough not to be what is measured."""

from __future__ import annotations

import http.client
import time
import uuid
from typing import Any
from urllib.parse import urlencode

SECRET = "a" * 32
"""The CSRF cookie and its header: the two have to be equal, and that is all."""


Answer = tuple[int, bytes, float]
"""Status, content, and how many seconds it took."""


class Visitor:
    """``key``: of a session, or empty for somebody who is not signed in."""

    def __init__(self, port: int, key: str = "", token: str = "", timeout: float = 90) -> None:
        self.port, self.timeout = port, timeout
        self.headers = {"Accept-Language": "en", "X-CSRFToken": SECRET, "Cookie": f"csrftoken={SECRET}"}
        if key:
            self.headers["Cookie"] += f"; sessionid={key}"
        if token:
            self.headers["Authorization"] = f"Token {token}"

    def send(self, method: str, path: str, body: bytes = b"", kind: str = "", key: str = "") -> Answer:
        """``key``: an Idempotency-Key, with which the same may be sent again."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        began = time.monotonic()
        more = {name: value for name, value in (("Content-Type", kind), ("Idempotency-Key", key)) if value}
        link.request(method, path, body or None, self.headers | more)
        answer = link.getresponse()
        content = answer.read()
        link.close()
        return answer.status, content, time.monotonic() - began

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, **fields: str) -> Answer:
        return self.send("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def upload(self, path: str, name: str, file: bytes, filename: str, **fields: Any) -> Answer:
        mark = uuid.uuid4().hex.encode()
        parts = [
            b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
            % (mark, key.encode(), str(value).encode())
            for key, value in fields.items()
        ]
        head = b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n' % (
            mark, name.encode(), filename.encode()
        )  # fmt: skip
        body = b"".join(
            [*parts, head, b"Content-Type: application/octet-stream\r\n\r\n", file, b"\r\n--%s--\r\n" % mark]
        )
        return self.send("POST", path, body, f"multipart/form-data; boundary={mark.decode()}")
