"""One's own password and tokens, and the page of whoever keeps the register: what gets in, and out again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from knox.models import AuthToken

from board.actions import add_device
from database.clock import now
from duty.actions import issue_feed
from duty.models import CalendarToken
from early_warning.actions import add_feed
from early_warning.models import Feed
from journal.actions.recording import SYSTEM
from journal.actions.relays import run_pending
from journal.models import Event
from org.actions import deactivate_person, issue_token
from org.models import Person, TokenNote, Unit
from tests.support.county import Clock

pytestmark = pytest.mark.django_db
OLD, NEW = "sanji-demo", "a mountain road at night"
GIVEN = {"current": OLD, "password": NEW, "again": NEW}


def enters(password: str, username: str = "village") -> bool:
    return Client().post("/login/", {"username": username, "password": password}).status_code == 302


def api_with(secret: str) -> int:
    return Client().get("/api/v1/units/", headers={"Authorization": f"Token {secret}"}).status_code


# The password --------------------------------------------------------------------------------------------------------


def test_a_new_password_opens_and_the_old_one_does_not(browse: Callable[..., Client], village: Person) -> None:
    here, there = browse(village), browse(village)
    answer = here.post("/me/password/", GIVEN)
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert here.get("/me/").status_code == 200, "this browser stays signed in"
    assert there.get("/me/").status_code == 302, "every other one is out"
    assert enters(NEW)
    assert not enters(OLD)
    assert Event.objects.filter(verb="org.password_changed", subject=f"person:{village.pk}", unit_path="").exists()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"current": "wrong"}, "not your present password"),
        ({"current": ""}, "This field is required"),
        ({"again": "another"}, "not the same"),
        ({"password": "12345", "again": "12345"}, "too short"),
        ({"password": "password123", "again": "password123"}, "too common"),
        ({"password": OLD, "again": OLD}, "present password"),
        ({"password": "x" * 300, "again": "x" * 300}, "at most 256"),
        ({"password": "a\x00bcdefghijk", "again": "a\x00bcdefghijk"}, "cannot be read"),
    ],
)
def test_what_will_not_do_is_said_and_changes_nothing(
    browse: Callable[..., Client], village: Person, changes: dict[str, str], complaint: str
) -> None:
    answer = browse(village).post("/me/password/", {**GIVEN, **changes})
    assert answer.status_code == 400
    assert complaint in answer.content.decode()
    assert enters(OLD)


def test_the_page_speaks_chinese_too(browse: Callable[..., Client], village: Person) -> None:
    answer = browse(village, language="zh-hans").post("/me/password/", {**GIVEN, "current": "wrong"})
    assert "当前密码不正确" in answer.content.decode()


def test_an_open_desk_is_no_place_for_guessing(browse: Callable[..., Client], village: Person) -> None:
    client = browse(village)
    answers = [client.post("/me/password/", {**GIVEN, "current": f"guess {n}"}) for n in range(12)]
    assert [answer.status_code for answer in answers[-2:]] == [403, 403]
    assert "Too many failed attempts" in answers[-1].content.decode()
    assert client.post("/me/password/", GIVEN).status_code == 403, "the right one is not tried any more either"


@pytest.mark.parametrize("ticked", [True, False])
def test_tokens_and_calendars_end_where_it_is_said(
    browse: Callable[..., Client], village: Person, ticked: bool
) -> None:
    secret, calendar = issue_token(village, name="x", by=village)[1], issue_feed(by=village)
    browse(village).post("/me/password/", {**GIVEN, **({"everything_else": "on"} if ticked else {})})
    assert api_with(secret) == (401 if ticked else 200)
    assert Client().get(reverse("duty:ical", args=[calendar])).status_code == (404 if ticked else 200)


def test_nobody_else_s_form_changes_it(village: Person) -> None:
    assert Client().post("/me/password/", GIVEN).status_code == 302
    assert enters(OLD)


def test_a_deactivated_person_s_tokens_and_calendars_end(village: Person, admin: Person) -> None:
    secret, calendar = issue_token(village, name="x", by=village)[1], issue_feed(by=village)
    deactivate_person(village, by=admin)
    assert api_with(secret) == 401
    assert Client().get(reverse("duty:ical", args=[calendar])).status_code == 404
    run_pending()
    assert not CalendarToken.objects.filter(person=village, revoked_at=None).exists(), "for good"


# One's own tokens ----------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_listed_and_revoked(browse: Callable[..., Client], village: Person) -> None:
    client = browse(village)
    shown = client.post("/me/tokens/new/", {"name": "雨量站 gauge", "days": 30})
    assert shown.headers["Cache-Control"] == "no-store"
    row = AuthToken.objects.get(user=village)
    secret = shown.content.decode().partition('id="token-secret" readonly value="')[2].partition('"')[0]
    assert api_with(secret) == 200
    assert row.expiry - now() > dt.timedelta(days=29)
    listed = client.get("/me/tokens/").content.decode()
    assert "雨量站 gauge" in listed
    assert secret not in listed
    assert row.digest not in listed
    address = f"/me/tokens/{row.digest[:24]}/revoke/"
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 302
    assert api_with(secret) == 401
    assert client.post(address).status_code == 404
    assert {"org.token_issued", "org.token_revoked"} <= set(Event.objects.values_list("verb", flat=True))


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"name": "", "days": 30}, 400),
        ({"name": "x" * 61, "days": 30}, 400),
        ({"name": "x", "days": 0}, 400),
        ({"name": "x", "days": 100000}, 400),
        ({"name": "x", "days": "many"}, 400),
        ({"name": "  ", "days": 30}, 400),
        ({"name": "there", "days": 30}, 409),
    ],
)
def test_a_token_that_will_not_do_is_refused(
    browse: Callable[..., Client], village: Person, given: dict[str, Any], status: int
) -> None:
    issue_token(village, name="there", by=village)
    assert browse(village).post("/me/tokens/new/", given).status_code == status
    assert AuthToken.objects.filter(user=village).count() == 1


def test_nobody_revokes_a_stranger_s_token(browse: Callable[..., Client], village: Person, officer: Person) -> None:
    row, secret = issue_token(officer, name="x", by=officer)
    for address in ("/me/tokens/{}/revoke/", "/setup/access/tokens/{}/revoke/"):
        assert browse(village).post(address.format(row.digest[:24])).status_code in (403, 404)
    assert api_with(secret) == 200


def test_a_token_ends_at_its_time(village: Person, clock: Clock) -> None:
    secret = issue_token(village, name="x", days=2, by=village)[1]
    clock.travel(hours=47)
    assert api_with(secret) == 200
    clock.travel(hours=2)
    assert api_with(secret) == 401


def test_its_last_use_is_noted_at_most_once_an_hour(village: Person, clock: Clock) -> None:
    row, secret = issue_token(village, name="x", by=village)
    assert TokenNote.objects.get(token=row).last_used_at is None
    api_with(secret)
    first = TokenNote.objects.get(token=row).last_used_at
    clock.travel(minutes=30)
    api_with(secret)
    assert TokenNote.objects.get(token=row).last_used_at == first
    clock.travel(minutes=31)
    api_with(secret)
    last = TokenNote.objects.get(token=row).last_used_at
    assert first is not None
    assert last is not None
    assert last > first
    assert TokenNote.objects.get(token=row).name == "x"


def test_one_that_was_made_without_a_note_is_listed_and_noted(browse: Callable[..., Client], village: Person) -> None:
    secret = AuthToken.objects.create(village)[1]
    assert "(no name)" in browse(village).get("/me/tokens/").content.decode()
    assert api_with(secret) == 200
    assert "last used" in browse(village).get("/me/tokens/").content.decode()


def test_the_command_prints_the_token_alone_and_says_its_end_beside() -> None:
    out, beside = StringIO(), StringIO()
    call_command("token", "village", stdout=out, stderr=beside)
    call_command("token", "village", "--days", "3", "--name", "pump", stdout=out, stderr=beside)
    first, second = out.getvalue().split()
    assert (api_with(first), api_with(second)) == (200, 200)
    assert beside.getvalue().count("Valid until 20") == 2
    assert not AuthToken.objects.filter(user__username="village", expiry=None).exists()
    with translation.override("en"), pytest.raises(CommandError, match="days"):
        call_command("token", "village", "--days", "9999")


# The keeper's page ---------------------------------------------------------------------------------------------------


def test_the_administrator_sees_and_revokes_all_that_gets_in(
    browse: Callable[..., Client], admin: Person, village: Person
) -> None:
    token = issue_token(village, name="Pump 7", by=village)[0]
    screen, wall = add_device(name="hall", unit="331126", by=SYSTEM)
    add_feed("met", "气象平台", Unit.objects.get(code="331126"), by=SYSTEM)
    client = browse(admin)
    page = client.get("/setup/access/").content.decode()
    assert all(word in page for word in ("Pump 7", "hall", "气象平台"))
    for address in (f"tokens/{token.digest[:24]}", f"screens/{screen.pk}", "platforms/met"):
        assert client.get(f"/setup/access/{address}/revoke/").status_code == 200
        assert client.post(f"/setup/access/{address}/revoke/").status_code == 302
        assert client.post(f"/setup/access/{address}/revoke/").status_code == 404
    assert not AuthToken.objects.filter(user__in=[village, screen]).exists()
    assert not Feed.objects.get(code="met").active
    assert Client().get(f"/wall/device/{wall}/").status_code == 404


def test_a_township_s_keeper_sees_its_own_and_nothing_above(
    browse: Callable[..., Client], township: Person, village: Person, admin: Person, officer: Person
) -> None:
    issue_token(village, name="Pump 7", by=village)
    issue_token(officer, name="Above", by=officer)
    issue_token(admin, name="Highest", by=admin)
    add_device(name="county-hall", unit="331126", by=SYSTEM)
    add_device(name="our-hall", unit="331126206", by=SYSTEM)
    page = browse(township).get("/setup/access/").content.decode()
    assert "Pump 7" in page
    assert "our-hall" in page
    assert [word for word in ("Above", "Highest", "county-hall") if word in page] == []


def test_who_keeps_nothing_sees_nothing(browse: Callable[..., Client], village: Person, officer: Person) -> None:
    assert browse(officer).get("/setup/access/").status_code == 403
