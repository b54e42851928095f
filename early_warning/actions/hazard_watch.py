"""An orange or red warning over open hazards: they are looked at again, and the people at risk are listed
(docs/domain.md 6).

One order a warning, to whoever keeps the tickets of each responsible unit, so that silence climbs as with any order;
whoever leads or is responsible for a rectification is told too. It is the machine's doing by rule, at once and at any
hour, and is told so: the order stands in nobody's name, and whoever orders in the county may call it off.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from command.actions import order_by_rule
from command.models import Order
from command.selectors import ladders
from database.clock import now
from early_warning.models import Question, Warning
from early_warning.rules.parts import cut
from early_warning.selectors import standing
from early_warning.selectors.hazard_watch import COLOURS, inside
from hazards.actions import order_reinspections
from hazards.models import Hazard
from journal.models import Event
from norms.rules.posts import DESK
from norms.selectors.automatic import by_rule
from web.languages import in_both

REASONS = {"red": gettext_lazy("the red warning %(ref)s"), "orange": gettext_lazy("the orange warning %(ref)s")}
NAMED_IN_TEXT = 20
"""Tickets whose numbers stand in the order's text; the warning's page lists all."""
RULE = "early_warning.look_again"
ORDERED = "hazard.reinspection_ordered"
CAUSES = ("warning.received", "warning.accepted", "warning.part_began", "warning.questioned")
WEIGHED = ("question.accepted", "question.rejected", "question.lapsed")
"""The events that have hazards looked at again."""


def look_again(warning: Warning, cause: int) -> list[Hazard]:
    """Have the open hazards inside looked at again; those told come back, empty where there is nothing to do.

    ``cause`` is the event that brought the warning. A ticket is ordered once for a warning and all its updates.
    """
    if warning.test or warning.status != Warning.Status.ACTIVE or warning.colour not in COLOURS:
        return []
    if (warning.expires and warning.expires <= now()) or standing.gives_way(warning):
        return []
    rows = list(inside(warning).exclude(pk__in=_told(warning)).select_related("owner").defer("owner__boundary"))
    if not rows:
        return []
    order = _order(warning, rows)
    reason = in_both(REASONS[warning.colour], ref={"zh": warning.ref, "en": warning.ref})
    called = {line.person_id for line in order.lines if line.person_id} if order else set()
    by = by_rule(RULE, ladder=order.ladder if order else None)
    return order_reinspections([row.pk for row in rows], by=by, reason=reason, cause=cause, called=called)


def _told(warning: Warning) -> set[int]:
    """Tickets that this warning, or one that it replaced, has had looked at again."""
    earlier, wave = {warning.pk}, {warning.raw_id}
    while wave:
        found = Warning.objects.filter(ended_by__in=wave).exclude(pk__in=earlier).values_list("pk", "raw_id")
        wave = {raw for pk, raw in found if not earlier.add(pk)}  # type: ignore[func-returns-value]
    causes = Event.objects.filter(verb__in=CAUSES, subject__in=[f"warning:{pk}" for pk in earlier])
    asked = Event.objects.filter(verb__in=WEIGHED, subject__in=_question_subjects(earlier))
    seqs = [*causes.values_list("seq", flat=True), *asked.values_list("seq", flat=True)]
    told = Event.objects.filter(verb=ORDERED, cause__in=seqs)
    return {int(subject.partition(":")[2]) for subject in told.values_list("subject", flat=True)}


def _question_subjects(warnings: set[int]) -> list[str]:
    return [f"question:{pk}" for pk in Question.objects.filter(concerns__in=warnings).values_list("pk", flat=True)]


def _order(warning: Warning, rows: Sequence[Hazard]) -> Order | None:
    """None where nobody keeps the tickets of these units: then the messages alone go out."""
    with translation.override(settings.LANGUAGE_CODE):
        text = _text(warning, rows)
    owners = list({row.owner_id: row.owner for row in rows}.values())
    return order_by_rule(
        by=by_rule(RULE, ladder=ladders.in_force(warning.colour).data),
        unit=warning.unit,
        incident=warning.incident,
        text=text,
        units=owners,
        posts=sorted(set(DESK.values())),
        ladder=warning.colour,
        exercise=warning.exercise,
    )


def _text(warning: Warning, rows: Sequence[Hazard]) -> str:
    people = sum(row.people_at_risk for row in rows)
    gravest = sorted(rows, key=lambda row: (-row.people_at_risk, row.pk))[:NAMED_IN_TEXT]
    refs = pgettext("between words of a list", ", ").join(row.ref for row in gravest)
    said = _(
        "%(warning)s %(headline)s: look again at every open hazard of yours inside it, move the people at risk where"
        " there is danger, and report. %(n)s hazards, %(people)s people at risk: %(refs)s"
    ) % {
        "warning": warning.ref,
        "headline": cut(warning.headline, 200),
        "n": len(rows),
        "people": people,
        "refs": refs,
    }
    return said if len(rows) <= NAMED_IN_TEXT else said + "…"
