"""Revision items: every problem found must change the plan, or be answered (docs/domain.md 7)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import now
from journal.actions.recording import Actor
from journal.states import check, move, tell
from org.models import Person
from org.rules import capabilities
from plans.actions.lookup import item_for, seen_plan
from plans.models import RevisionItem, Version
from plans.rules.words import Source
from plans.selectors.plans import IN_WORK
from plans.states import REVISION_ITEM
from web.errors import Conflict, Invalid

TEXT_LIMIT = 500


def _text(text: str, field: str) -> str:
    text = text.strip()
    if not text or len(text) > TEXT_LIMIT:
        raise Invalid.field(field, _("Fill this in, with at most %(limit)s characters.") % {"limit": TEXT_LIMIT})
    return text


@transaction.atomic
def raise_item(plan_id: int, *, by: Actor, source: str, text: str, subject: str = "") -> RevisionItem:
    """Say why a plan must change. Whoever reads a plan may: a township of the county's plan too.

    ``subject``: "incident:5" or "drill:2", where it showed. From now on the plan cannot be filed until it is answered.
    """
    plan = seen_plan(plan_id, by=by)
    if source not in Source.values:
        raise Invalid.field("source", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Source.values)})
    if len(subject) > 40:
        raise Invalid.field("subject", _("At most %(limit)s characters.") % {"limit": 40})
    item = RevisionItem.objects.create(
        plan=plan, source=source, subject=subject, text=_text(text, "text"),
        raised_by=by if isinstance(by, Person) else None,
    )  # fmt: skip
    tell(REVISION_ITEM, item, "revision_item.raised", by=by)
    return item


@transaction.atomic
def answer_item(item_id: int, *, by: Actor, decision: str, answer: str) -> RevisionItem:
    """Adopt an item or not, with what was done or why not. An adopted one names the version that it changed: the one
    in work, else one begun after the item was raised; Conflict when there is none yet.
    """
    item = item_for(item_id, by=by, capability=capabilities.PLAN)
    decisions = (RevisionItem.Status.ADOPTED, RevisionItem.Status.REJECTED)
    if decision not in decisions:
        raise Invalid.field("decision", _("Choose one of: %(choices)s.") % {"choices": ", ".join(decisions)})
    check(REVISION_ITEM, item, decision)
    answer = _text(answer, "answer")
    version = _changed_by(item) if decision == RevisionItem.Status.ADOPTED else None
    move(
        REVISION_ITEM, item, decision, by=by, answer=answer, answered_at=now(), answered_in=version,
        answered_by=by if isinstance(by, Person) else None, generation=item.generation + 1,
    )  # fmt: skip
    return item


def _changed_by(item: RevisionItem) -> Version:
    versions = item.plan.versions.order_by("-number")
    found = versions.filter(status__in=IN_WORK).first() or versions.filter(created_at__gte=item.raised_at).first()
    if found is None:
        message = _("An adopted item must change the plan: begin a new version first.")
        raise Conflict(message, current={"id": item.pk, "status": item.status}, code="no_new_version")
    return found
