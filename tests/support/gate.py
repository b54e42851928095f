"""Between a system and its PostgreSQL: lets everything through, or nothing, as a server does that is frozen."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import SplitResult, unquote


class Gate:
    """Listens on a port of 127.0.0.1. While it is shut it still accepts, as the kernel of a frozen server does."""

    def __init__(self, database: SplitResult) -> None:
        self._behind = database
        self._open = threading.Event()
        self._open.set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def close(self) -> None:
        self._listener.close()
        self._open.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                inner, _address = self._listener.accept()
                threading.Thread(target=self._join, args=(inner,), daemon=True).start()

    def _join(self, inner: socket.socket) -> None:
        self._open.wait()
        with contextlib.suppress(OSError):
            outer = self._connect()
            for one, other in ((inner, outer), (outer, inner)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = unquote(self._behind.netloc.rpartition("@")[2].partition(":")[0]), self._behind.port or 5432
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        line = socket.socket(socket.AF_UNIX)
        line.connect(f"{host}/.s.PGSQL.{port}")
        return line

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
