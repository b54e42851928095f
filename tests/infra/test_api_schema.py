"""The API's schema is true, and a client that is generated from it works."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from django.core.wsgi import get_wsgi_application
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft4Validator
from knox.models import AuthToken

from command.actions import open_incident
from org.models import Person
from tests.architecture.test_jurisdiction_walk import Planted, client_of, plant

ERRORS = {"400", "401", "403", "404", "405", "409", "413", "414", "415", "429", "503"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    made: dict[str, Any] = orjson.loads(
        orjson.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str)
    )
    return made


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_declares_its_answer_and_its_refusals(schema: dict[str, Any]) -> None:
    bare = []
    for name, operation in operations(schema):
        good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        refused = {status for status in operation["responses"] if status in ERRORS}
        missing = {"400", "401", "403", "404", "409", "503"} - refused
        missing |= {"413", "415"} - refused if name.startswith("POST") else set()
        if missing or not good or not all(answer.get("content") for answer in good):
            bare.append((name, missing))
    assert bare == []


def test_every_body_that_is_taken_is_typed(schema: dict[str, Any]) -> None:
    without = {
        name for name, operation in operations(schema) if name.startswith("POST") and "requestBody" not in operation
    }
    takes_nothing = {name for name in without if name.endswith(TAKES_NOTHING)}
    assert without - takes_nothing == set()


TAKES_NOTHING = (
    *(
        "/acknowledge/",
        "/take-up/",
        "/publish-delisting/",
        "/withdraw/",
        "/approve/",
        "/cancel/",
        "/answer/",
        "/draft/",
    ),
    *("/submit/", "/check-in/", "/accept-command/", "/decline-command/"),
)


@pytest.fixture
def planted(db: None, tmp_path: Path, settings: Any) -> Planted:
    settings.MEDIA_ROOT = tmp_path  # by the fixture, which tells the storage of the end too
    return plant()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_read_has_the_declared_shape(planted: Planted, schema: dict[str, Any], language: str) -> None:
    client, wrong, paths = client_of("officer", language), {}, schema["paths"]
    for path in [path for path in paths if path.endswith("/") and "{" not in path and "get" in paths[path]]:
        answer = client.get(path, {"page_size": 500} if f"{path}{{id}}/" in paths or path.endswith("units/") else {})
        wrong |= faults_of(schema, paths[path]["get"], path, answer)
        if answer.status_code == 200 and f"{path}{{id}}/" in paths:
            for one in answer.json()["results"][:3]:
                at = f"{path}{one['id']}/"
                wrong |= faults_of(schema, paths[f"{path}{{id}}/"]["get"], at, client.get(at))
    assert wrong == {}


def faults_of(schema: dict[str, Any], operation: dict[str, Any], path: str, answer: Any) -> dict[str, str]:
    told = operation["responses"].get(str(answer.status_code))
    if told is None:
        return {path: f"{answer.status_code} is not declared"}
    declared = told["content"].get("application/json", {}).get("schema")
    if declared is None or "json" not in answer.headers.get("Content-Type", ""):
        return {}
    found = Draft4Validator({**nullable({**declared, "components": schema["components"]})}).iter_errors(answer.json())
    return {f"{path} {list(error.absolute_path)}": error.message[:200] for error in found}


def nullable(part: Any) -> Any:
    """OpenAPI 3.0's nullable, and whole objects alone: a field that nobody declared is a fault too."""
    if isinstance(part, list):
        return [nullable(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {name: nullable(one) for name, one in part.items()}
    if made.get("type") == "object" and isinstance(made.get("properties"), dict) and "additionalProperties" not in made:
        made["additionalProperties"] = False
    if part.get("nullable") is True:
        return {"anyOf": [{name: one for name, one in made.items() if name != "nullable"}, {"type": "null"}]}
    return made


# A generated client -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package that openapi-python-client writes from the schema, imported."""
    folder = tmp_path_factory.mktemp("generated")
    with translation.override("en"):
        document = SchemaGenerator().get_schema(request=None, public=True)
    (folder / "schema.json").write_bytes(orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS))
    program = Path(sys.executable).with_name("openapi-python-client")
    options = ["--path", "schema.json", "--output-path", "sanji_client", "--meta", "none"]
    done = subprocess.run([program, "generate", *options], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module("sanji_client")
    sys.path.remove(str(folder))


def test_a_generated_client_lists_incidents_issues_an_order_acknowledges_and_reads_errors(
    transactional_db: None, made_client: Any
) -> None:
    officer, village = (Person.objects.get(username=name) for name in ("officer", "village"))
    incident = open_incident(by=officer, title="Landslide", category="natural_disaster", unit="331126")
    ours, theirs = (client_for(made_client, person) for person in (officer, village))
    page = call("v1_incidents_list", client=ours)
    assert type(page).__name__ == "PaginatedIncidentAnswerList"
    assert [(one.id, one.title, one.unit.code) for one in page.results] == [(incident.pk, "Landslide", "331126")]

    models = importlib.import_module("sanji_client.models")
    body = models.NewOrder(text="Go", units=["331126206200"], incident=incident.pk, ladder=models.ColourEnum.RED)
    order = call("v1_orders_create", client=ours, body=body)
    assert (type(order).__name__, order.incident) == ("OrderIssued", incident.pk)
    mine = next(line for line in order.assignments if line.person and line.person.id == village.pk)

    done = call("v1_assignments_acknowledge_create", mine.id, client=theirs)
    assert (type(done).__name__, done.status, done.answered_by.id) == ("AssignmentAnswer", "received", village.pk)

    body = models.NewOrder(text="", units=["331126206200"], incident=incident.pk)
    refused = call("v1_orders_create", client=ours, body=body)
    assert (type(refused).__name__, refused.code) == ("Error", "invalid")
    assert refused.fields.additional_properties["text"]
    assert call("v1_incidents_retrieve", 999_999, client=ours).code == "not_found"


def client_for(made: Any, person: Person) -> Any:
    """Over WSGI in this process: no port, no second server."""
    transport = httpx.WSGITransport(get_wsgi_application())
    token = AuthToken.objects.create(person)[1]
    return made.AuthenticatedClient("http://testserver", token, prefix="Token", httpx_args={"transport": transport})


def call(operation: str, *args: Any, **named: Any) -> Any:
    return importlib.import_module(f"sanji_client.api.v1.{operation}").sync(*args, **named)
