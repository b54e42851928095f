"""Functions and views of the database stand in ``<app>/sql/*.sql`` as they are now: a change edits the file, and a
migration runs it again.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection

from tests.support.sources import APPS, ROOT

FILES = sorted(file for app in APPS for file in (ROOT / app).glob("sql/*.sql"))
OURS = """
    SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND p.proname NOT LIKE '%pgtrigger%'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT c.oid::regclass::text, pg_get_viewdef(c.oid) FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
"""Neither an extension's nor those that pgtrigger makes from the models' Meta."""


def _definitions() -> dict[str, str]:
    """Name with arguments → definition, however it is indented."""
    with connection.cursor() as cursor:
        cursor.execute(OURS)
        return {name: " ".join(text.split()) for name, text in cursor.fetchall()}


def _without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*", "", text)


def test_every_function_of_the_database_stands_in_a_file(db: None) -> None:
    text = "\n".join(_without_comments(file.read_text("utf-8")) for file in FILES)
    there = set(re.findall(r"CREATE OR REPLACE (?:FUNCTION|VIEW) (\w+)", text))
    ours = list(_definitions())
    assert len(ours) > 10
    assert [name for name in ours if name.partition("(")[0] not in there] == []
    assert there - {name.partition("(")[0] for name in ours} == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_database_has_what_the_file_says(db: None, file: Path) -> None:
    before = _definitions()
    with connection.cursor() as cursor:
        cursor.execute(file.read_text("utf-8"))
    assert _definitions() == before
