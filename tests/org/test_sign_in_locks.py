"""Failed sign-ins lock strangers out, and never the officer at whose address the strangers sit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client

from journal.models import Event
from norms.models import Number
from norms.rules.numbers import NUMBERS
from org import actions
from org.actions import change_password
from org.models import Person, SignInCount
from org.selectors import browsers
from tests.support.county import Clock

pytestmark = pytest.mark.django_db
HERE, THERE = "10.8.0.1", "10.8.0.2"
RIGHT = "sanji-demo"
MOST = NUMBERS["sign_in_failures"].default or 0


def sign_in(
    username: str = "officer", password: str = RIGHT, *, client: Client | None = None, address: str = HERE
) -> Any:
    """A new browser unless one is given."""
    client = client or Client(headers={"accept-language": "en"})
    client.cookies.pop("sessionid", None)
    return client.post("/login/", {"username": username, "password": password}, REMOTE_ADDR=address)


def attack(username: str = "officer", times: int = MOST, address: str = HERE) -> HttpResponse:
    """So many wrong passwords, each as if from a browser of its own; the last answer."""
    stranger = Client(headers={"accept-language": "en"})
    for n in range(times):
        stranger.cookies.clear()
        answer = sign_in(username, f"guess {n}", client=stranger, address=address)
    return answer


@pytest.fixture
def at_the_desk() -> Client:
    """A browser in which the officer has signed in before."""
    client = Client(headers={"accept-language": "en"})
    assert sign_in(client=client).status_code == 302
    return client


def test_hundreds_of_failures_at_the_officer_s_own_address_do_not_keep_the_officer_out(at_the_desk: Client) -> None:
    assert attack(times=200).status_code == 429
    assert sign_in().status_code == 429, "a new browser there has to wait, even with the right password"
    assert sign_in(client=at_the_desk).status_code == 302
    assert sign_in("township").status_code == 302, "nobody else's name is locked"
    assert sign_in(address=THERE).status_code == 302, "nor is the name at another address"


def test_an_open_session_and_its_own_password_page_go_on_under_attack(at_the_desk: Client) -> None:
    attack()
    assert at_the_desk.get("/duty/today/", REMOTE_ADDR=HERE).status_code == 200
    given = {"current": RIGHT, "password": "a mountain road at night", "again": "a mountain road at night"}
    assert at_the_desk.post("/me/password/", given, REMOTE_ADDR=HERE).status_code == 302
    attack()
    assert sign_in(password=given["password"], client=at_the_desk).status_code == 302, "the browser stays known"


def test_a_stolen_cookie_is_of_no_use_for_another_name(at_the_desk: Client) -> None:
    attack("township")
    stolen = Client(headers={"accept-language": "en"})
    stolen.cookies[browsers.COOKIE] = at_the_desk.cookies[browsers.COOKIE].value
    assert sign_in("township", client=stolen).status_code == 429


def test_a_thief_who_guesses_with_the_cookie_locks_that_cookie_alone(at_the_desk: Client) -> None:
    stolen = Client()
    stolen.cookies[browsers.COOKIE] = at_the_desk.cookies[browsers.COOKIE].value
    answers = [sign_in(password="guess", client=stolen, address=THERE).status_code for _ in range(MOST + 1)]
    assert answers[-2:] == [429, 429]
    assert sign_in(client=stolen, address="10.8.0.3").status_code == 429, "wherever it is brought from"
    assert sign_in().status_code == 302


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "eyJpZCI6ImEiLCJwZW9wbGUiOltbMSwieCJdXX0:1:x", "\x00", "é"])
def test_a_made_up_cookie_is_none(value: str) -> None:
    attack()
    client = Client(headers={"cookie": f"{browsers.COOKIE}={value}"})
    assert sign_in(client=client).status_code == 429


def test_a_new_password_makes_every_browser_unknown_and_lifts_the_locks(
    at_the_desk: Client, officer: Person, admin: Person
) -> None:
    attack()
    change_password(officer, password="a mountain road at night", by=admin)
    assert not SignInCount.objects.filter(username="officer").exists()
    attack()
    assert sign_in(password="a mountain road at night", client=at_the_desk).status_code == 429


def test_colleagues_at_one_desk_are_known_each_by_their_own_name() -> None:
    desk = Client(headers={"accept-language": "en"})
    for name in ("officer", "leader"):
        assert sign_in(name, client=desk).status_code == 302
    attack("officer")
    attack("leader")
    assert [sign_in(name, client=desk).status_code for name in ("officer", "leader")] == [302, 302]
    cookie = desk.cookies[browsers.COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert len(cookie.value) < 500


def test_a_browser_signed_in_since_before_there_was_the_cookie_gets_it(
    browse: Callable[..., Client], officer: Person
) -> None:
    client = browse(officer)
    assert client.get("/me/session/").status_code == 200
    first = client.cookies[browsers.COOKIE].value
    attack()
    assert sign_in(client=client).status_code == 302
    assert client.get("/me/session/").cookies == {}, "known already: not set again"
    assert first


def test_one_s_own_slips_begin_anew_after_the_right_password(at_the_desk: Client) -> None:
    for _time in range(3):
        for _slip in range(MOST - 1):
            assert sign_in(password="slip", client=at_the_desk).status_code == 200
        assert sign_in(client=at_the_desk).status_code == 302


def test_a_stranger_s_failures_stay_when_the_officer_signs_in_at_the_same_address(at_the_desk: Client) -> None:
    attack(times=MOST - 1)
    assert sign_in(client=at_the_desk).status_code == 302
    assert attack(times=1).status_code == 429


def test_a_lock_ends_by_itself_grows_and_is_not_prolonged_by_trying(clock: Clock) -> None:
    first, longest = NUMBERS["sign_in_lock_min"].default, NUMBERS["sign_in_lock_longest_min"].default
    for minutes in [min(first * 2**n, longest) for n in range(7)]:
        assert attack().status_code == 429
        clock.travel(minutes=minutes - 0.5)
        assert attack(times=5).status_code == 429
        clock.travel(minutes=0.6)
    assert minutes == longest
    assert sign_in().status_code == 302


def test_old_failures_are_forgotten(clock: Clock) -> None:
    attack(times=MOST - 1)
    clock.travel(hours=(NUMBERS["sign_in_forgotten_h"].default or 0) + 1)
    assert attack(times=MOST - 1).status_code == 200


def test_a_name_that_is_nobody_s_is_answered_in_the_same_words() -> None:
    def said(answer: HttpResponse) -> str:
        return re.sub(r"\d\d:\d\d:\d\d", "TIME", answer.content.decode().partition("<main")[2])

    real, made_up = attack("officer"), attack("nobody-of-this-name")
    assert said(real) == said(made_up)
    assert (real.status_code, made_up.status_code) == (429, 429)


@pytest.mark.parametrize(("language", "words"), [("en", "you can sign in as always"), ("zh-hans", "仍可照常登录")])
def test_the_page_says_until_when_and_what_to_do(language: str, words: str) -> None:
    attack()
    answer = sign_in(client=Client(headers={"accept-language": language}))
    said = answer.content.decode()
    assert words in said
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert "officer" not in said.partition("<main")[2]


def test_trying_many_names_from_one_address_waits_there_and_nowhere_else(
    rates_in_force: dict[str, Any], at_the_desk: Client
) -> None:
    rates_in_force["wrong_passwords"] = (5, 60)
    for n in range(6):
        sign_in(f"name-{n}", "guess")
    refused = sign_in("village")
    assert refused.status_code == 429
    assert "Many wrong passwords" in refused.content.decode()
    assert sign_in("village", address=THERE).status_code == 302
    assert sign_in(client=at_the_desk).status_code == 302


# Unlocking -----------------------------------------------------------------------------------------------------------


def test_an_administrator_sees_who_is_locked_and_unlocks_on_the_page(
    browse: Callable[..., Client], admin: Person, officer: Person
) -> None:
    attack()
    keeper = browse(admin)
    page = keeper.get("/setup/access/").content.decode()
    assert f"new browsers at {HERE}" in page
    address = f"/setup/access/people/{officer.pk}/unlock/"
    assert address in page
    assert keeper.get(address).status_code == 200
    assert keeper.post(address).status_code == 302
    assert sign_in().status_code == 302
    event = Event.objects.get(verb="org.sign_in_unlocked")
    assert (event.subject, event.unit_path, event.by_name) == (f"person:{officer.pk}", "", admin.name)
    assert "Nobody is locked out" in keeper.get("/setup/access/").content.decode()
    assert keeper.post(address).status_code == 404


def test_after_unlocking_an_attack_that_goes_on_leaves_time_to_sign_in(
    browse: Callable[..., Client], admin: Person, officer: Person
) -> None:
    spared = 3 * MOST
    Number.objects.filter(code="sign_in_spared_failures").update(value=spared)
    attack()
    browse(admin).post(f"/setup/access/people/{officer.pk}/unlock/")
    attack(times=spared - 1)
    assert sign_in().status_code == 302
    assert attack(times=1).status_code == 429, "but not for ever"


def test_a_township_s_keeper_unlocks_its_own_people_and_nobody_above(
    browse: Callable[..., Client], township: Person, village: Person, officer: Person, admin: Person
) -> None:
    for name in ("village", "officer", "admin"):
        attack(name)
    keeper = browse(township)
    page = keeper.get("/setup/access/").content.decode()
    assert f"/people/{village.pk}/" in page
    assert f"/people/{officer.pk}/" not in page
    for person, status in ((officer, 404), (admin, 404), (village, 302)):
        assert keeper.post(f"/setup/access/people/{person.pk}/unlock/").status_code == status
    assert browse(village).post(f"/setup/access/people/{village.pk}/unlock/").status_code == 403
    assert sign_in("village").status_code == 302


def test_the_only_administrator_gets_in_by_the_command(admin: Person) -> None:
    attack("admin")
    assert sign_in("admin").status_code == 429
    out = StringIO()
    call_command("unlock", "Admin", stdout=out)
    call_command("unlock", "admin", stdout=out)
    assert sign_in("admin").status_code == 302
    assert out.getvalue().startswith("Unlocked admin")
    assert "was not locked" in out.getvalue()
    assert Event.objects.filter(verb="org.sign_in_unlocked").count() == 1
    with pytest.raises(CommandError):
        call_command("unlock", "nobody")


def test_the_library_s_own_command_unlocks_too(db: None) -> None:
    attack()
    call_command("axes_reset_username", "officer", stdout=StringIO())
    assert sign_in().status_code == 302


def test_counters_are_purged(clock: Clock) -> None:
    attack("nobody-of-this-name")
    SignInCount.objects.update(last_at=Clock.now() - dt.timedelta(days=3))
    call_command("purge", stdout=StringIO())
    assert not SignInCount.objects.exists()
    assert actions.forget_failed_sign_ins("officer", by=None) == 0
