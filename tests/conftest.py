"""What all tests share: the demo county, its people, the database's clock, databases that may be committed to.

Every test finds the demo county founded. A test with ``db`` runs in a transaction that is rolled back. A test with
``transactional_db`` (or ``django_db(transaction=True)``) gets a copy of the database of its own, dropped afterwards:
the journal refuses DELETE and TRUNCATE, so what was committed could not be flushed away.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from rest_framework.test import APIClient

from org.models import Person, Unit
from tests.support import codes  # noqa: F401 - registers them
from tests.support.county import BACKEND, Clock
from tests.support.jobs import WaitingAPIClient, WaitingClient
from tests.support.own_database import empty, make_founded_database
from tests.support.processes import eventually
from tests.support.shapes import faults_of

# Each test client would read the whole folder of static files anew; what a test asks for is looked up instead.
settings.WHITENOISE_AUTOREFRESH = True
# Pages are rendered without collecting the static files first; the browser tests serve collected ones.
settings.STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Data and a card that are not as declared are not recorded (journal/rules/payloads.py).
settings.CHECK_PAYLOADS = True

# Nothing that a test keeps is worth a tenth of a second of guessing for each password.
settings.PASSWORD_HASHERS = ["tests.support.passwords.QuickHasher"]

# How long a machine takes to make up an example says nothing about the code.
hypothesis.settings.register_profile("ours", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("ours")


# Tests ask faster than people, and under the same few names: only those with `rates_in_force` are limited.
REAL_RATES, UNBOUNDED = settings.RATES, 10**9
settings.RATES = {
    name: dict.fromkeys(rate, (UNBOUNDED, 10)) if isinstance(rate, dict) else (UNBOUNDED, 10)
    for name, rate in REAL_RATES.items()
}


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database with the demo county committed in it, once a session and worker."""
    usual = settings.DATABASES["default"]["NAME"]
    if stamp := os.environ.get("SANJI_STATIC_STAMP"):
        eventually(Path(stamp).exists, "the static files, which scripts/test collects meanwhile", 300)
    with django_db_blocker.unblock():
        make_founded_database()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        connection.creation.destroy_test_db(usual, verbosity=0)


_ask = Client.request


def _ask_and_compare(self: Client, **request: Any) -> Any:
    answer = _ask(self, **request)
    address = request.get("PATH_INFO", "")
    if address.startswith("/api/v1/"):
        faults = faults_of(request.get("REQUEST_METHOD", "GET"), address, answer)
        assert faults == [], "not as /api/schema/ tells"
    return answer


Client.request = _ask_and_compare  # type: ignore[method-assign]
"""Every test that asks the API holds its answers against the schema too (tests/support/shapes.py)."""


@pytest.fixture(autouse=True)
def own_rate_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test has asked for counts in no other."""
    monkeypatch.setattr("web.rates.PREFIX", f"sanji:test:{uuid.uuid4().hex}:")


@pytest.fixture
def rates_in_force(settings: Any) -> dict[str, Any]:
    """The figures of operation; a test puts smaller ones in their place, to get there sooner."""
    settings.RATES = {name: {**rate} if isinstance(rate, dict) else rate for name, rate in REAL_RATES.items()}
    rates: dict[str, Any] = settings.RATES
    return rates


@pytest.fixture
def demo_county(db: None) -> Unit:
    """The county at the top of the demo county."""
    return Unit.objects.get(code="331126")


@pytest.fixture
def empty_register(db: None) -> None:
    """No unit, no person, no event: for tests that found a county themselves. Undone with the test's transaction."""
    empty()


@pytest.fixture
def clock(db: None) -> Clock:
    return Clock()


@pytest.fixture
def person(db: None) -> Callable[[str], Person]:
    """``person("township")``: somebody of the demo county by username."""
    return lambda username: Person.objects.get(username=username)


@pytest.fixture
def officer(person: Callable[[str], Person]) -> Person:
    """The county's duty officer."""
    return person("officer")


@pytest.fixture
def leader(person: Callable[[str], Person]) -> Person:
    """The deputy magistrate in charge."""
    return person("leader")


@pytest.fixture
def township(person: Callable[[str], Person]) -> Person:
    """At the station of Jushui (331126206)."""
    return person("township")


@pytest.fixture
def village(person: Callable[[str], Person]) -> Person:
    """Head of a village of Jushui (331126206200)."""
    return person("village")


@pytest.fixture
def admin(person: Callable[[str], Person]) -> Person:
    return person("admin")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser (Playwright's), for all of this process's tests that drive one."""
    from tests.support.chromium import running

    with running() as browser:
        yield browser


@pytest.fixture
def browse() -> Callable[..., Client]:
    """``browse(officer)``: a signed-in client for pages; ``language="en"`` or ``"zh-hans"``."""

    def signed_in(person: Person, *, language: str = "en") -> Client:
        client = WaitingClient(headers={"accept-language": language})
        client.force_login(person, backend=BACKEND)
        return client

    return signed_in


@pytest.fixture
def api() -> Callable[..., APIClient]:
    """``api(officer)``: a client for the API, JSON by default, signed in by session; ``api()`` is nobody."""

    def signed_in(person: Person | None = None, *, language: str = "en") -> APIClient:
        client = WaitingAPIClient(headers={"accept-language": language})
        client.default_format = "json"
        if person is not None:
            client.force_login(person, backend=BACKEND)
        return client

    return signed_in
