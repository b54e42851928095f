"""A client that openapi-python-client generates from the schema, with nothing skipped, works and is typed."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import openpyxl
import orjson
import pytest
from django.core.wsgi import get_wsgi_application
from knox.models import AuthToken
from PIL import Image

from command.actions import open_incident
from database.clock import now
from early_warning.actions.feeds import add_feed
from journal.actions.recording import SYSTEM
from org.models import Person, Unit
from tests.early_warning.messages import message
from tests.support.jobs import run_jobs
from tests.support.shapes import operations, schema


@pytest.fixture(scope="module")
def made_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package that openapi-python-client writes from the schema, imported."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "schema.json").write_bytes(orjson.dumps(schema()))
    (folder / "config.json").write_text('{"post_hooks": []}')  # which only tidy what it has written
    program = Path(sys.executable).with_name("openapi-python-client")
    options = ["--path", "schema.json", "--output-path", "sanji_client", "--meta", "none", "--config", "config.json"]
    ask = [program, "generate", "--fail-on-warning", *options]
    done = subprocess.run(ask, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower(), done.stdout
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
    return client_with(made, AuthToken.objects.create(person)[1])


def client_with(made: Any, token: str) -> Any:
    """Over WSGI in this process: no port, no second server."""
    transport = httpx.WSGITransport(get_wsgi_application())
    return made.AuthenticatedClient("http://testserver", token, prefix="Token", httpx_args={"transport": transport})


def call(operation: str, *args: Any, **named: Any) -> Any:
    return importlib.import_module(f"sanji_client.api.v1.{operation}").sync(*args, **named)


def test_a_generated_client_has_a_function_for_every_operation(made_client: Any) -> None:
    wanted = {operation["operationId"] for _name, operation in operations()}
    made = {path.stem for path in Path(made_client.__file__).parent.joinpath("api").rglob("*.py")}
    assert wanted - made == set()


def test_a_generated_client_sends_a_warning_and_files_a_hazard_with_its_photo(
    transactional_db: None, made_client: Any, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path  # by the fixture, which tells the storage of the end too
    models, types = importlib.import_module("sanji_client.models"), importlib.import_module("sanji_client.types")
    add_feed("walk", "平台", Unit.objects.get(code="331126"), by=SYSTEM, token="t" * 40)
    platform = client_with(made_client, "t" * 40)
    receipt = call("v1_inbound_cap_create", client=platform, body=types.File(message()))
    assert (type(receipt).__name__, receipt.outcome.value, receipt.duplicate) == ("Receipt", "warning", False)
    refused = call("v1_inbound_cap_create", client=platform, body=types.File(b"<alert/>"))
    assert (type(refused).__name__, refused.detail != "") == ("Error", True)

    village = client_for(made_client, Person.objects.get(username="village"))
    body = models.NewHazard(uuid4(), models.NewHazardKindEnum.CUT_SLOPE, "Loose stones", [119.06, 27.62], now())
    hazard = call("v1_hazards_create", client=village, body=body)
    assert (type(hazard).__name__, hazard.description) == ("HazardFiled", "Loose stones")
    assert hazard.unit_name.zh
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(photo, "JPEG")
    sent = models.NewPhoto(photo=types.File(io.BytesIO(photo.getvalue()), "a.jpg", "image/jpeg"))
    kept = call("v1_hazards_photos_create", hazard.id, client=village, body=sent)
    assert type(kept).__name__ == "PhotoReceipt", kept
    assert (type(kept).__name__, kept.hazard) == ("PhotoReceipt", hazard.id)


def test_a_generated_client_reads_a_sheet_a_layer_of_the_map_and_events(
    transactional_db: None, made_client: Any
) -> None:
    officer = client_for(made_client, Person.objects.get(username="officer"))
    job = call("v1_shifts_export_retrieve", client=officer, unit="331126", month=f"{now():%Y-%m}")
    run_jobs()
    sheet = call("v1_jobs_file_retrieve", str(job.id), client=officer)
    assert openpyxl.load_workbook(sheet.payload).active is not None
    models = importlib.import_module("sanji_client.models")
    layer = call("v1_map_retrieve", models.V1MapRetrieveLayer.UNITS, client=officer)
    assert {(type(one).__name__, type(one.geometry).__name__) for one in layer.features} >= {
        ("UnitFeature", "MultiPolygonGeometry")
    }
    assert {one.properties.level for one in layer.features} == {"county", "township", "village"}
    events = call("v1_events_retrieve", client=officer, after=0)
    assert type(events).__name__ == "Events"
