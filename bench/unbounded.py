"""The application without the bounds on how many sockets one client may have: here one client is all of them."""

from emergency.asgi import application
from journal.live import client

client.MOST = dict.fromkeys(client.MOST, 1_000_000)

__all__ = ["application"]
