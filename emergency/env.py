"""The settings that differ between places, read from the environment.

Invariant: either every value is right, or start fails with one message that names each wrong variable and says what is
wrong with it. Nothing is guessed: a secret, a database and a broker must be given (`scripts/run` and the compose file
do).
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

POSTGIS = "database.postgis"
DATABASE_SCHEMES = ("postgis", "postgresql", "postgres")
# Allowed options in DATABASE_URL (`?name=value`); anything else is a typing error and stops the start.
DATABASE_OPTIONS = (
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "application_name", "options"),
    *("connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
)
# TCP timeouts and keepalives: for connecting, and for a server that vanished (power cut, network parted). Web, worker,
# beat, sentinel and deliverer also give up on a server that is there and hangs (database/patience.py).
CONNECTION_LIMITS = {
    "connect_timeout": "5",  # seconds; a loaded machine forks a session within one
    "keepalives_idle": "10",  # seconds of silence before the kernel asks whether the other end is there
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",  # milliseconds until what was sent must be acknowledged by the other end's kernel
}
# Live push and seals rely on it: no transaction is older than a minute (journal/live/frames.py,
# journal/actions/seals.py).
TRANSACTION_LIMITS = "-c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
# random_page_cost 1.1: on an SSD, and in memory, random reads cost little more than sequential ones.
SESSION = f"{TRANSACTION_LIMITS} -c random_page_cost=1.1"
REDIS_SCHEMES = ("redis", "rediss")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SECRET_KEY_LENGTH = 32  # characters; a shorter key can be found by trying
TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off")
LOG_FORMATS = ("text", "json")
DEMO_EXCHANGE = "http://127.0.0.1:8000/demo/exchange/"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Environment:
    """One checked reading of the environment; `database` is the dict that Django's DATABASES wants."""

    secret_key: str
    debug: bool
    demo: bool
    https: bool
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    database: dict[str, Any]
    redis_url: str
    static_root: Path | None
    media_root: Path | None
    journal_anchors: Path | None
    log_format: str
    web_push: bool
    tile_url: str
    tile_hosts: list[str]
    demo_exchange_url: str


class Reader:
    """Reads variables one by one and collects errors, so that all of them are reported at once."""

    def __init__(self, source: Mapping[str, str]) -> None:
        self.source = source
        self.problems: list[str] = []

    def read(self, name: str, parse: Callable[[str], T], instead: T, *, required: bool = False) -> T:
        """`parse` raises ValueError saying what is wrong; `instead` stands in for a missing or wrong value."""
        raw = self.source.get(name, "").strip()
        if not raw:
            if required:
                self.problems.append(f"{name}: is missing")
            return instead
        try:
            return parse(raw)
        except ValueError as wrong:
            self.problems.append(f"{name}: {wrong}")
            return instead


def read_environment(source: Mapping[str, str] | None = None) -> Environment:
    """Reads `source` (the process's environment unless given). ImproperlyConfigured lists every wrong variable."""
    reader = Reader(os.environ if source is None else source)
    debug = reader.read("DEBUG", parse_switch, False)
    demo = reader.read("DEMO", parse_switch, False)
    tile_key = reader.read("TILE_KEY", str, "")
    tile_url = reader.read("TILE_URL", lambda raw: parse_tile_url(raw, tile_key), "")
    found = Environment(
        secret_key=reader.read("SECRET_KEY", parse_secret, "", required=True),
        debug=debug,
        demo=demo,
        https=reader.read("HTTPS", parse_switch, False),
        allowed_hosts=reader.read("ALLOWED_HOSTS", parse_hosts, LOCAL_HOSTS, required=not (debug or demo)),
        csrf_trusted_origins=reader.read("CSRF_TRUSTED_ORIGINS", parse_origins, []),
        database=reader.read("DATABASE_URL", parse_database, {}, required=True),
        redis_url=reader.read("REDIS_URL", parse_redis, "", required=True),
        static_root=reader.read("STATIC_ROOT", parse_folder, None),
        media_root=reader.read("MEDIA_ROOT", parse_folder, None),
        journal_anchors=reader.read("JOURNAL_ANCHORS", parse_folder, None),
        web_push=reader.read("WEB_PUSH", parse_switch, True),
        log_format=reader.read("LOG_FORMAT", parse_log_format, LOG_FORMATS[0]),
        tile_url=tile_url,
        tile_hosts=[tile_host(tile_url)] if tile_url else [],
        demo_exchange_url=reader.read("DEMO_EXCHANGE_URL", parse_http, DEMO_EXCHANGE),
    )
    if reader.problems:
        raise ImproperlyConfigured("wrong settings in the environment:\n  " + "\n  ".join(reader.problems))
    return found


def parse_switch(raw: str) -> bool:
    """1/0, true/false, yes/no, on/off in any case; ValueError for anything else, never a silent False."""
    word = raw.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(f"must be 1 or 0 (also true/false, yes/no, on/off), not {raw!r}")


def parse_secret(raw: str) -> str:
    """The signing key. Error messages never repeat it, because start-up messages end in logs."""
    if len(raw) < SECRET_KEY_LENGTH:
        raise ValueError(f"must have at least {SECRET_KEY_LENGTH} characters, has {len(raw)}")
    if len(set(raw)) < 5:
        raise ValueError("repeats fewer than 5 different characters")
    return raw


def split_list(raw: str) -> list[str]:
    """Comma-separated words without blanks; empty ones are dropped."""
    return [word.strip() for word in raw.split(",") if word.strip()]


def parse_hosts(raw: str) -> list[str]:
    """Host names as Django's ALLOWED_HOSTS wants them: no scheme, no path, no port."""
    hosts = split_list(raw)
    for host in hosts:
        bare = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
        if "/" in host or " " in host or (":" in host and bare == host):
            raise ValueError(f"must be host names parted by commas, without scheme, port or path; {host!r} is not")
    if not hosts:
        raise ValueError("names no host")
    return hosts


def parse_origins(raw: str) -> list[str]:
    """Origins such as https://sanji.example.gov.cn, as Django's CSRF check compares them."""
    origins = split_list(raw)
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
            raise ValueError(f"must be origins such as https://sanji.example, parted by commas; {origin!r} is not")
    return origins


def parse_port(parts: SplitResult) -> int | None:
    """The port of a URL; ValueError when it is no number of 1 to 65535."""
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("its port must be a number from 1 to 65535")
    return port


def parse_database(raw: str) -> dict[str, Any]:
    """postgis://USER:PASSWORD@HOST:PORT/NAME?sslmode=require; HOST may be a socket folder with %2F for each slash.

    The password is never repeated in a message.
    """
    parts = urlsplit(raw)
    if parts.scheme not in DATABASE_SCHEMES:
        raise ValueError(f"must begin with postgis:// (or postgresql://), not {parts.scheme or 'no scheme'!r}")
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise ValueError("must end with /NAME of the database")
    port = parse_port(parts)
    options = parse_database_options(parts.query)
    options = {**CONNECTION_LIMITS, "options": SESSION, **options}
    return {
        "ENGINE": POSTGIS,
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # urlsplit makes the host lower case, which would break the path of a socket's folder.
        "HOST": unquote(host_as_written(parts)),
        "PORT": str(port or ""),
        # Persistent connections (CONN_MAX_AGE): requests run in a thread pool (emergency/http.py), and a kept
        # connection is checked before each.
        "CONN_MAX_AGE": int(options.pop("conn_max_age", "60")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def parse_database_options(query: str) -> dict[str, str]:
    """The allowed `?name=value` pairs; `conn_max_age` in seconds."""
    options = dict(parse_qsl(query, keep_blank_values=True))
    for name in options:
        if name not in (*DATABASE_OPTIONS, "conn_max_age"):
            raise ValueError(f"has an unknown option {name!r}; known are {', '.join(DATABASE_OPTIONS)}, conn_max_age")
    if not options.get("conn_max_age", "0").isdigit():
        raise ValueError("its conn_max_age must be a number of seconds")
    return options


def host_as_written(parts: SplitResult) -> str:
    """The host with its own case, without user, password, port and the brackets of an IPv6 address."""
    host = parts.netloc.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def parse_redis(raw: str) -> str:
    """redis://:PASSWORD@HOST:PORT/NUMBER (rediss:// with TLS); Celery and the channel layer both read this form."""
    parts = urlsplit(raw)
    if parts.scheme not in REDIS_SCHEMES:
        raise ValueError(f"must begin with redis:// (or rediss://), not {parts.scheme or 'no scheme'!r}")
    if not parts.hostname:
        raise ValueError("names no host")
    parse_port(parts)
    number = parts.path.removeprefix("/")
    if number and not number.isdigit():
        raise ValueError(f"must end with the number of a Redis database, not {number!r}")
    return raw


def parse_folder(raw: str) -> Path:
    """An absolute path: a relative one would depend on where the process was started."""
    folder = Path(raw)
    if not folder.is_absolute():
        raise ValueError(f"must be an absolute path, not {raw!r}")
    return folder


def parse_log_format(raw: str) -> str:
    if raw not in LOG_FORMATS:
        raise ValueError(f"must be {' or '.join(LOG_FORMATS)}, not {raw!r}")
    return raw


def parse_http(raw: str) -> str:
    """An http:// or https:// address that ends in a slash."""
    parts = urlsplit(raw)
    parse_port(parts)
    if parts.scheme not in ("http", "https") or not parts.netloc or not raw.endswith("/"):
        raise ValueError("must be an http:// or https:// address that ends in a slash")
    return raw


def parse_tile_url(raw: str, key: str) -> str:
    """A tile address with {z}, {x} and {y}, optionally {s} and {key}; {key} is filled from TILE_KEY."""
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("must be an http:// or https:// address")
    names = set(PLACEHOLDER.findall(raw))
    missing = sorted({"x", "y", "z"} - names)
    if missing:
        raise ValueError("lacks " + ", ".join(f"{{{name}}}" for name in missing))
    if "key" in names and not key:
        raise ValueError("has {key}, but TILE_KEY is missing")
    return raw.replace("{key}", key)


def tile_host(tile_url: str) -> str:
    """The source that the content-security policy must let images come from; {s} stands for any subdomain."""
    parts = urlsplit(tile_url)
    return f"{parts.scheme}://{re.sub(r'^[{]s[}]', '*', parts.netloc)}"
