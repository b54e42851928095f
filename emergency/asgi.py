"""HTTP through Django (emergency/http.py), ``/ws/live/`` through the live consumer."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emergency.settings")

import django

django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from database import patience  # noqa: E402
from emergency.authentication.sockets import SignIn, ours_or_with_token  # noqa: E402
from emergency.http import Http  # noqa: E402
from emergency.start import refuse_what_is_published  # noqa: E402
from journal.live.consumer import LiveConsumer  # noqa: E402

patience.begin()
refuse_what_is_published()

# Garbage collection: with thousands of sockets the default threshold costs half the processor (measured, bench live).
gc.freeze()
gc.set_threshold(50_000, 20, 20)

application = ProtocolTypeRouter(
    {
        "http": Http(),
        "websocket": ours_or_with_token(SignIn(URLRouter([path("ws/live/", LiveConsumer.as_asgi())]))),
    }
)
