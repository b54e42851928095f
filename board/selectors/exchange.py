"""The demonstration's exchange: which references it has taken, for a day, in Redis (all web processes ask the same)."""

from __future__ import annotations

import redis
from django.conf import settings

from web.errors import ActionError

PREFIX = "sanji:demo:exchange:"
KEPT_S = 24 * 3600


class ExchangeDown(ActionError):
    """Redis does not answer: nothing was taken."""

    status = 503
    code = "unavailable"


def take(reference: str, channel: str) -> bool:
    """Take this reference once; False where it was taken before."""
    return bool(_asked("set", PREFIX + reference, channel, nx=True, ex=KEPT_S))


def taken(reference: str) -> bool:
    return bool(_asked("exists", PREFIX + reference))


def _asked(command: str, *args: object, **more: object) -> object:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    try:
        return getattr(client, command)(*args, **more)
    except redis.RedisError as error:
        raise ExchangeDown("Redis does not answer") from error
    finally:
        client.close()
