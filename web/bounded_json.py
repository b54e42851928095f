"""JSON from outside, read within bounds: bytes and items before it is parsed, depth after (orjson stops at 1,024)."""

from __future__ import annotations

from typing import Any

import orjson
from django.utils.translation import gettext as _

MOST_BYTES = 5 * 1024 * 1024
"""Of an ordinary body: the largest plan is a third of a megabyte."""
MOST_ITEMS = 200_000
"""Values, as far as commas and brackets can tell: each becomes an object of some fifty bytes."""
MOST_DEPTH = 40
"""The deepest that we read ourselves are the rules in a plan: seven."""


def read_json(
    content: bytes, *, most_bytes: int = MOST_BYTES, most_items: int = MOST_ITEMS, most_depth: int = MOST_DEPTH
) -> Any:
    """The value. ValueError with a sentence for what is no JSON or passes a bound. Numbers are finite."""
    if len(content) > most_bytes:
        raise ValueError(_("This is larger than %(limit)s MB.") % {"limit": most_bytes // 1024 // 1024})
    content = content.removeprefix(b"\xef\xbb\xbf")
    if content.count(b",") + content.count(b"[") + content.count(b"{") > most_items:
        raise ValueError(_("This holds more than %(limit)s values.") % {"limit": most_items})
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise ValueError(_("This is not JSON: see line %(line)s, column %(column)s.") % place) from None
    if _deeper(found, most_depth):
        raise ValueError(_("This is nested deeper than %(limit)s levels.") % {"limit": most_depth})
    return found


def _deeper(value: Any, most: int) -> bool:
    """Level by level, without recursion."""
    level = [value]
    for _depth in range(most + 1):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += [each for each in one.values() if isinstance(each, (dict, list))]
            elif isinstance(one, list):
                inner += [each for each in one if isinstance(each, (dict, list))]
        if not inner:
            return False
        level = inner
    return True
