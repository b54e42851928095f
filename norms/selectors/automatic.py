"""The system as an actor: by which rule it acts, who approved the rule and by which document."""

from __future__ import annotations

from typing import Any

from database.clock import now
from journal.actions.recording import By
from norms.models import Number
from norms.rules.automatic import RULES
from org.cards import person_card
from org.models import Person
from web.languages import in_both


def by_rule(
    code: str, *, ladder: dict[str, Any] | None = None, approved_by: Person | None = None, document: str = ""
) -> By:
    """The actor of what a rule does by itself; one query where the rule rests on a number.

    ``ladder``: the copy of the ladder that is followed; its source and whoever set it count then. ``approved_by``: who
    approved what is carried out, as a response that a plan's step belongs to, and by which ``document``.
    """
    known = RULES[code]
    said: dict[str, Any] = {"code": code, "text": in_both(known.text), "approved_by": None, "document": ""}
    if ladder is not None:
        said |= of_ladder(ladder)
    elif approved_by is not None:
        said |= {"approved_by": person_card(approved_by), "document": document}
    elif known.number:
        said |= _of_number(known.number)
    return By("system", rule=said)


def of_ladder(ladder: dict[str, Any]) -> dict[str, Any]:
    """Who approved a ladder, by which document: a default, which nobody set, has neither."""
    approved = ladder.get("set_by")
    name = {"ladder": f"{ladder['colour']}/{ladder['version']}"}
    return {**name, "approved_by": approved, "document": ladder["source"] if approved else ""}


def _of_number(code: str) -> dict[str, Any]:
    rows = Number.objects.filter(code=code, unit=None, effective_from__lte=now()).select_related("set_by")
    row = rows.order_by("-effective_from", "-pk").first()
    if row is None or row.set_by is None:
        return {"number": code}
    return {"number": code, "approved_by": person_card(row.set_by), "document": row.source}
