"""State tables of a plan's versions and revision items (docs/domain.md 7)."""

from __future__ import annotations

from journal.rules.subjects import subject_kinds
from journal.states import machine
from plans.cards import item_card, version_card
from plans.models import RevisionItem, Version

subject_kinds(
    plan="plans.Plan",
    version="plans.Version",
    revision_item="plans.RevisionItem",
    due="plans.Due",
)

V = Version.Status
R = RevisionItem.Status

VERSION = machine(
    kind="version",
    initial=V.DRAFT,
    moves={
        (V.DRAFT, V.IN_REVIEW): "version.submitted",
        (V.IN_REVIEW, V.DRAFT): "version.sent_back",
        (V.IN_REVIEW, V.APPROVED): "version.approved",
        (V.APPROVED, V.FILED): "version.filed",
        (V.APPROVED, V.SUPERSEDED): "version.superseded",
        (V.FILED, V.SUPERSEDED): "version.superseded",
    },
    card=version_card,
    path=lambda version: version.plan.unit.path,
)

REVISION_ITEM = machine(
    kind="revision_item",
    initial=R.OPEN,
    moves={(R.OPEN, R.ADOPTED): "revision_item.adopted", (R.OPEN, R.REJECTED): "revision_item.rejected"},
    card=item_card,
    path=lambda item: item.plan.unit.path,
)
