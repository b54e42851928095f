"""Who is signed in, and only as long as it is so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from emergency.authentication.sessions import SessionStore
from org.models import Person

pytestmark = pytest.mark.django_db
PAGE = "/duty/today/"


def is_in(client: Client) -> bool:
    answer = client.get(PAGE)
    assert answer.status_code == 200 or answer["Location"].startswith("/login/")
    return answer.status_code == 200


def test_session_person_and_posts_are_each_read_once(browse: Callable[..., Client], officer: Person) -> None:
    client = browse(officer)
    with CaptureQueriesContext(connection) as asked:
        assert is_in(client)
    statements = [query["sql"] for query in asked.captured_queries]
    assert sum('FROM "django_session"' in sql for sql in statements) == 1
    assert sum('FROM "org_person" WHERE "org_person"."id"' in sql for sql in statements) == 1
    assert sum("p.capabilities" in sql for sql in statements) == 1


def test_whoever_is_not_active_any_more_is_out(browse: Callable[..., Client], officer: Person) -> None:
    client = browse(officer)
    assert is_in(client)
    Person.objects.filter(pk=officer.pk).update(is_active=False)
    assert not is_in(client)


def test_a_new_password_ends_every_session(browse: Callable[..., Client], officer: Person) -> None:
    client = browse(officer)
    officer.set_password("another")
    officer.save()
    assert not is_in(client)


def test_a_session_ends_at_its_time(browse: Callable[..., Client], officer: Person) -> None:
    client = browse(officer)
    late = Session.objects.get(session_key=client.cookies["sessionid"].value)
    late.expire_date -= dt.timedelta(days=30)
    late.save()
    assert not is_in(client)


def test_a_key_that_was_never_given_out_is_not_taken_over() -> None:
    made_up = SessionStore("a" * 32)
    assert made_up.load() == {}
    assert made_up.session_key is None
