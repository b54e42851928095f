"""The API's schema as its tests need it: answers are held against it strictly.

A field that nobody declared is a fault, and so is one that is missing.
"""

from __future__ import annotations

import functools
import gzip
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from jsonschema_rs import Draft4Validator

JSON = ("application/json", "application/geo+json")
METHODS = ("get", "post", "put", "patch", "delete")


_ONE_AT_A_TIME = threading.Lock()


def schema() -> dict[str, Any]:
    with _ONE_AT_A_TIME:  # the generator is not thread-safe, and some tests send requests at once
        return _schema()


@functools.cache
def _schema() -> dict[str, Any]:
    with translation.override("en"):
        made = SchemaGenerator().get_schema(request=None, public=True)
    document: dict[str, Any] = orjson.loads(orjson.dumps(made, default=str, option=orjson.OPT_NON_STR_KEYS))
    return document


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


@functools.cache
def _routes() -> list[tuple[re.Pattern[str], str]]:
    """Words before parameters: ``/hazards/counts/`` is no ticket."""
    paths = sorted(schema()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\{\w+\\}", "[^/]+?", re.escape(path))), path) for path in paths]


def operation_of(method: str, address: str) -> str:
    """``GET /api/v1/orders/{id}/`` for ``/api/v1/orders/7/``; empty where there is none."""
    for pattern, path in _routes():
        if pattern.fullmatch(address) and method.lower() in schema()["paths"][path]:
            return f"{method.upper()} {path}"
    return ""


@functools.cache
def _components() -> dict[str, Any]:
    made: dict[str, Any] = strict(schema()["components"])
    return made


@functools.cache
def _validator(name: str, status: str, kind: str) -> Draft4Validator | None:
    method, path = name.split(" ", 1)
    told = schema()["paths"][path][method.lower()]["responses"][status].get("content", {}).get(kind)
    if told is None:
        return None
    return Draft4Validator({**strict(told["schema"]), "components": _components()}, validate_formats=True)


def faults_of(method: str, address: str, answer: Any) -> list[str]:
    """What of the answer is not as declared."""
    name = operation_of(method, address)
    if not name or (answer.status_code >= 500 and answer.status_code != 503):
        return []
    told = schema()["paths"][name.split(" ", 1)[1]][method.lower()]["responses"].get(str(answer.status_code))
    if told is None:
        return [f"{name}: {answer.status_code} is not declared"]
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if answer.status_code == 304 or not kind:
        return []
    validator = _validator(name, str(answer.status_code), kind)
    if validator is None:
        return [f"{name}: {kind} is not declared with {answer.status_code}"]
    if kind not in JSON:
        return []
    body = answer.getvalue() if answer.streaming else answer.content
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    found = validator.iter_errors(orjson.loads(body))
    return [f"{name} {answer.status_code} {list(fault.instance_path)}: {fault.message[:300]}" for fault in found]


def strict(part: Any) -> Any:
    """OpenAPI 3.0's nullable, and whole objects alone: a field that nobody declared is a fault too."""
    if isinstance(part, list):
        return [strict(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {name: strict(one) for name, one in part.items()}
    if made.get("type") == "object" and isinstance(made.get("properties"), dict) and "additionalProperties" not in made:
        made["additionalProperties"] = False
    if part.get("nullable") is True:
        return {"anyOf": [{name: one for name, one in made.items() if name != "nullable"}, {"type": "null"}]}
    return made


# Reading everything --------------------------------------------------------------------------------------------------

MOST = 12
"""Things of a list that are read one by one, from all of its length."""


def read_all(get: Callable[..., Any], queries: dict[str, dict[str, Any]]) -> tuple[list[str], set[str]]:
    """Every address that is read, and each thing of every list: what is not answered with 200, and the lists, those
    inside things too, of which not one held anything. Whether the answers are as declared, tests/conftest.py looks.
    """
    refused: list[str] = []
    held: dict[str, bool] = {}

    def read(name: str, address: str, query: dict[str, Any]) -> Any:
        answer = get(address, query)
        if answer.status_code == 202:  # a job has begun; tests/web reads what it makes
            return None
        if answer.status_code != 200:
            refused.append(f"{address}: {answer.status_code}")
            return None
        kind = answer.headers["Content-Type"].partition(";")[0]
        told = schema()["paths"][name]["get"]["responses"]["200"]["content"][kind]
        if kind in JSON:
            _lists(told["schema"], answer.json(), name, held)
        return answer.json() if kind == "application/json" else None

    for path in sorted(path for path, methods in schema()["paths"].items() if "get" in methods):
        if "{" in path:
            continue
        whole = read(path, path, {"page_size": 100, **queries.get(path, {})})
        for inner, key in _of_one(path):
            rows = whole["results"]
            for one in rows[:: max(1, len(rows) // MOST)]:
                read(inner, inner.replace(f"{{{key}}}", str(one[key])), queries.get(inner, {}))
    return refused, {at for at, some in held.items() if not some}


def _of_one(path: str) -> list[tuple[str, str]]:
    """What is read of one row of a list: the address, and which of the row's fields stands in it."""
    return [
        (inner, key)
        for inner, methods in schema()["paths"].items()
        for key in ("id", "code")
        if inner.startswith(f"{path}{{{key}}}/") and "get" in methods
    ]


def _lists(part: dict[str, Any], value: Any, at: str, held: dict[str, bool]) -> None:
    """Notes of each list, by the component that declares it, whether it ever held anything."""
    for one in (part, *part.get("allOf", ())):
        if "$ref" in one:
            at = one["$ref"].rpartition("/")[2]
            return _lists(schema()["components"]["schemas"][at], value, at, held)
    if part.get("type") == "array":
        held[at] = held.get(at, False) or bool(value)
        for row in value or ():
            _lists(part["items"], row, at, held)
    elif isinstance(value, dict):
        for name, inner in part.get("properties", {}).items():
            _lists(inner, value.get(name), f"{at}.{name}", held)
    return None


def done(answer: Any) -> Any:
    """The body of an answer that is no refusal."""
    assert answer.status_code < 300, answer.content.decode()
    return answer.json()
