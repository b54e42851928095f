"""The life of a warning. Its sender ends it by an update or a cancel, its clock by expiry, an officer by dismissing
it. An update that cannot be in force is held until somebody decides; a warning of elsewhere is only kept.
"""

from __future__ import annotations

from early_warning.cards import card_of, no_card
from journal.rules.subjects import subject_kinds
from journal.states import machine

subject_kinds(
    warning="early_warning.Warning",
    question="early_warning.Question",
    feed="early_warning.Feed",
    cap_message="early_warning.RawMessage",
)

WARNING = machine(
    kind="warning",
    initial="active",
    begins=("held", "elsewhere"),
    moves={
        ("active", "updated"): "warning.updated",
        ("active", "cancelled"): "warning.cancelled",
        ("active", "expired"): "warning.expired",
        ("active", "dismissed"): "warning.dismissed",
        ("dismissed", "active"): "warning.reopened",
        ("held", "active"): "warning.accepted",
        ("held", "rejected"): "warning.rejected",
        ("held", "updated"): "warning.updated",
        ("held", "cancelled"): "warning.cancelled",
        ("elsewhere", "updated"): "warning.updated",
        ("elsewhere", "cancelled"): "warning.cancelled",
        ("elsewhere", "expired"): "warning.expired",
    },
    card=card_of,
    path=lambda warning: warning.unit.path,
    root=lambda warning: f"incident:{warning.incident_id}" if warning.incident_id else "",
)

QUESTION = machine(
    kind="question",
    initial="open",
    moves={
        ("open", "accepted"): "question.accepted",
        ("open", "rejected"): "question.rejected",
        ("open", "lapsed"): "question.lapsed",
    },
    card=no_card,
    path=lambda question: question.unit.path,
    exercise=lambda question: question.raw.exercise,
)
