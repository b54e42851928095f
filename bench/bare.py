"""The floor of live push: an ASGI application that sends one text to every socket, and knows nothing else."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

gc.freeze()
gc.set_threshold(50_000, 20, 20)
SOCKETS: set[Any] = set()


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        body = (await receive())["body"].decode()
        frame = {"type": "websocket.send", "text": body}
        await asyncio.gather(*(one(frame) for one in SOCKETS))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        SOCKETS.add(send)
        try:
            while (await receive())["type"] != "websocket.disconnect":
                pass
        finally:
            SOCKETS.discard(send)
