"""A person and the posts they hold, as one row: what every request needs to know of whoever asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from org.models import Person
from org.selectors.jurisdiction import HELD_BY, remember

_FIELDS = [field.attname for field in Person._meta.concrete_fields]
_COLUMNS = [field.column for field in Person._meta.concrete_fields]

ROW = f"""
    (SELECT COALESCE(json_agg(json_build_array(path, capabilities, aside, above)), '[]')::text
        FROM ({HELD_BY.format(person="who.id")}) h(path, capabilities, aside, above)),
    {", ".join(f'who."{name}"' for name in _COLUMNS)}
"""
"""Columns to select; the table of people is ``who``."""


def person_of(row: Sequence[Any]) -> Person:
    """From the columns of ``ROW``. Somebody who is not active any more holds nothing."""
    held, *values = row
    person = Person.from_db(connection.alias, _FIELDS, values)
    remember(person, json.loads(held) if person.is_active else [])
    return person
