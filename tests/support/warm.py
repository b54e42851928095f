"""All that a server needs: the application, the views of every address, uvicorn. Imported, and nothing begun."""

from __future__ import annotations

import os
import threading

os.environ["ALLOWED_HOSTS"] = "*"

import uvicorn.lifespan.on
import uvicorn.loops.auto
import uvicorn.main
import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.websockets_sansio_impl  # noqa: F401
from django.conf import settings
from django.urls import get_resolver

import emergency.asgi

settings.PASSWORD_HASHERS = ["tests.support.passwords.QuickHasher"]
assert emergency.asgi.application and get_resolver().url_patterns  # noqa: PT018
assert threading.active_count() == 1, "a process with threads cannot be forked"
