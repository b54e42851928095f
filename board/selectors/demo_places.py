"""What boards and loudspeakers of the demonstration show: the groups of townships with the answers of their people, and
what villages hear.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from board.demo.gateway import BOARDS, LOUDSPEAKERS
from command.models import Assignment
from journal.sentences import in_reader_language
from notify.models import Delivery
from notify.selectors.wording import outgoing
from org.models import Person, Unit
from org.selectors.jurisdiction import visible_to

GROUPS, BUBBLES, SPEAKERS = 6, 12, 12
"""So many groups with so many messages and answers, and so many loudspeakers are shown, the newest first."""
OUT = ("handed_over", "sent", "delivered", "failed")


def groups(reader: Person) -> dict[str, Any]:
    """``{total, shown: [{id, name, bubbles}]}``, the group that was told last first. Five queries."""
    rows = _told(reader, BOARDS)
    newest = list(rows.values("address").annotate(last=Max("pk")).order_by("-last"))
    codes = [row["address"] for row in newest[:GROUPS]]
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes).defer("boundary")}
    said: dict[str, list[Delivery]] = defaultdict(list)
    for row in rows.filter(address__in=codes).select_related("message__person").order_by("-pk")[: GROUPS * BUBBLES * 2]:
        said[row.address].append(row)
    answers = _answers([row for told in said.values() for row in told], units)
    shown = [_group(units[code], said[code][:BUBBLES], answers[code]) for code in codes if code in units]
    return {"total": len(newest), "shown": shown}


def _told(reader: Person, account: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(visible_to(reader, "message__unit_path"), account__code=account, state__in=OUT)


def _group(unit: Unit, told: list[Delivery], answers: list[Assignment]) -> dict[str, Any]:
    bubbles = [_bubble(row) for row in told] + [_answer(row) for row in answers]
    bubbles.sort(key=lambda one: one["at"])
    return {"id": unit.code, "name": unit.label, "bubbles": bubbles[-BUBBLES:]}


def _bubble(row: Delivery) -> dict[str, Any]:
    """``mentioned``: telephones, as the group shows whom the robot calls."""
    said = outgoing(row)
    mentioned = [one for one in said.params["mobiles"].split(",") if one]
    return {
        "id": f"d{row.pk}", "who": "", "text": said.text, "at": _moment(row.handed_over_at), "mentioned": mentioned,
        "outcome": str(row.get_outcome_display()) if row.outcome else "",
    }  # fmt: skip


def _answer(row: Assignment) -> dict[str, Any]:
    said = [_("Received."), "" if row.figure is None else str(row.figure), row.note]
    person = row.answered_by or row.person
    return {
        "id": f"a{row.pk}", "who": f"{row.unit.label} {person.label if person else ''}".strip(),
        "text": " ".join(filter(None, said)), "at": _moment(row.answered_at), "mentioned": [], "outcome": "",
    }  # fmt: skip


def _answers(told: list[Delivery], units: dict[str, Unit]) -> dict[str, list[Assignment]]:
    """Unit code → the newest answers to the orders that its group was told; one query."""
    orders = {int(row.message.group.rpartition(":")[2]) for row in told if row.message.group.startswith("order:")}
    rows = Assignment.objects.filter(order__in=orders, answered_at__isnull=False)
    rows = rows.select_related("unit", "person", "answered_by").defer("unit__boundary").order_by("-answered_at")
    asked = {(row.address, row.message.group) for row in told}
    found: dict[str, list[Assignment]] = defaultdict(list)
    for row in rows[: GROUPS * 100] if orders else []:
        for code, unit in units.items():
            inside = f"{row.unit.path}.".startswith(f"{unit.path}.")
            if inside and (code, f"order:{row.order_id}") in asked and len(found[code]) < BUBBLES:
                found[code].append(row)
    return found


def speakers(reader: Person) -> dict[str, Any]:
    """``{total, shown: [{id, name, text, at, outcome, reference, receipt}]}``, the newest of each village. Two
    queries.
    """
    rows = _told(reader, LOUDSPEAKERS).order_by("address", "-pk").distinct("address").select_related("message__person")
    newest = sorted(rows, key=lambda row: -row.pk)
    return {"total": len(newest), "shown": [_speaker(row) for row in newest[:SPEAKERS]]}


def _speaker(row: Delivery) -> dict[str, Any]:
    """``receipt``: whether the loudspeaker still has to prove that it has spoken."""
    said = outgoing(row)
    return {
        "id": row.address, "name": str(in_reader_language(row.message.data.get("unit"))), "text": said.text,
        "language": said.language, "at": _moment(row.handed_over_at), "reference": row.reference,
        "outcome": str(row.get_outcome_display()) if row.outcome else "",
        "receipt": not row.outcome and row.state in ("handed_over", "sent"),
    }  # fmt: skip


def _moment(at: dt.datetime | None) -> str:
    return at.isoformat() if at is not None else ""
