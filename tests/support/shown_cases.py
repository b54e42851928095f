"""Every input of the shown state with what the database's function makes of it: tests/cases/shown.json.

The browser's copy of the rule is held to the same file. ``WRITE_CASES=1 pytest tests/command/test_shown.py`` writes it
anew.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from django.db import connection

from command.models import Assignment
from command.selectors.visible import SHOWN

FILE = Path(__file__).resolve().parents[1] / "cases" / "shown.json"
FACTS = ("status", "climbed_to", "past_due_s", "answered_by", "person")
CLIMBED_TO = ("", "remind", "deputy", "above", "runner", "county")
PAST_DUE_S = (-1, 0, 1)
ANSWERED_BY_AND_PERSON = ((None, None), (None, 1), (1, 1), (2, 1), (2, None))

ASK = """
    SELECT assignment_shown(c.status, c.climbed_to, sanji_now() - c.past_due_s * interval '1 s',
        c.answered_by, c.person, sanji_now())
    FROM jsonb_to_recordset(%s) AS c(n int, status text, climbed_to text, past_due_s int, answered_by int, person int)
    ORDER BY c.n
"""


def inputs() -> list[dict[str, Any]]:
    every = itertools.product(Assignment.Status.values, CLIMBED_TO, PAST_DUE_S, ANSWERED_BY_AND_PERSON)
    return [dict(zip(FACTS, (*facts, by, person), strict=True)) for *facts, (by, person) in every]


def table() -> dict[str, Any]:
    cases = inputs()
    with connection.cursor() as cursor:
        cursor.execute(ASK, [json.dumps([{"n": n, **case} for n, case in enumerate(cases)])])
        shown = [row[0] for row in cursor.fetchall()]
    return {"need": list(SHOWN), "cases": [{**case, "shown": one} for case, one in zip(cases, shown, strict=True)]}


def text() -> str:
    made = table()
    lines = ",\n".join(json.dumps(case) for case in made["cases"])
    return f'{{"need": {json.dumps(made["need"])},\n"cases": [\n{lines}\n]}}\n'
