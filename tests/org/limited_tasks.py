"""Tasks for the worker process of test_limited.py."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from web.limited_process import Unfit


def echo(content: bytes, options: dict[str, Any]) -> tuple[Any, bytes]:
    return {"pid": os.getpid(), **options}, content[::-1]


def hungry(content: bytes, options: dict[str, Any]) -> tuple[Any, bytes]:
    return len(bytearray(options["bytes"])), b""


def endless(content: bytes, options: dict[str, Any]) -> tuple[Any, bytes]:
    while True:
        pass


def waiting(content: bytes, options: dict[str, Any]) -> tuple[Any, bytes]:
    """Until the file appears."""
    while not Path(options["file"]).exists():
        time.sleep(0.005)
    return None, b""


def dying(content: bytes, options: dict[str, Any]) -> tuple[Any, bytes]:
    os.kill(os.getpid(), getattr(signal, options["by"]))
    return None, b""


def odd(content: bytes, options: dict[str, Any]) -> tuple[Any, bytes]:
    raise KeyError("no decoder names all that it raises")


def unfit(content: bytes, options: dict[str, Any]) -> tuple[Any, bytes]:
    print("this is not the answer")  # noqa: T201
    raise Unfit("too_red", limit=3)


def secrets(content: bytes, options: dict[str, Any]) -> tuple[Any, bytes]:
    return sorted(os.environ), b""


def writing(content: bytes, options: dict[str, Any]) -> tuple[Any, bytes]:
    Path(options["file"]).write_bytes(b"x")
    return None, b""
