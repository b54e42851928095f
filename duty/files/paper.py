"""Template contexts of duty's PDFs: the handover's sheet and the call log (templates/paper/)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from database.clock import now
from duty.files.call_sheet import remark
from duty.models import CallLog, DutyPost, Handover, Stint
from duty.selectors import watch
from journal.models import Seal
from org.models import Unit

OPEN = (Handover.Status.OPEN, Handover.Status.HALF_SIGNED)


def handover_figures(row: Handover, sections: list[dict[str, Any]]) -> dict[str, Any]:
    """For ``paper/handover.html``; ``sections`` is what it carries, frozen or fresh.

    The journal's newest seal is printed: on paper, out of reach of whoever owns the database
    (journal/files/anchors.py).
    """
    crews = [
        {"label": _("Outgoing shift"), "people": _outgoing(row)},
        {"label": _("Incoming shift"), "people": _incoming(row)},
    ]
    signatures = [
        _signature(row, _("Hands over"), row.out_by, row.out_at),
        _signature(row, _("Takes over"), row.in_by, row.in_at),
    ]
    seal = Seal.objects.order_by("-number").first()
    return {
        "row": row, "sections": sections, "open": row.status in OPEN, "crews": crews, "signatures": signatures,
        "seal": seal,
    }  # fmt: skip


def _outgoing(row: Handover) -> list[dict[str, str]]:
    """Whoever answered just before the incoming shift took over, or answers now while it has not."""
    end = max(row.due_at, row.accepted_at) if row.accepted_at else now() if row.status in OPEN else row.due_at
    return [{"post": on.post_label, "name": on.person} for on in watch.on_duty([row.unit_id], end - watch.SOON)]


def _incoming(row: Handover) -> list[dict[str, str]]:
    """Whoever is booked when the incoming shift takes over: the roster with its overrides."""
    at = min(max(row.shift.during.lower, row.accepted_at or row.due_at), row.shift.during.upper - watch.SOON)
    booked = Stint.objects.filter(unit=row.unit_id, during__contains=at).select_related("person")
    people = {stint.post: stint.person.label for stint in booked}
    return [{"post": str(post.label), "name": people[post]} for post in DutyPost if post in people]


def _signature(row: Handover, label: str, person: Any, at: dt.datetime | None) -> dict[str, Any]:
    if person is None and row.settled_by is not None:
        return {"label": label, "person": row.settled_by, "how": _("settled it without a signature"),
                "at": row.accepted_at}  # fmt: skip
    return {"label": label, "person": person, "how": _("signed"), "at": at}


def log_figures(unit: Unit, rows: Iterable[CallLog], first: dt.date, last: dt.date, text: str) -> dict[str, Any]:
    """For ``paper/call_log.html``: the days [first, last] of a unit's book, the oldest first as a book is read."""
    entries = list(rows)
    for row in entries:
        row.remark = remark(row)  # type: ignore[attr-defined]
    return {"unit": unit, "rows": entries, "first": first, "last": last, "text": text}
