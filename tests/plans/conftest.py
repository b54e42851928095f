"""A plan like the county's for floods, small enough to read, and the people who write it and put it in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from journal.actions.recording import SYSTEM
from org.models import Person, Unit
from plans import actions
from plans.files import yaml_format
from plans.models import Version
from tests.support.levels import in_force as put_in_force
from tests.support.plans import COUNTY, TOWN, flood, holder


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What is refused is told in English here."""
    with override("en"):
        yield


@pytest.fixture
def county(demo_county: Unit) -> Unit:
    return demo_county


@pytest.fixture
def town(demo_county: Unit) -> Unit:
    return Unit.objects.get(code=TOWN)


@pytest.fixture
def head(demo_county: Unit) -> Person:
    """The head of Jushui, who puts its plans in force."""
    return holder(TOWN, "township_head")


@pytest.fixture
def in_force(demo_county: Unit) -> Callable[..., Version]:
    """``in_force()``: the flood plan of the county, approved; ``in_force(document, unit)`` another one."""

    def make(document: dict[str, Any] | None = None, unit: Any = COUNTY) -> Version:
        version = actions.import_plan(document or flood(), by=SYSTEM, unit=unit).version
        assert version is not None
        actions.submit(version.pk, by=SYSTEM)
        return actions.approve(version.pk, by=SYSTEM, document="庆政办〔2026〕1号")

    return make


@pytest.fixture
def in_force_library(demo_county: Unit) -> Callable[[str], Version]:
    """``in_force_library("flood")``: a worked plan of the library, put in force for the county as it is."""
    library = Path(__file__).resolve().parents[2] / "plans/files/library"

    def make(name: str) -> Version:
        document = yaml_format.read((library / f"{name}.yaml").read_bytes())
        return put_in_force(actions.import_plan(document, by=SYSTEM, unit=COUNTY).version)

    return make
