"""Two live clients that come back with their cursor whenever the line breaks: a program's, and a real browser's."""

from __future__ import annotations

import json
import threading
import time

from playwright.sync_api import Page
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect


class Watcher:
    """Keeps a socket open; ``seqs`` holds every number heard, once."""

    def __init__(self, port: int, token: str, after: int) -> None:
        self.seqs: set[int] = set()
        self.connects = 0
        self._after = after
        self._url = f"ws://127.0.0.1:{port}/ws/live/"
        self._headers = {"Authorization": f"Token {token}"}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._listen()
            except (OSError, WebSocketException, TimeoutError):
                time.sleep(0.1)

    def _listen(self) -> None:
        url = f"{self._url}?after={self._after}"
        with connect(url, additional_headers=self._headers, compression=None, open_timeout=5) as line:
            self.connects += 1
            while not self._ending.is_set():
                try:
                    frame = json.loads(line.recv(timeout=0.5))
                except TimeoutError:
                    continue
                if seq := frame.get("seq"):
                    self.seqs.add(seq)
                    self._after = max(self._after, seq)

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(10)


IN_THE_BROWSER = """
(after) => {
    const seen = new Set();
    window.seen = seen;
    window.connects = 0;
    let cursor = after;
    function open() {
        const line = new WebSocket(`ws://${location.host}/ws/live/?after=${cursor}`);
        line.onopen = () => { window.connects += 1; };
        line.onmessage = (message) => {
            const frame = JSON.parse(message.data);
            if (frame.seq) { seen.add(frame.seq); cursor = Math.max(cursor, frame.seq); }
        };
        line.onclose = () => setTimeout(open, 200);
    }
    open();
}
"""


def watch_in(page: Page, after: int) -> None:
    page.evaluate(IN_THE_BROWSER, after)


def seen_in(page: Page) -> set[int]:
    return set(page.evaluate("() => [...window.seen]"))
