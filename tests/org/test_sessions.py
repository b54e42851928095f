"""Who is signed in: found by two statements, and only as long as it is so."""

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
from org.selectors.jurisdiction import jurisdiction_of

pytestmark = pytest.mark.django_db
PAGE = "/duty/today/"


def is_in(client: Client) -> bool:
    answer = client.get(PAGE)
    assert answer.status_code == 200 or answer["Location"].startswith("/login/")
    return answer.status_code == 200


def test_a_page_begins_with_two_statements(browse: Callable[..., Client], officer: Person) -> None:
    client = browse(officer)
    for _time in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert is_in(client)
        first, second, *others = [query["sql"] for query in asked.captured_queries]
        assert "session_find" in first
        assert "person_find" in second
        assert not [sql for sql in others if "django_session" in sql or "session_find" in sql or "org_held" in sql]


def test_it_brings_the_person_as_stored_and_what_they_hold(browse: Callable[..., Client], township: Person) -> None:
    seen = browse(township).get(PAGE).wsgi_request.user
    fields = [field.attname for field in Person._meta.concrete_fields]
    stored = Person.objects.get(pk=township.pk)
    assert [getattr(seen, name) for name in fields] == [getattr(stored, name) for name in fields]
    with CaptureQueriesContext(connection) as asked:
        scopes = jurisdiction_of(seen).scopes()
    assert len(asked) == 0
    assert scopes == jurisdiction_of(stored).scopes() != []


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
