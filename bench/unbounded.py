"""The application without the bounds on what one client may have and ask for: here one client is all of them."""

from bench.rates import lift
from emergency.asgi import application
from emergency.http import THREADS
from emergency.middleware import turns
from journal.live import client

client.MOST = dict.fromkeys(client.MOST, 1_000_000)
turns.AT_ONCE = THREADS
lift()

__all__ = ["application"]
