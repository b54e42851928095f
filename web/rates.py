"""Rate limits: how often one sender may do something, counted in Redis over all processes (fixed windows).

Fails open: without Redis nobody is refused, which is logged once in a while. A window begins with its first request and
ends by Redis's own clock, so that no clock that jumps can make it last.
"""

from __future__ import annotations

import logging
import time

import redis
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from web.addresses import network_of
from web.errors import TooMany

_log = logging.getLogger(__name__)

PREFIX = "sanji:rate:"
AWAY_S = 5.0
"""Circuit breaker: after an error Redis is not asked for so long, or one that hangs would cost every request its
timeout.
"""

Rate = tuple[int, int]
"""So many, within so many seconds."""


class Counters:
    """One connection pool to Redis, and since when it does not answer. Safe for threads."""

    def __init__(self, url: str) -> None:
        limit = settings.RATES_REDIS_TIMEOUT_S
        self._redis = redis.Redis.from_url(
            url, socket_timeout=limit, socket_connect_timeout=limit, retry=Retry(NoBackoff(), 0)
        )
        self._away_until = 0.0

    def add(self, key: str, seconds: int, count: int) -> tuple[int, int]:
        """Increment a fixed window's counter; returns its value and the seconds until the window ends, (0, 0) without
        Redis.
        """
        if time.monotonic() < self._away_until:
            return 0, 0
        try:
            with self._redis.pipeline(transaction=True) as together:
                together.incrby(key, count)
                together.expire(key, seconds, nx=True)
                together.ttl(key)
                counted, _set, left = together.execute()
        except (redis.RedisError, OSError) as failure:
            self._away_until = time.monotonic() + AWAY_S
            _log.warning("rate limits are off, Redis does not answer: %r", failure)
            return 0, 0
        return int(counted), max(int(left), 1)


counters = Counters(settings.REDIS_URL)


def take(rate: Rate, sender: str, *, count: int = 1) -> int:
    """Count one more of this sender's; 0 while they are within the rate, else the seconds until they may again.

    ``sender`` names what is counted too: "acts:person:7". ``count=0`` only looks; it refuses once the rate is used up.
    """
    most, seconds = rate
    counted, left = counters.add(f"{PREFIX}{sender}", seconds, count)
    return left if counted + (count == 0) > most else 0


def refuse_above(rate: Rate, sender: str) -> None:
    """TooMany (429 with Retry-After) above the rate."""
    if wait := take(rate, sender):
        raise too_many(wait)


def too_many(wait: int) -> TooMany:
    return TooMany(_("Too many requests at once: nothing was done. Try again in %(n)s s.") % {"n": wait}, wait=wait)


def refuse_guessing(address: str) -> None:
    """For a token that is not known: TooMany once too many came from this address. Right ones are not asked here."""
    refuse_above(settings.RATES["wrong_tokens"], f"wrong_tokens:{network_of(address)}")
