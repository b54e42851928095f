"""What the frame of every page shows: counters, running level, whose screen this is. At most three queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from board.selectors.assignments import LIVE, overdue, silent
from board.selectors.compose import answers, number_of
from command.selectors.levelling import GRAVEST_LEVEL_FIRST
from command.selectors.visible import incidents_visible_to
from journal.models import Epoch
from journal.rules.world import REAL, World
from org.models import Appointment, Person, Unit, in_language
from org.selectors.register import held_now


@dataclass(frozen=True)
class Stats:
    """``at`` is the database's present at which all of it held, ``seq`` the journal's cursor at that moment, ``epoch``
    the one that it counts in (journal/actions/epochs.py).
    """

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
    epoch: str


def frame_for(person: Person, world: World = REAL) -> Stats:
    """Three queries: the person's posts (jurisdiction), the leading one of them, and all figures at once."""
    row = _figures(person, world)
    unit, level, post = _place(person)
    return Stats(
        county=unit or in_language(row["county"] or "", row["county_en"] or ""),
        post=post,
        level=level,
        response_level=row["level"] or "",
        response_href=f"/incidents/{row['running']}/" if row["running"] else "",
        silent=row["silent"] or 0,
        overdue=row["overdue"] or 0,
        open_incidents=row["open_incidents"] or 0,
        at=row["at"],
        seq=row["seq"],
        epoch=row["epoch"],
    )


def _figures(person: Person, world: World) -> dict[str, Any]:
    incidents = incidents_visible_to(person).filter(world.rows(), status__in=LIVE)
    running = incidents.exclude(response_level="").order_by(GRAVEST_LEVEL_FIRST, "-pk")
    top = Unit.objects.filter(parent=None).order_by("path")
    return answers(
        silent=number_of(silent(person, world=world)),
        overdue=number_of(overdue(person, world=world)),
        open_incidents=number_of(incidents),
        level=running.values("response_level")[:1],
        running=running.values("pk")[:1],
        county=top.values("name")[:1],
        county_en=top.values("name_en")[:1],
        epoch=Epoch.objects.order_by("-id").annotate(text=Cast("code", TextField())).values("text")[:1],
    )


def _place(person: Person) -> tuple[str, str, str]:
    """The unit of the person's highest post, its level, and the words of both."""
    held = held_now(Appointment.objects.filter(person=person)).values_list(
        "unit__path", "role", "post__rank", "unit__level", "unit__name", "unit__name_en", "post__name", "post__name_en"
    )
    first = min(held, key=lambda post: (post[0].count("."), *post[1:3]), default=None)
    if first is None:
        return "", "", _("Administrator") if person.is_superuser else ""
    unit, post = in_language(*first[4:6]), in_language(*first[6:8])
    return unit, first[3], f"{unit} · {post}"
