"""The database that a session tests with, and one of its own for each test that commits.

In a module of its own: a conftest that a test imports from is loaded twice, and would then know two of these.
"""

from __future__ import annotations

import itertools
import os

from django.apps import apps
from django.db import connection, connections
from django.test import TransactionTestCase

_copies = itertools.count(1)
FOUNDED = os.environ.get("SANJI_FOUNDED_DATABASE", "")
"""``scripts/test`` names the database that is made once for all of its passes and workers, and copied."""


def make_founded_database() -> None:
    """The test database, with the demo county in it."""
    with connection._nodb_cursor() as beside:
        # Whoever comes second waits for the first, as long as that may take.
        beside.execute("SET statement_timeout = 0")
        beside.execute("SELECT pg_advisory_lock(331126)")
        beside.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [FOUNDED])
        if beside.fetchone()[0]:
            name = connection.creation._get_test_db_name()
            beside.execute(f'CREATE DATABASE "{name}" TEMPLATE "{FOUNDED}"')
            connection.close()
            connection.settings_dict["NAME"] = name
        else:
            name = _found()
            if FOUNDED:
                beside.execute(f'CREATE DATABASE "{FOUNDED}" TEMPLATE "{name}"')


def _found() -> str:
    from board.demo.county import demo_county
    from org.actions import found

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    found(demo_county(), by=None)
    # A test that is rolled back commits nothing, however slow the machine: the guard is for those that commit.
    guard_commits(False)
    connections.close_all()
    return name


def guard_commits(on: bool) -> None:
    """The database's guard against events that are committed late (journal/models.py, COMMITS_SOON)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_commits_soon%'")
        name = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE journal_event {'ENABLE' if on else 'DISABLE'} TRIGGER {name}")


class OwnDatabase:
    """A copy of the test database for one test that commits."""

    original: str | None = None

    @classmethod
    def take(cls) -> None:
        cls.original = connection.settings_dict["NAME"]
        name = f"{cls.original}_{os.getpid()}_{next(_copies)}"
        connections.close_all()
        _on_the_side(f'CREATE DATABASE "{name}" TEMPLATE "{cls.original}"')
        connection.settings_dict["NAME"] = name
        guard_commits(True)

    @classmethod
    def drop(cls) -> None:
        name = connection.settings_dict["NAME"]
        connections.close_all()
        connection.settings_dict["NAME"] = cls.original
        cls.original = None
        _on_the_side(f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_the_side(sql: str) -> None:
    """One statement from the maintenance database: a database cannot be copied while somebody is connected to it."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql)


def _take(cls: type[TransactionTestCase]) -> None:
    OwnDatabase.take()


def _drop(self: TransactionTestCase) -> None:
    OwnDatabase.drop()


# Django's TestCase overrides both and keeps its transaction; only tests that commit come here.
TransactionTestCase._fixture_setup = classmethod(_take)  # type: ignore[method-assign, assignment]
TransactionTestCase._fixture_teardown = _drop  # type: ignore[method-assign, assignment]


def empty() -> None:
    """Delete every unit, person and event inside the caller's transaction; what the migrations laid down stays."""
    with connection.cursor() as cursor:
        # As a replica's session: neither foreign keys nor the journal's guards fire.
        cursor.execute("SET LOCAL session_replication_role = replica")
        defaults = {
            "journal_epoch",
            *("command_ladder", "duty_coverrule", "duty_crew", "duty_leaderpost", "duty_postlink", "hazards_route"),
            "norms_number",
        }
        emptied = "command early_warning plans hazards duty norms notify journal knox org"
        for app in emptied.split():
            for model in apps.get_app_config(app).get_models():
                if model._meta.managed and model._meta.db_table not in defaults:
                    cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
        cursor.execute("DELETE FROM norms_number WHERE set_by_id IS NOT NULL")
        cursor.execute("SET LOCAL session_replication_role = origin")
