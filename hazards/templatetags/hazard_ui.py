"""Template filters and tags of hazards: kinds, grades, states, deadlines in days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hazards.models import Deadline, Hazard
from hazards.rules.words import Closure, Grade, Kind
from hazards.screens.asked import SHORT
from norms.rules.deadlines import day_of

register = template.Library()
SOON = 3
"""Days from which a deadline is shown as near."""


@register.filter
def kind_word(code: str) -> str:
    return str(Kind(code).label)


@register.filter
def what_word(code: str) -> str:
    return str(Deadline.What(code).label)


@register.simple_tag
def grade_mark(grade: str | None, listed: bool = False) -> SafeString:
    """Shape and word: a triangle for a major hazard, a circle for a general one, nothing yet for neither."""
    if not grade:
        return format_html('<span class="muted nowrap">{}</span>', _("not graded"))
    major = grade == Grade.MAJOR
    shape = format_html(
        '<svg class="level-shape" aria-hidden="true"><use href="{}#level-{}"></use></svg>',
        static("img/icons.svg"),
        "II" if major else "IV",
    )
    word = format_html(
        '<span class="level grade-{} lv-{}">{}<span>{}</span></span>',
        grade,
        "II" if major else "IV",
        shape,
        Grade(grade).label,
    )
    tag = format_html(' <span class="tag tag-warn">{}</span>', _("listed")) if listed else ""
    return format_html("{}{}", word, tag)


@register.simple_tag
def state_mark(status: str, closure: str | None = "") -> SafeString:
    """The state as the work that it waits for; a closed one says how it was closed."""
    word = SHORT[Hazard.Status(status)]
    if status == Hazard.Status.CLOSED and closure == Closure.OTHERWISE:
        word = Closure.OTHERWISE.label
    return format_html('<span class="hz-state hz-{}">{}</span>', status, word)


@register.simple_tag
def due_in(due: dt.datetime | None, at: dt.datetime) -> SafeString:
    """``3 days`` with the date; past it ``+3 days``. Whole days in Beijing, as deadlines are counted."""
    if due is None:
        return format_html('<span class="muted">–</span>')
    days = (day_of(due) - day_of(at)).days
    late = due < at
    words = _days(days, late)
    tone = "over" if late else "soon" if days <= SOON else "calm"
    day = timezone.localtime(due)
    return format_html(
        '<span class="due-in due-{}"><b>{}</b> <time class="num-left" datetime="{}">{}</time></span>',
        tone,
        words,
        day.isoformat(timespec="seconds"),
        f"{day:%m-%d}" if day.year == timezone.localtime(at).year else f"{day:%Y-%m-%d}",
    )


def _days(days: int, late: bool) -> str:
    if late:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", max(1, -days)) % {"n": max(1, -days)}
    if days == 0:
        return _("today")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


@register.filter
def percent(value: int | None) -> str:
    return "–" if value is None else f"{value}%"


@register.filter
def points(hazard: Any) -> str:
    """``27.61920, 119.06510``: latitude first, as maps and people say it."""
    return f"{hazard.point.y:.5f}, {hazard.point.x:.5f}"
