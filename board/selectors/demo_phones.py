"""What the telephones of the demonstration show: texts and calls of the account “demo”, within the reader's sight."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Q, QuerySet, When

from board.demo.gateway import CODE
from database.clock import now
from notify.gateways.contract import SMS, VOICE
from notify.models import Delivery, Inbound
from notify.selectors.wording import outgoing
from org.models import Appointment, Person
from org.selectors.jurisdiction import visible_to
from org.selectors.register import held_now

SHOWN = 12
BUBBLES = 8
RINGS_S = 120
"""As long a call holds its line (notify/actions/outbox.py)."""
UNANSWERED_S = 45
"""After so long a telephone gives up ringing."""
OUT = ("handed_over", "sent", "delivered", "failed")


def phones(reader: Person, query: str, page: int) -> dict[str, Any]:
    """``{total, ringing, pages, page, phones}``: those that ring first, then the newest. Nine queries."""
    rows = _deliveries(reader, query)
    since = now() - dt.timedelta(seconds=RINGS_S)
    ringing = Q(channel=VOICE, outcome="", state__in=("handed_over", "sent"), handed_over_at__gt=since)
    people = rows.values("message__person").annotate(last=Max("handed_over_at"), rings=Count("pk", filter=ringing))
    first = Case(When(rings__gt=0, then=1), default=0, output_field=IntegerField())
    figures = rows.aggregate(total=Count("message__person", distinct=True),
                             ringing=Count("message__person", distinct=True, filter=ringing))  # fmt: skip
    pages = max(1, -(-figures["total"] // SHOWN))
    page = min(max(1, page), pages)
    order = people.order_by(first.desc(), F("last").desc(nulls_last=True), "message__person")
    shown = [row["message__person"] for row in order[(page - 1) * SHOWN : page * SHOWN]]
    return {**figures, "pages": pages, "page": page, "phones": _phones(reader, shown, since)}


def unanswered(reader: Person, limit: int = 200) -> list[str]:
    """References of calls that have rung for `UNANSWERED_S`; whoever shows the telephones reports them. One query."""
    rows = _all(reader).filter(channel=VOICE, outcome="", state__in=("handed_over", "sent"))
    present = now()
    span = (present - dt.timedelta(seconds=RINGS_S), present - dt.timedelta(seconds=UNANSWERED_S))
    return list(rows.filter(handed_over_at__range=span).order_by("pk").values_list("reference", flat=True)[:limit])


def _all(reader: Person) -> QuerySet[Delivery]:
    return Delivery.objects.filter(visible_to(reader, "message__unit_path"), account__code=CODE, state__in=OUT)


def _deliveries(reader: Person, query: str) -> QuerySet[Delivery]:
    rows = _all(reader)
    for word in query.split()[:5]:
        held = held_now(Appointment.objects.filter(Q(unit__name__icontains=word) | Q(unit__name_en__icontains=word)))
        who = Q(message__person__name__icontains=word) | Q(message__person__name_en__icontains=word)
        rows = rows.filter(who | Q(address__contains=word) | Q(message__person__in=held.values("person")))
    return rows


def _phones(reader: Person, people: list[int], since: dt.datetime) -> list[dict[str, Any]]:
    known = Person.objects.in_bulk(people)
    units = _units(people)
    rows = _all(reader).filter(message__person__in=people).select_related("message__person")
    rows = rows.order_by("-handed_over_at", "-pk")
    by_person: dict[int, list[Delivery]] = defaultdict(list)
    for row in rows[: SHOWN * BUBBLES * 4]:
        by_person[row.message.person_id or 0].append(row)
    said = _said(people)
    return [_phone(known[key], units.get(key, ""), by_person[key], said[key], since) for key in people]


def _phone(person: Person, unit: str, rows: list[Delivery], said: list[Inbound], since: dt.datetime) -> dict[str, Any]:
    calls = sorted((row for row in rows if _rings(row, since)), key=lambda row: row.pk)
    bubbles = [_bubble(row) for row in rows[:BUBBLES]] + [_reply(one) for one in said[:BUBBLES]]
    bubbles.sort(key=lambda one: one["at"] or "")
    return {
        "id": person.pk, "name": person.label, "unit": unit, "number": person.phone, "language": person.language,
        "call": _call(calls[0]) if calls else None, "bubbles": bubbles[-BUBBLES:],
    }  # fmt: skip


def _rings(row: Delivery, since: dt.datetime) -> bool:
    recent = row.handed_over_at is not None and row.handed_over_at > since
    return row.channel == VOICE and not row.outcome and row.state in ("handed_over", "sent") and recent


def _call(row: Delivery) -> dict[str, Any]:
    """``wrong``: wrong keys so far."""
    said = outgoing(row)
    return {"reference": row.reference, "text": said.text, "question": said.question, "wrong": row.wrong_keys}


def _bubble(row: Delivery) -> dict[str, Any]:
    """``way``: text, call. ``receipt``: whether the telephone still has to say that the text has come."""
    at = row.handed_over_at.isoformat() if row.handed_over_at else None
    waits = row.channel == SMS and not row.outcome and row.state in ("handed_over", "sent")
    return {
        "id": f"d{row.pk}", "way": "text" if row.channel == SMS else "call", "text": outgoing(row).text, "at": at,
        "outcome": str(row.get_outcome_display()) if row.outcome else "", "reference": row.reference, "receipt": waits,
    }  # fmt: skip


def _reply(one: Inbound) -> dict[str, Any]:
    return {
        "id": f"i{one.pk}", "way": "own", "text": one.text, "at": one.at.isoformat(), "outcome": one.state,
        "reference": "", "receipt": False,
    }  # fmt: skip


def _said(people: Iterable[int]) -> dict[int, list[Inbound]]:
    found: dict[int, list[Inbound]] = defaultdict(list)
    rows = Inbound.objects.filter(account__code=CODE, kind=Inbound.Kind.REPLY, person__in=list(people))
    for row in rows.order_by("-pk")[: SHOWN * BUBBLES]:
        found[row.person_id or 0].append(row)
    return found


def _units(people: Iterable[int]) -> dict[int, str]:
    """The unit of each person's first post."""
    held = held_now(Appointment.objects.filter(person__in=list(people))).select_related("unit").defer("unit__boundary")
    found: dict[int, str] = {}
    for row in held.order_by("unit__path", "post__rank"):
        found.setdefault(row.person_id, row.unit.label)
    return found
