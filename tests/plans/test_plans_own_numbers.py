"""A plan names the county's own numbers: a gap until the county sets them, and until then nobody approves it."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from django.utils.translation import override

from journal.actions.recording import SYSTEM
from norms.models import Number
from org.models import Person, Unit
from plans import actions
from plans.files.documents import document_of
from plans.models import Version
from plans.rules.problems import Refused
from plans.selectors.checking import problems_of
from plans.selectors.compiling import compile_level
from plans.selectors.own_numbers import without_numbers
from tests.support.plans import COUNTY, TOWN, flood, set_report_times

pytestmark = pytest.mark.django_db
CODE = "report_township_phone"


def naming(**changes: Any) -> dict[str, Any]:
    """The small flood plan, whose townships report within the county's own time."""
    document = copy.deepcopy(flood(basis=f"电话{{numbers.{CODE}}}。"))
    row = next(one for one in document["actions"] if one["code"] == "stand-by")
    row |= {"text": f"{{unit}}{{numbers.{CODE}}}内报告", "text_en": f"{{unit}} reports within {{numbers.{CODE}}}"}
    row |= changes
    return document


@pytest.fixture
def draft(county: Unit) -> Version:
    version = actions.import_plan(naming(), by=SYSTEM, unit=COUNTY).version
    assert version is not None
    return version


def instructions(version: Version) -> set[tuple[str, str]]:
    found = compile_level(version, "IV", [TOWN]).lines
    return {
        (one.text.replace(" ", ""), one.text_en)
        for one in found
        if one.action.code == "stand-by" and one.unit.code.startswith(TOWN)
    }


def test_a_plan_that_names_an_empty_number_is_kept_and_not_sent_for_approval(draft: Version) -> None:
    with pytest.raises(Refused) as refused:
        actions.submit(draft.pk, by=SYSTEM)
    assert "Township or department to county, by phone" in str(refused.value.fields["basis"])
    set_report_times(20)
    actions.submit(draft.pk, by=SYSTEM)
    Number.objects.filter(code=CODE).delete()
    with pytest.raises(Refused):
        actions.approve(draft.pk, by=SYSTEM, document="庆政办〔2026〕1号")
    set_report_times(20)
    assert actions.approve(draft.pk, by=SYSTEM, document="庆政办〔2026〕1号").status == "approved"


def test_a_gap_is_shown_as_a_gap_and_a_number_as_it_is_now(draft: Version) -> None:
    with override("en"):
        told = instructions(draft)
    assert told == {
        ("举水乡【待县政府审定】内报告", "Jushui Township reports within [to be set by the county government]")
    }
    set_report_times(20)
    assert {zh for zh, _en in instructions(draft)} == {"举水乡20分钟内报告"}
    Number.objects.filter(code=CODE).update(value=15)
    assert {en.rpartition("within ")[2] for _zh, en in instructions(draft)} == {"15 minutes"}
    action = next(one for one in document_of(draft)["actions"] if one["code"] == "stand-by")
    assert action["text"] == f"{{unit}}{{numbers.{CODE}}}内报告"


def test_the_page_of_the_plan_says_the_number(draft: Version, browse: Any, officer: Person) -> None:
    page = f"/plans/{draft.plan.code}/?version=1"
    gap = browse(officer).get(page).content.decode()
    assert "{numbers." not in gap
    assert "待县政府审定" in gap
    set_report_times(20)
    page = browse(officer).get(page).content.decode()
    assert re.search("电话20 ?分钟。", page)
    assert "待县政府审定" not in page


def test_a_report_that_is_due_later_than_the_number_is_refused(county: Unit) -> None:
    set_report_times(10)
    version = actions.import_plan(naming(due_min=15), by=SYSTEM, unit=COUNTY).version
    assert version is not None
    with pytest.raises(Refused) as refused:
        actions.submit(version.pk, by=SYSTEM)
    assert str(refused.value.problems[0]) == (
        "actions[3] stand-by: due_min: This names 10 minutes and is due after 15."
    )


def test_a_number_that_there_is_not_is_refused(county: Unit) -> None:
    document = naming(text="{numbers.longest_h}内")
    assert "“longest_h”" in str(problems_of(document, county)[0])


def test_what_is_kept_for_long_names_no_number_and_no_gap() -> None:
    assert without_numbers(f"{{numbers.{CODE}}}内报告", "zh") == "规定时限内报告"
    assert without_numbers("巡查", "zh") == "巡查"


def test_an_inherited_plan_names_the_number_on(county: Unit, draft: Version) -> None:
    set_report_times(20)
    actions.submit(draft.pk, by=SYSTEM)
    actions.approve(draft.pk, by=SYSTEM, document="庆政办〔2026〕1号")
    own = actions.inherit(draft.plan_id, by=SYSTEM, unit=TOWN, values={"shelter": "小学"})
    assert f"{{numbers.{CODE}}}" in document_of(own)["actions"][0]["text"]
    assert set(own.plan.values) == {"shelter"}
