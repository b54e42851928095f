"""Every operation of the API under made-up requests (schemathesis): no error of ours, and nothing that is undeclared.

Bounded: so many requests an operation and caller, in this process, in a database of its own. Ids in addresses are made
up for one half of them and those of things that exist for the other.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import orjson
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from drf_spectacular.generators import SchemaGenerator
from knox.models import AuthToken
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from org.models import Person
from tests.architecture.test_jurisdiction_walk import Planted, fillings, plant

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.content_type_conformance,
]
CALLERS = {"officer": 3, "township": 2, "village": 2, "platform": 1}
"""Who calls, and how many requests each operation gets that keep to the schema, and how many that do not."""


@pytest.fixture
def planted(transactional_db: None, tmp_path: Path, settings: Any) -> Planted:
    settings.MEDIA_ROOT = tmp_path  # by the fixture, which tells the storage of the end too
    return plant()


@pytest.mark.parametrize("caller", CALLERS)
def test_no_made_up_request_is_an_error_of_ours_or_answered_as_undeclared(planted: Planted, caller: str) -> None:
    document = orjson.loads(orjson.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    token = "t" * 40 if caller == "platform" else AuthToken.objects.create(Person.objects.get(username=caller))[1]
    headers = {"Authorization": f"Token {token}", "Accept-Encoding": "identity"}
    wrong: dict[str, str] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        asked = ask(operation, real_ids(operation.path, planted), headers, wrong)
        limited = hypothesis.settings(
            max_examples=CALLERS[caller], database=None, derandomize=True, phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )  # fmt: skip
        limited(hypothesis.given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))(asked))()
        with contextlib.suppress(hypothesis.errors.Unsatisfiable):  # where nothing can be sent, nothing can be wrong
            limited(hypothesis.given(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))(asked))()
    assert wrong == {}


def ask(operation: Any, ids: dict[str, Any], headers: dict[str, str], wrong: dict[str, str]) -> Callable[[Any], None]:
    turn = 0

    def one(case: Any) -> None:
        nonlocal turn
        turn += 1
        if turn % 2 and ids and case.path_parameters:
            case.path_parameters = {**case.path_parameters, **ids}
        try:
            case.call_and_validate(headers=headers, checks=CHECKS)
        except BaseExceptionGroup as faults:
            told = " | ".join(f"{type(fault).__name__}: {fault}" for fault in faults.exceptions)
            wrong.setdefault(f"{operation.method.upper()} {operation.path}", told[:900])

    return one


def real_ids(path: str, planted: Planted) -> dict[str, Any]:
    """What leads to a thing that exists, by the names of the address's parts."""
    route = re.sub(r"\{(\w+)\}", lambda part: f"<{'pk' if part[1] == 'id' else part[1]}>", path).lstrip("/")
    known = fillings(route, planted)
    names = {name: "pk" if name == "id" else name for name in re.findall(r"\{(\w+)\}", path)}
    return {name: known[filled][0] for name, filled in names.items() if known[filled][0] is not None}
