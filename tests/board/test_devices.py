"""Wall screens: in by a token, only looking, out at once."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from board.actions import add_device, revoke_device
from command.models import Order
from journal.actions.recording import SYSTEM
from journal.models import Event
from org.models import Person, Unit
from org.selectors.register import holders
from web.errors import NotFound

pytestmark = pytest.mark.django_db

CLOSED = (
    *("/", "/incidents/", "/orders/", "/search/?q=a", "/board/silent/", "/me/", "/admin/"),
    *("/api/v1/orders/", "/api/v1/units/"),
)


@pytest.fixture
def screen() -> tuple[Client, str]:
    token = add_device(name="hall", unit="331126", by=SYSTEM)[1]
    client = Client()
    answer = client.get(f"/wall/device/{token}/")
    assert answer.headers["Location"] == "/wall/"
    return client, token


def test_a_screen_opens_its_address_and_sees_the_wall(screen: tuple[Client, str], order: Order) -> None:
    client, _ = screen
    assert client.get("/wall/").status_code == 200
    assert client.get("/wall/side/").status_code == 200
    assert client.get("/api/v1/map/assignments.geojson").status_code == 200


@pytest.mark.parametrize("path", CLOSED)
def test_everything_else_is_closed_to_it(screen: tuple[Client, str], path: str) -> None:
    assert screen[0].get(path).status_code == 403


@pytest.mark.parametrize("path", ["/wall/", "/api/v1/map/units.geojson", "/api/v1/orders/", "/theme/", "/logout/"])
def test_it_posts_nothing(screen: tuple[Client, str], path: str) -> None:
    assert screen[0].post(path, {}).status_code == 403


def test_its_token_opens_no_more_in_a_header(screen: tuple[Client, str]) -> None:
    _, token = screen
    header = {"Authorization": f"Token {token}"}
    assert Client().get("/api/v1/map/units.geojson", headers=header).status_code == 200
    assert Client().get("/api/v1/assignments/", headers=header).status_code == 403
    assert Client().post("/api/v1/orders/", {}, headers=header, content_type="application/json").status_code == 403


def test_a_revoked_screen_is_out_at_once_and_its_address_is_gone(screen: tuple[Client, str]) -> None:
    client, token = screen
    revoke_device(name="hall", by=SYSTEM)
    assert client.get("/wall/").status_code == 302
    assert client.get("/api/v1/map/units.geojson").status_code == 401
    assert Client().get(f"/wall/device/{token}/").status_code == 404
    assert Event.objects.filter(verb="org.person_deactivated").exists()
    with pytest.raises(NotFound):
        revoke_device(name="hall", by=SYSTEM)


def test_a_persons_token_is_no_screens(officer: Person) -> None:
    from knox.models import AuthToken

    token = AuthToken.objects.create(officer)[1]
    assert Client().get(f"/wall/device/{token}/").status_code == 404


def test_a_screen_is_nobodys_vacancy_and_nobody_to_call(screen: tuple[Client, str]) -> None:
    posts = {holding.post_code for holding in holders(Unit.objects.all())}
    assert "wall_screen" not in posts


def test_the_command_prints_the_address_and_refuses_in_words() -> None:
    out = StringIO()
    call_command("wall_device", "add", "lobby", "--unit", "331126", stdout=out)
    assert "/wall/device/wall-" in out.getvalue()
    with translation.override("en"), pytest.raises(CommandError, match="already"):
        call_command("wall_device", "add", "lobby", "--unit", "331126")
    with pytest.raises(CommandError):
        call_command("wall_device", "add", "two words", "--unit", "331126")
    call_command("wall_device", "revoke", "lobby", stdout=out)
    call_command("wall_device", "add", "lobby", "--unit", "331126", stdout=out)


def test_officers_open_the_wall_with_their_own_sign_in(browse: Callable[..., Client], officer: Person) -> None:
    assert browse(officer).get("/wall/").status_code == 200
