"""Waking the live hubs after a commit, over the channel layer. A lost wake-up costs a second (the hubs also look by
themselves), never a fact; so a request never waits for Redis."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time

from channels.layers import get_channel_layer

GROUP = "journal"
APART = 0.05
"""Throttle: seconds between two wake-ups, so that a burst of commits does not send one for each."""
_log = logging.getLogger(__name__)
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_owner = 0
_told = False
_last = 0.0


def listeners() -> None:
    """Tell every hub that there is something new. Returns at once and never raises: the commit has already happened.

    The first of many is told at once, the rest of the next `APART` seconds by one word.
    """
    global _told
    loop = _running_loop()
    with _lock:
        if _told:
            return
        _told = True
    asyncio.run_coroutine_threadsafe(_publish(), loop)


def ended(mark: str) -> None:
    """Tell every hub that a session has ended, named by its mark (journal/live/rights.py); as `listeners` does.

    Where the word is lost the hubs find it at their next look at all sockets.
    """
    asyncio.run_coroutine_threadsafe(_send({"type": "journal.ended", "ended": mark}), _running_loop())


async def _publish() -> None:
    global _told, _last
    await asyncio.sleep(_last + APART - time.monotonic())
    # Before the word goes out: what is committed from here on brings another one.
    _told, _last = False, time.monotonic()
    await _send({"type": "journal.live.wake"})


async def _send(message: dict[str, str]) -> None:
    try:
        async with asyncio.timeout(2):
            await get_channel_layer().group_send(GROUP, message)
    except Exception as error:  # without Redis the hubs find it by themselves
        _log.info("wake-up not sent over Redis, the hubs poll the journal: %r", error)


def _running_loop() -> asyncio.AbstractEventLoop:
    """An event loop in a daemon thread, one per process (a fork starts its own), whose Redis connection stays open."""
    global _loop, _owner, _told
    with _lock:
        if _loop is None or _owner != os.getpid():
            _loop, _owner, _told = asyncio.new_event_loop(), os.getpid(), False
            threading.Thread(target=_loop.run_forever, name="journal-wake", daemon=True).start()
        return _loop
