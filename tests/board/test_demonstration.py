"""A database that was founded as a demonstration does not work as anything else while its published logins work."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client
from knox.models import AuthToken

from board.actions import add_device, begin_demonstration, end_demonstration
from board.demo.county import PASSWORD
from board.demo.platform import TOKEN, found_feed
from board.selectors.demonstration import still_open
from duty.actions import issue_feed
from journal.actions.recording import SYSTEM
from org.actions import change_password, deactivate_person, issue_token
from org.models import Demonstration, Person

ROOT = Path(__file__).resolve().parents[2]
NAMED = ["admin", "department", "leader", "officer", "township", "village"]
SAID = "published password: admin, department, leader, officer, township, village, 331126D01-department_duty"


def logins() -> list[str]:
    """The named ones first, then all people of departments: head, liaison and whoever is on duty."""
    posts = ("department_head", "department_liaison", "department_duty")
    numbered = (f"331126D{number:02d}-{post}" for number in range(1, 29) for post in posts)
    return NAMED + sorted(set(numbered) - {"331126D03-department_liaison"})


@pytest.fixture
def demonstration(db: None) -> None:
    begin_demonstration(by=SYSTEM)
    found_feed(SYSTEM)


def check() -> str:
    """What ``manage.py check --deploy`` says of it; empty when it is content."""
    try:
        call_command("check", "--deploy", "--tag", "published", stdout=StringIO(), stderr=StringIO())
    except SystemCheckError as refused:
        return str(refused)
    return ""


def test_it_is_refused_and_says_which_logins_platforms_and_screens(demonstration: None, settings: Any) -> None:
    add_device(name="hall", unit="331126", by=SYSTEM)
    person = Person.objects.get(username="village")
    issue_token(person, name="x", by=person)
    issue_feed(by=person)
    assert check() == "", "as a demonstration it works"
    settings.DEMO = False
    said = check()
    assert SAID in said
    assert "published token: demo" in said
    assert "wall screens of the demonstration: hall" in said
    assert "API tokens made in the demonstration: village" in said
    assert "calendar addresses made in it: village" in said
    assert "end_demo" in said


def test_the_command_ends_all_of_it_and_tells_what_and_how_to_go_on(demonstration: None, settings: Any) -> None:
    settings.DEMO = False
    wall = add_device(name="hall", unit="331126", by=SYSTEM)[1]
    person = Person.objects.get(username="village")
    secret = issue_token(person, name="x", by=person)[1]
    people = Person.objects.count()
    out = StringIO()
    call_command("end_demo", stdout=out)
    assert all(word in out.getvalue() for word in (*NAMED, "demo", "hall", "createsuperuser", "All data stays"))
    assert check() == ""
    assert Person.objects.count() == people
    assert Client().post("/login/", {"username": "admin", "password": PASSWORD}).status_code == 200
    assert Client().get("/api/v1/units/", headers={"Authorization": f"Token {secret}"}).status_code == 401
    assert Client().get(f"/wall/device/{wall}/").status_code == 404
    door = Client().post("/api/v1/inbound/cap/", "<a/>", "application/xml", headers={"Authorization": f"Token {TOKEN}"})
    assert door.status_code == 403
    again = StringIO()
    call_command("end_demo", stdout=again)
    assert "Nothing" in again.getvalue()


def test_who_has_another_password_by_now_is_nobody_to_name(demonstration: None, settings: Any) -> None:
    settings.DEMO = False
    for name in logins()[1:]:
        change_password(Person.objects.get(username=name), password="village at the river", by=SYSTEM)
    assert still_open().logins == ["admin"]
    deactivate_person(Person.objects.get(username="admin"), by=SYSTEM)
    assert still_open().logins == []
    end_demonstration(by=SYSTEM)
    assert Person.objects.get(username="village").check_password("village at the river"), (
        "ends no password of one's own"
    )


def test_the_published_password_under_another_salt_is_found(demonstration: None, settings: Any) -> None:
    settings.DEMO = False
    officer = Person.objects.get(username="officer")
    officer.set_password(PASSWORD)
    officer.save()
    assert still_open().logins == logins()


def test_a_county_s_own_screens_and_tokens_are_none_of_its_business(db: None, settings: Any) -> None:
    settings.DEMO = False
    begin_demonstration(by=SYSTEM)
    end_demonstration(by=SYSTEM)
    add_device(name="hall", unit="331126", by=SYSTEM)
    AuthToken.objects.create(Person.objects.get(username="officer"))
    assert check() == ""


def test_it_costs_one_hash_however_many_share_it(
    demonstration: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from board.selectors import demonstration as module

    tried = []
    monkeypatch.setattr(module, "check_password", lambda password, encoded: tried.append(encoded) or True)
    assert still_open().logins == logins()
    assert len(tried) == 1


def test_the_demo_county_is_marked_when_it_is_founded(db: None) -> None:
    assert not Demonstration.objects.exists()
    begin_demonstration(by=SYSTEM)
    begin_demonstration(by=SYSTEM)
    assert Demonstration.objects.filter(ended_at=None).count() == 1


def test_the_first_administrator_is_made_by_the_usual_command(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a mountain road at night")
    call_command("createsuperuser", "--noinput", "--username", "boss", "--name", "张局长", stdout=StringIO())
    client = Client()
    client.post("/login/", {"username": "boss", "password": "a mountain road at night"})
    for page in ("/", "/register/", "/setup/access/", "/admin/"):
        assert client.get(page).status_code == 200, page


# Real processes ------------------------------------------------------------------------------------------------------


@pytest.fixture
def environment(transactional_db: None) -> dict[str, str]:
    """Of processes on this test's own database, with DEMO off."""
    begin_demonstration(by=SYSTEM)
    found_feed(SYSTEM)
    name = connection.settings_dict["NAME"]
    usual = os.environ["DATABASE_URL"]
    head, _, tail = usual.partition("?")
    url = head.rpartition("/")[0] + f"/{name}" + (f"?{tail}" if tail else "")
    return {**os.environ, "DATABASE_URL": url, "DEMO": "0", "ALLOWED_HOSTS": "localhost"}


COMMANDS = {
    "web": ["-c", "import asyncio, uvicorn; uvicorn.run('emergency.asgi:application', port=0)"],
    "sentinel": ["manage.py", "sentinel", "--once"],
    "worker": ["-m", "celery", "--quiet", "--app", "emergency", "worker", "--concurrency", "1", "--pool", "solo"],
    "beat": ["-m", "celery", "--quiet", "--app", "emergency", "beat", "--schedule", "{folder}/beat"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_process_starts_to_work_on_it(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    words = [word.replace("{folder}", str(tmp_path)) for word in COMMANDS[name]]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode != 0
    assert SAID in done.stderr
    assert "end_demo" in done.stderr


def test_after_the_command_they_start(environment: dict[str, str]) -> None:
    manage = [sys.executable, "manage.py"]
    common: dict[str, Any] = {"cwd": ROOT, "env": environment, "capture_output": True, "text": True, "timeout": 120}
    assert subprocess.run([*manage, "end_demo"], **common).returncode == 0
    assert subprocess.run([*manage, "sentinel", "--once"], **common).returncode == 0
    web = subprocess.run([sys.executable, "-c", "import emergency.asgi"], **common)
    assert web.returncode == 0, web.stderr
