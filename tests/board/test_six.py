"""What townships have (六有): proved by the data, or stated by a person until a day."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from board.selectors.six import Row, six
from journal.models import Event
from org.actions import confirm, end_many
from org.models import Appointment, Person, Unit
from web.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db
TOWN = "331126206"


def row_of(person: Person, code: str = TOWN) -> Row:
    return next(row for row in six(person) if row.unit.code == code)


def marks(row: Row) -> dict[str, bool]:
    return {mark.item: mark.there for mark in row.marks}


def test_each_sees_their_own_townships_in_a_fixed_number_of_queries(officer: Person, township: Person) -> None:
    with CaptureQueriesContext(connection) as many:
        assert len(six(officer)) == 19
    with CaptureQueriesContext(connection) as one:
        assert [row.unit.code for row in six(township)] == [TOWN]
    assert len(many) <= len(one) + 1
    assert all(len(row.marks) == 6 for row in six(officer))


def test_the_data_proves_leadership_and_teams(officer: Person, admin: Person) -> None:
    found = marks(row_of(officer))
    assert (found["leadership"], found["team"]) == (True, True)
    assert not marks(row_of(officer, "331126204"))["leadership"], "its deputy is vacant, however many stand in"
    leader = Appointment.objects.filter(unit__code="331126206216", post__code="village_emergency_leader")
    end_many(list(leader), by=admin)
    assert not marks(row_of(officer))["team"]


def test_a_statement_counts_until_its_day_with_the_name_of_who_made_it(
    officer: Person, township: Person, clock: Any
) -> None:
    unit = Unit.objects.get(code=TOWN)
    assert not marks(row_of(officer))["supplies"]
    day = clock.now().date() + dt.timedelta(days=30)
    confirm(unit, item="supplies", valid_until=day, note="冲锋舟2艘、救生衣60件", by=township)
    mark = next(mark for mark in row_of(officer).marks if mark.item == "supplies")
    assert mark.there
    assert township.label in mark.said
    assert Event.objects.get(verb="org.confirmed").by == f"person:{township.pk}"
    clock.travel(days=32)
    assert not marks(row_of(officer))["supplies"]


@pytest.mark.parametrize("wrong", [{"item": "gold"}, {"days": -1}, {"days": 400}, {"note": "  "}, {"note": "物" * 201}])
def test_a_statement_that_says_nothing_or_for_ever_is_refused(township: Person, clock: Any, wrong: dict) -> None:
    given = {"item": "training", "days": 30, "note": "6月演练一次"} | wrong
    day = clock.now().date() + dt.timedelta(days=given.pop("days"))
    with pytest.raises(Invalid):
        confirm(Unit.objects.get(code=TOWN), valid_until=day, by=township, **given)


def test_only_those_who_lead_the_township_state_it(village: Person, clock: Any) -> None:
    given = {"item": "training", "valid_until": clock.now().date(), "note": "x"}
    with pytest.raises((Forbidden, NotFound)):
        confirm(Unit.objects.get(code=TOWN), by=village, **given)


def test_the_page_the_sheet_and_the_statement(browse: Callable[..., Client], township: Person, clock: Any) -> None:
    client = browse(township)
    page = client.get("/register/six/").content.decode()
    assert f"/register/six/{TOWN}/supplies/" in page
    day = (clock.now() + dt.timedelta(days=30)).date().isoformat()
    posted = client.post(f"/register/six/{TOWN}/supplies/", {"note": "沙袋500个", "valid_until": day})
    assert posted.status_code == 302
    assert "沙袋500个" in client.get("/register/six/").content.decode()
    sheet = load_workbook(io.BytesIO(client.get("/register/six/export/").content)).active
    assert sheet["A2"].value == TOWN
    assert client.get("/register/six/331126105/supplies/").status_code == 404
