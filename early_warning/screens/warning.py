"""View-models of the warnings' pages, made from selectors."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from command.models import Category, Scale
from early_warning.models import Feed, Question, UnreadMessage, Warning
from early_warning.rules import blocks, languages, words
from early_warning.selectors import hazard_watch, standing, warnings
from journal.rules.world import REAL, World
from journal.sentences import say
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from plans.rules.events import EVENTS

PER_PAGE = 50
MOST_QUESTIONS = 100
"""Shown at once: each waits for a person, and those left out follow as these are decided."""
Status = Warning.Status
VIEWS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "active": (pgettext_lazy("warning", "In force"), (Status.ACTIVE,)),
    "decide": (pgettext_lazy("warning", "To decide"), (Status.HELD,)),
    "unclassified": (pgettext_lazy("warning", "Unclassified"), (Status.ACTIVE,)),
    "elsewhere": (pgettext_lazy("warning", "Neighbours': read and filed"), (Status.ELSEWHERE,)),
    "dismissed": (pgettext_lazy("warning", "Dismissed"), (Status.DISMISSED,)),
    "ended": (pgettext_lazy("warning", "Ended"), (Status.UPDATED, Status.CANCELLED, Status.EXPIRED, Status.REJECTED)),
    "test": (pgettext_lazy("warning", "Tests"), tuple(Status.values)),
}
COLOURS = tuple(Warning.Colour.values)


def list_page(person: Person, query: QueryDict, world: World = REAL) -> dict[str, Any]:
    """``?status=active|dismissed|ended|test&colour=red…&page=N``; what is unknown counts as not given."""
    view, colour = query.get("status", ""), query.get("colour", "")
    view, colour = view if view in VIEWS else "active", colour if colour in COLOURS else ""
    rows = warnings.listed(person, world).filter(test=view == "test", status__in=VIEWS[view][1])
    rows = rows.filter(event_kind="") if view == "unclassified" else rows
    rows = rows.order_by(warnings.BY_ORIGIN, *rows.query.order_by) if view == "active" else rows
    if colour:
        rows = rows.filter(colour=colour)
    counts = warnings.counts(person, world)
    questions = warnings.open_questions(person, world) if view == "decide" else Question.objects.none()
    return {
        "questions": [question_shown(question, person) for question in questions[:MOST_QUESTIONS]],
        "view": view,
        "colour": colour,
        "tabs": [_tab(key, counts, colour) for key in VIEWS],
        "colours": [(code, label, f"?status={view}&colour={code}") for code, label in Warning.Colour.choices],
        "every_colour": f"?status={view}",
        "page": Paginator(rows, PER_PAGE).get_page(query.get("page")),
    }


def _tab(key: str, counts: dict[str, int], colour: str) -> dict[str, Any]:
    label, statuses = VIEWS[key]
    count = counts[key] if key in ("test", "decide", "unclassified") else sum(counts[status] for status in statuses)
    return {"key": key, "label": label, "href": f"?status={key}{f'&colour={colour}' if colour else ''}", "count": count}


def detail_page(person: Person, warning_id: int) -> dict[str, Any]:
    warning = warnings.warning_for(person, warning_id)
    chain = warnings.chain(warning, person)
    townships = warnings.named_townships(warning, person)
    parts = parts_shown(warning, townships)
    may_decide = allowed(person, capabilities.WARNING, warning.unit.path)
    current = warning.status in (Status.ACTIVE, Status.EXPIRED)
    open_for_incident = current and not warning.test and not warning.incident
    return {
        "warning": warning,
        "chain": chain if len(chain) > 1 else [],
        "parts": parts,
        "questions": [question_shown(question, person) for question in warnings.questions_about(warning, person)],
        "taking_over": warnings.taking_over(warning, person),
        "gives_way": standing.gives_way(warning),
        "blocks": [block_shown(block) for block in warning.blocks],
        "other_blocks": [block_shown(block) for block in warning.infos if block not in warning.blocks],
        "townships": townships,
        "approximate": any(township["unit"].boundary_approximate for township in townships),
        "notes": words.explain(warning.raw.notes),
        "history": history(warning, person),
        "at_risk": hazard_watch.at_risk(warning, person),
        "category": blocks.category_of(warning.infos),
        "categories": Category.choices,
        "grades": [("", _("Not graded")), *Scale.choices],
        "may_classify": may_decide and warning.status == Status.ACTIVE and not warning.test,
        "event_kinds": list(EVENTS.values()),
        "may_take_up": may_decide and open_for_incident and allowed(person, capabilities.INCIDENT, warning.unit.path),
        "may_dismiss": may_decide and warning.status == Status.ACTIVE,
        "may_reopen": may_decide and warning.status == Status.DISMISSED,
        "lead_acts": may_decide
        and (
            open_for_incident
            or warning.status == Status.DISMISSED
            or (warning.status == Status.ACTIVE and not warning.incident)
        ),
        "whole_county": any(part["part"].whole_county for part in parts),
        "sent_as": sent_as(warning),
        "colour_source": words.COLOUR_SOURCES[warning.colour_source],
    }


MOST_UNREAD = 50
"""Of one platform on the page: whoever has more to look at attends to all of it, or downloads as they go."""


def platforms_page(person: Person) -> dict[str, Any]:
    """The platforms of the reader's counties, and what of each could not be read."""
    feeds = list(warnings.with_counts(warnings.feeds_visible_to(person)))
    return {
        "platforms": [_platform(feed, person) for feed in feeds],
        "waiting": sum(feed.waiting for feed in feeds),
    }


def _platform(feed: Feed, person: Person) -> dict[str, Any]:
    rows = warnings.unread_of(feed, MOST_UNREAD)
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


def parts_shown(warning: Warning, townships: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each part with its state in words and the townships that the reader may see in it."""
    found = []
    for part in warning.parts.defer("area"):
        inside = [one["unit"] for one in townships if any(p.number == part.number for p in one["parts"])]
        found.append({
            "part": part,
            "state": words.PART_STATES[part.state],
            "townships": inside,
            "severity": words.CAP["severity"][part.severity],
            "urgency": words.CAP["urgency"][part.urgency],
            "certainty": words.CAP["certainty"][part.certainty],
        })  # fmt: skip
    return found


def block_shown(block: dict[str, Any]) -> dict[str, Any]:
    """An info block with its responses in words, and only such links as a page may open."""
    resources = [{**one, "uri": safe_link(one.get("uri", ""))} for one in block.get("resources", ())]
    responses = [words.CAP["response"].get(code, code) for code in block.get("responses", ())]
    said = ("description", "instruction", "sender_name", "contact", "web")
    silent = not (responses or resources or any(block[name] for name in said))
    return {**block, "silent": silent, "responses": responses, "resources": resources, "web": safe_link(block["web"]),
            "web_text": block["web"]}  # fmt: skip


def safe_link(address: str) -> str:
    """The address of a stranger, if it is a web page; anything else (javascript:, data:) is text only."""
    return address if address.lower().startswith(("https://", "http://")) else ""


def question_shown(question: Question, person: Person) -> dict[str, Any]:
    """A question with its reasons in words, the warnings to choose from, and whether the reader may decide."""
    concerns = list(question.concerns.all())
    standing_ones = [warning for warning in concerns if warning.status == Status.ACTIVE]
    own = getattr(question.raw, "warning", None)
    is_open = question.status == Question.Status.OPEN
    return {
        "question": question,
        "own": own,
        "message_kind": words.CAP["kind"].get(question.raw.kind, question.raw.kind),
        "concerns": concerns,
        "choices": standing_ones,
        "one": len(standing_ones) == 1 and question.kind != Question.Kind.CONTRADICTION,
        "reasons": words.explain(question.reasons),
        "open": is_open,
        "may_decide": is_open and allowed(person, capabilities.WARNING, question.unit.path),
    }


def page_of(question: Question) -> str:
    """Where one goes after deciding: the warning that the message makes or, of a cancel, the first it concerns."""
    own = getattr(question.raw, "warning", None) or question.concerns.order_by("pk").first()
    return reverse("warnings:detail", args=[own.pk]) if own else f"{reverse('warnings:list')}?status=decide"


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
    events = warnings.events_of(warning, person)
    return [{"at": event.at, "text": say(event.verb, event.by_name, event.data, event.card)} for event in events]
