"""What the pages show, put together from selectors."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from command.models import Category, Scale
from early_warning import blocks, hazard_watch, languages, selectors, words
from early_warning.models import Feed, UnreadMessage, Warning
from journal.sentences import say
from org import capabilities
from org.jurisdiction import allowed
from org.models import Person

PER_PAGE = 50
Status = Warning.Status
VIEWS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "active": (pgettext_lazy("warning", "In force"), (Status.ACTIVE,)),
    "dismissed": (pgettext_lazy("warning", "Dismissed"), (Status.DISMISSED,)),
    "ended": (pgettext_lazy("warning", "Ended"), (Status.UPDATED, Status.CANCELLED, Status.EXPIRED)),
    "test": (pgettext_lazy("warning", "Tests"), tuple(Status.values)),
}
COLOURS = tuple(Warning.Colour.values)


def list_page(person: Person, query: QueryDict) -> dict[str, Any]:
    """``?status=active|dismissed|ended|test&colour=red…&page=N``; what is unknown counts as not given."""
    view = query.get("status") if query.get("status") in VIEWS else "active"
    colour = query.get("colour") if query.get("colour") in COLOURS else ""
    rows = selectors.listed(person).filter(test=view == "test", status__in=VIEWS[view][1])
    if colour:
        rows = rows.filter(colour=colour)
    counts = selectors.counts(person)
    return {
        "view": view,
        "colour": colour,
        "tabs": [_tab(key, counts, colour) for key in VIEWS],
        "colours": [(code, label, f"?status={view}&colour={code}") for code, label in Warning.Colour.choices],
        "every_colour": f"?status={view}",
        "page": Paginator(rows, PER_PAGE).get_page(query.get("page")),
    }


def _tab(key: str, counts: dict[str, int], colour: str) -> dict[str, Any]:
    label, statuses = VIEWS[key]
    count = counts["test"] if key == "test" else sum(counts[status] for status in statuses)
    return {"key": key, "label": label, "href": f"?status={key}{f'&colour={colour}' if colour else ''}", "count": count}


def detail_page(person: Person, warning_id: int) -> dict[str, Any]:
    warning = selectors.warning_for(person, warning_id)
    chain = selectors.chain(warning, person)
    townships = selectors.named_townships(warning, person)
    may_decide = allowed(person, capabilities.WARNING, warning.unit.path)
    open_for_incident = warning.status in (Status.ACTIVE, Status.EXPIRED) and not warning.test and not warning.incident
    return {
        "warning": warning,
        "chain": chain if len(chain) > 1 else [],
        "townships": townships,
        "approximate": any(township["unit"].boundary_approximate for township in townships),
        "notes": words.explain(warning.raw.notes),
        "history": history(warning, person),
        "at_risk": hazard_watch.at_risk(warning, person),
        "category": blocks.category_of(warning.infos),
        "categories": Category.choices,
        "grades": [("", _("Not graded")), *Scale.choices],
        "may_take_up": may_decide and open_for_incident and allowed(person, capabilities.INCIDENT, warning.unit.path),
        "may_dismiss": may_decide and warning.status == Status.ACTIVE,
        "may_reopen": may_decide and warning.status == Status.DISMISSED,
        "sent_as": sent_as(warning),
        "colour_source": words.COLOUR_SOURCES[warning.colour_source],
    }


MOST_UNREAD = 50
"""Of one platform on the page: whoever has more to look at attends to all of it, or downloads as they go."""


def platforms_page(person: Person) -> dict[str, Any]:
    """The platforms of the reader's counties, and what of each could not be read."""
    feeds = list(selectors.with_counts(selectors.feeds_visible_to(person)))
    return {
        "platforms": [_platform(feed, person) for feed in feeds],
        "waiting": sum(feed.waiting for feed in feeds),
    }


def _platform(feed: Feed, person: Person) -> dict[str, Any]:
    rows = selectors.unread_of(feed, MOST_UNREAD)
    return {
        "feed": feed,
        "may": allowed(person, capabilities.WARNING, feed.unit.path),
        "waits": [_unread(row) for row in rows if row.attended_at is None],
        "attended": [_unread(row) for row in rows if row.attended_at is not None][:5],
    }


def _unread(row: UnreadMessage) -> dict[str, Any]:
    fields = [(place, languages.said(text)) for place, texts in row.fields.items() for text in texts]
    return {
        "row": row,
        "why": languages.said(row.detail),
        "short": words.UNREAD.get(row.code, row.code),
        "fields": fields[:5],
        "more": max(0, len(fields) - 5),
        "kept": bool(row.sha256),
        "warning": getattr(row.raw, "warning", None) if row.raw_id else None,
    }


def sent_as(warning: Warning) -> list[tuple[Any, Any]]:
    """CAP's own scales, which are none of our four, as (name, word) in the reader's language."""
    return [
        (_("Severity"), words.CAP["severity"][warning.severity]),
        (_("Urgency"), words.CAP["urgency"][warning.urgency]),
        (_("Certainty"), words.CAP["certainty"][warning.certainty]),
        (pgettext("CAP", "Scope"), words.CAP["scope"][warning.scope]),
    ]


def history(warning: Warning, person: Person) -> list[dict[str, Any]]:
    """The journal's events of this warning, the newest first."""
    events = selectors.events_of(warning, person)
    return [{"at": event.at, "text": say(event.verb, event.by_name, event.data, event.card)} for event in events]
