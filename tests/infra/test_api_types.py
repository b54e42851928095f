"""Every body that the API takes or answers says what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import JsonResponse

from tests.support.shapes import faults_of, operations, schema

FREE = {
    "JobAnswer.result": "what an import found, in the form of its kind; the page of that import shows it",
    "ConflictError.current": "the present state of whatever was to be changed: its id and status, or all of it",
    "Frame.card": "what the journal kept of the subject, by its type; old events keep the card of their day",
}
"""Free objects, and why they are."""


def test_every_part_of_every_body_is_typed() -> None:
    untyped = {at for name, part in schema()["components"]["schemas"].items() for at in _untyped(part, name)}
    for name, operation in operations():
        bodies = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for which, body in bodies.items():
            for kind, content in body.get("content", {}).items():
                untyped |= set(_untyped(content.get("schema", {}), f"{name} {which} {kind}"))
    assert untyped - set(FREE) == set()
    assert set(FREE) - untyped == set(), "these are typed by now"


def _untyped(part: dict[str, Any], at: str) -> Iterator[str]:
    """Where anything at all may stand: no type, an object without its fields, a list of anything."""
    if "$ref" in part or "enum" in part:
        return
    choices = [*part.get("oneOf", ()), *part.get("anyOf", ()), *part.get("allOf", ())]
    for one in choices:
        yield from _untyped(one, at)
    fields, more = part.get("properties", {}), part.get("additionalProperties")
    for name, one in fields.items():
        yield from _untyped(one, f"{at}.{name}")
    if isinstance(more, dict) and more:
        yield from _untyped(more, f"{at}.*")
    if items := part.get("items"):
        yield from _untyped(items, f"{at}[]")
    is_free = part.get("type") == "object" and not fields and not more
    if is_free or (part.get("type") == "array" and not items) or not (choices or part.get("type")):
        yield at


def test_what_is_sent_as_multipart_carries_its_file_as_bytes() -> None:
    for name, operation in operations():
        if sent := operation.get("requestBody", {}).get("content", {}).get("multipart/form-data"):
            fields = schema()["components"]["schemas"][sent["schema"]["$ref"].rpartition("/")[2]]["properties"]
            assert {"type": "string", "format": "binary"}.items() <= fields["file"].items(), name


EVENTS = {"results": [], "newest": 1, "epoch": "x", "reset": False, "now": "2026-11-30T00:00:00+00:00"}


@pytest.mark.parametrize(
    ("body", "status", "fault"),
    [
        (EVENTS, 200, ""),
        ({**EVENTS, "more": 1}, 200, "more"),
        ({**EVENTS, "newest": "1"}, 200, "newest"),
        ({name: value for name, value in EVENTS.items() if name != "epoch"}, 200, "epoch"),
        ({**EVENTS, "results": [{}]}, 200, "results"),
        (EVENTS, 202, "202 is not declared"),
    ],
)
def test_what_nobody_declared_is_a_fault(body: dict[str, Any], status: int, fault: str) -> None:
    found = faults_of("GET", "/api/v1/events/", JsonResponse(body, status=status))
    assert (fault in " ".join(found)) if fault else found == []
