"""A version on its way into force: sent for approval, sent back, approved, filed, superseded by the next."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from database.clock import now
from journal.actions.recording import Actor
from journal.states import check, locked, move
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from org.models import Person
from org.rules import capabilities
from plans.actions import dues
from plans.actions.lookup import state_of, version_for
from plans.files.documents import document_of
from plans.models import Due, Version
from plans.rules.problems import Refused
from plans.selectors.checking import hindrances
from plans.selectors.people import writers_and_approvers
from plans.selectors.plans import in_force, open_items
from plans.states import VERSION
from web.errors import Conflict, Invalid

V = Version.Status
DOCUMENT_LIMIT = 80


def _words(text: str, field: str, limit: int) -> str:
    text = text.strip()
    if not text or len(text) > limit:
        raise Invalid.field(field, _("Fill this in, with at most %(limit)s characters.") % {"limit": limit})
    return text


def _refuse_unsound(version: Version) -> None:
    if problems := hindrances(document_of(version), version.plan.unit):
        raise Refused(problems)


@transaction.atomic
def submit(version_id: int, *, by: Actor) -> Version:
    """Send a draft for approval; whoever approves the unit's plans is told. Refused, by place, while anything is wrong
    with it; IllegalMove for anything but a draft.
    """
    version = version_for(version_id, by=by, capability=capabilities.PLAN)
    check(VERSION, version, V.IN_REVIEW)
    _refuse_unsound(version)
    move(VERSION, version, V.IN_REVIEW, by=by, generation=version.generation + 1)
    notify.settle([f"version:{version.pk}"], by=by)
    _writers, approvers = writers_and_approvers(version.plan.unit)
    _tell(version, approvers, "plan.to_approve", by)
    return version


@transaction.atomic
def send_back(version_id: int, *, by: Actor, reason: str) -> Version:
    """Give a version in review back to its writers, as a draft again. Whoever wrote it may take it back as well."""
    version = version_for(version_id, by=by, capability=capabilities.PLAN)
    check(VERSION, version, V.DRAFT)
    reason = _words(reason, "reason", 300)
    move(VERSION, version, V.DRAFT, by=by, data={"reason": reason}, generation=version.generation + 1)
    notify.settle([f"version:{version.pk}"], by=by)
    people = [version.created_by_id] if version.created_by_id else []
    _tell(version, people, "plan.sent_back", by, reason=reason)
    return version


def _tell(version: Version, people: list[int], code: str, by: Actor, **data: str) -> None:
    plan = version.plan
    own = by.pk if isinstance(by, Person) else None
    told: dict[str, Any] = {"plan": names(plan), "number": str(version.number), **data}
    notify.send_all(
        [
            Notice(person, code, f"version:{version.pk}", plan.unit.path, data=told, url=f"/plans/{plan.code}/")
            for person in people
            if person != own
        ],
        by=by,
    )


@transaction.atomic
def approve(version_id: int, *, by: Actor, document: str) -> Version:
    """Put a version in review in force, by the number of the approving document; the one before is superseded.

    Refused, by place, when it is no longer sound (a post may have fallen vacant since); IllegalMove for anything but
    a version in review. Its review and drill are due from now on, and its filing receipt.
    """
    version = version_for(version_id, by=by, capability=capabilities.PLAN_APPROVAL)
    check(VERSION, version, V.APPROVED)
    document = _words(document, "document", DOCUMENT_LIMIT)
    _refuse_unsound(version)
    before = in_force(version.plan.versions.all()).values_list("pk", flat=True).first()
    if before is not None:
        older = locked(Version.objects.all(), pk=before)
        older.plan = version.plan
        move(VERSION, older, V.SUPERSEDED, by=by, generation=older.generation + 1)
    move(
        VERSION, version, V.APPROVED, by=by, document=document, approved_at=now(),
        approved_by=by if isinstance(by, Person) else None, generation=version.generation + 1,
    )  # fmt: skip
    notify.settle([f"version:{version.pk}"], by=by)
    dues.begin(version.plan, timezone.localdate(version.approved_at), by=by)
    return version


@transaction.atomic
def file(version_id: int, *, by: Actor, receipt: str) -> Version:
    """Record the filing receipt of the version in force.

    Conflict, with the open ones, while any revision item of the plan is unanswered (docs/domain.md 7); IllegalMove for
    anything but an approved version.
    """
    version = version_for(version_id, by=by, capability=capabilities.PLAN)
    check(VERSION, version, V.FILED)
    receipt = _words(receipt, "receipt", DOCUMENT_LIMIT)
    unanswered = list(open_items(version.plan).values_list("pk", flat=True))
    if unanswered:
        message = _("This plan has open revision items: answer each of them before it is filed.")
        raise Conflict(message, current={**state_of(version), "open_items": unanswered}, code="open_items")
    move(VERSION, version, V.FILED, by=by, receipt=receipt, filed_at=now(), generation=version.generation + 1)
    dues.close(version.plan, Due.What.FILING, timezone.localdate(version.filed_at), by=by, note=receipt)
    return version
