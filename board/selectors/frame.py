"""What the frame of every page shows: counters, running level, whose screen this is. At most three queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from board.selectors.assignments import LIVE, overdue, silent
from board.selectors.compose import number_of, one_row
from command.models import Incident
from command.selectors import incidents_visible_to
from org.models import Appointment, Person, Unit, in_language
from org.selectors import held_now


@dataclass(frozen=True)
class Stats:
    """``at`` is the database's present at which all of it held, ``seq`` the journal's cursor at that moment."""

    county: str
    post: str
    level: str
    response_level: str
    response_href: str
    silent: int
    overdue: int
    open_incidents: int
    at: dt.datetime
    seq: int


def frame_for(person: Person) -> Stats:
    """Three queries: the person's posts (jurisdiction), the leading one of them, and all figures at once."""
    incidents = incidents_visible_to(person).filter(status__in=LIVE, exercise=None)
    running = incidents.exclude(response_level="").order_by("response_level", "-pk")
    top = Unit.objects.filter(parent=None).order_by("path")
    row = one_row(
        silent=number_of(silent(person)),
        overdue=number_of(overdue(person)),
        open_incidents=number_of(incidents),
        level=running.values("response_level")[:1],
        running=running.values("pk")[:1],
        county=top.values("name")[:1],
        county_en=top.values("name_en")[:1],
    )
    unit, post = _place(person)
    return Stats(
        county=unit.label if unit else in_language(row["county"] or "", row["county_en"] or ""),
        post=post,
        level=unit.level if unit else "",
        response_level=row["level"] or "",
        response_href=f"/incidents/{row['running']}/" if row["running"] else "",
        silent=row["silent"] or 0,
        overdue=row["overdue"] or 0,
        open_incidents=row["open_incidents"] or 0,
        at=row["at"],
        seq=row["seq"],
    )


def _place(person: Person) -> tuple[Unit | None, str]:
    """The unit and the words of the person's highest post."""
    held = held_now(Appointment.objects.filter(person=person)).select_related("unit", "post").defer("unit__boundary")
    first = min(held, key=lambda a: (a.unit.path.count("."), a.role, a.post.rank), default=None)
    if first is None:
        return None, _("Administrator") if person.is_superuser else ""
    return first.unit, f"{first.unit.label} · {first.post.label}"


def running_incidents(person: Person) -> list[Incident]:
    """Open incidents for menus, the newest first."""
    rows = incidents_visible_to(person).filter(status__in=LIVE, exercise=None)
    return list(rows.defer("area", "point", "description").order_by("-pk")[:50])
