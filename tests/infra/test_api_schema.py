"""The API's schema is true, and a client that is generated from it works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from database.clock import now
from tests.architecture.test_jurisdiction_walk import Planted, client_of, plant
from tests.support.shapes import operations, read_all, schema

ERRORS = {"400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "429", "503"}


def test_every_operation_declares_its_answer_and_its_refusals() -> None:
    bare = []
    for name, operation in operations():
        good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        refused = {status for status in operation["responses"] if status in ERRORS}
        missing = {"400", "401", "403", "404", "409", "503"} - refused
        missing |= {"413", "415"} - refused if name.startswith("POST") else set()
        if missing or not good or not all(answer.get("content") for answer in good):
            bare.append((name, missing))
    assert bare == []


def test_every_body_that_is_taken_is_typed() -> None:
    without = {name for name, operation in operations() if name.startswith("POST") and "requestBody" not in operation}
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
        "/revoke/",
        "/draft/",
        "/serve/",
        "/pdf/",
    ),
    *("/submit/", "/check-in/", "/accept-command/", "/decline-command/"),
)


@pytest.fixture
def planted(db: None, tmp_path: Path, settings: Any) -> Planted:
    settings.MEDIA_ROOT = tmp_path  # by the fixture, which tells the storage of the end too
    return plant()


PLANTED = {
    *("PaginatedOverrideAnswerList.results", "PaginatedProposalAnswerList.results", "PaginatedQuestionList.results"),
    *("WarningDetail.questions", "HazardWhole.photos", "PaginatedDeliveryAnswerList.results"),
}
"""Lists that hold something here, and nothing in the demonstration (tests/board/test_board_demo.py)."""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_read_has_the_declared_shape(planted: Planted, language: str) -> None:
    month = {"unit": "331126105", "month": f"{now():%Y-%m}"}
    queries = {"/api/v1/hazards/statistics/": {"first": month["month"], "last": month["month"]}}
    queries |= {f"/api/v1/{path}/": month for path in ("shifts/export", "spot-checks/statistics")}
    queries["/api/v1/leaders/signatory/"] = {"unit": "331126", "post": "magistrate"}
    refused, empty = read_all(client_of("officer", language).get, queries)
    assert (refused, empty & PLANTED) == ([], set())


def test_what_is_declared_may_be_asked_for_by_its_content_type_and_errors_stay_json(planted: Planted) -> None:
    client, plan = client_of("officer"), planted.duty["plans"]
    asked: list[tuple[str, str, dict[str, str]]] = [
        ("map/{layer}.geojson", "map/units.geojson", {}),
        ("plans/{id}/export/", f"plans/{plan}/export/", {}),
    ]
    for path, address, query in asked:
        kinds = schema()["paths"][f"/api/v1/{path}"]["get"]["responses"]["200"]["content"]
        for kind in kinds:
            answer = client.get(f"/api/v1/{address}", query, headers={"accept": kind})
            assert answer.status_code == 200, (address, kind)
            assert answer.headers["Content-Type"].partition(";")[0] in kinds
            wrong = {"unit": "x", "version": "x", "bbox": "x"}
            nothing = client.get(f"/api/v1/{address}", wrong, headers={"accept": kind})
            assert (nothing.status_code, nothing.headers["Content-Type"]) == (400, "application/json")
        refused = client.get(f"/api/v1/{address}", query, headers={"accept": "image/png"})
        assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
    plain = client.get(f"/api/v1/plans/{plan}/export/", headers={"accept": "application/octet-stream"})
    assert plain.headers["Content-Type"] == "application/octet-stream"
