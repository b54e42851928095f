"""Timers of a warning: its parts begin and end, an update takes over, and with its last part the warning is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from database.clock import DatabaseNow, now
from early_warning.actions import succession
from early_warning.actions.lookup import one_at_a_time
from early_warning.models import Warning, WarningPart
from early_warning.rules.parts import gravity
from early_warning.states import WARNING
from journal import timers
from journal.models import Timer
from journal.states import move_many, tell
from journal.timers import Setting
from norms.selectors.automatic import by_rule

EXPIRES, BEGINS, ENDS, TAKES_OVER = (
    "warning.expires", "warning.part_begins", "warning.part_ends", "warning.takes_over",
)  # fmt: skip
Status = Warning.Status
RULE = "early_warning.time"


def set_clocks(warning: Warning) -> None:
    """One timer for each beginning and end to come. A new generation, because timers that were cancelled stay so."""
    subject, moment, played = WARNING.subject(warning), now(), warning.exercise
    lives = Timer.objects.filter(subject=subject, kind=EXPIRES).count()
    settings = [Setting(EXPIRES, subject, warning.expires, 0, lives, played)] if warning.expires else []
    for part in warning.parts.all():
        if part.effective and part.effective > moment:
            settings.append(Setting(BEGINS, subject, part.effective, part.number, lives, played))
        if part.expires and part.expires != warning.expires and not part.over_at:
            settings.append(Setting(ENDS, subject, part.expires, part.number, lives, played))
    timers.set_timers(settings)


def take_over_at(warning: Warning, moment: dt.datetime) -> None:
    """What this update replaces stays in force until then."""
    warning.takes_over_at = moment
    warning.save(update_fields=["takes_over_at"])
    timers.set_timers([Setting(TAKES_OVER, WARNING.subject(warning), moment, exercise=warning.exercise)])


def colour_of(parts: Iterable[WarningPart]) -> tuple[str, str] | None:
    """Colour and source of the gravest part in force; before any has begun, of those to come; at the end, of all."""
    parts = ours(parts)
    for state in ("in_force", "coming", "over"):
        found = [part for part in parts if part.state == state]
        if found:
            gravest = min(found, key=lambda part: gravity(part.colour))
            return gravest.colour, gravest.colour_source
    return None


def ours(parts: Iterable[WarningPart]) -> list[WarningPart]:
    """Those that name a unit of ours; all of them, when none does: what lies elsewhere colours nothing here."""
    parts = list(parts)
    return [part for part in parts if part.unit_count] or parts


@transaction.atomic
def expire(warning_ids: Sequence[int]) -> None:
    """By rule: Those whose time is over. A later expiry than the timer's means that the warning moved on."""
    by = by_rule(RULE)
    states = (Status.ACTIVE, Status.ELSEWHERE)
    rows = Warning.objects.filter(pk__in=warning_ids, status__in=states, expires__lte=DatabaseNow())
    over = succession.locked(rows)
    WarningPart.objects.filter(warning__in=over, over_at=None).update(over_at=DatabaseNow())
    move_many(WARNING, over, Status.EXPIRED, by=by, data=lambda row: {"ref": row.ref}, ended_at=DatabaseNow())
    succession.silence(over, by=by)


@transaction.atomic
def turn_parts(warning_ids: Sequence[int]) -> None:
    """By rule: Parts that have begun, and parts that are over, by the database's clock."""
    rows = Warning.objects.filter(pk__in=warning_ids, status__in=[Status.ACTIVE, Status.ELSEWHERE])
    for warning in succession.locked(rows):
        _turn(warning, by=by_rule(RULE))


def _turn(warning: Warning, *, by: Any) -> None:
    parts, moment = list(warning.parts.all()), now()
    before = _signal(parts)
    begun = [p for p in parts if p.begun_at is None and p.effective and p.effective <= moment]
    over = [p for p in parts if p.over_at is None and p.expires and p.expires <= moment]
    for part in begun:
        part.begun_at = moment
    for part in over:
        part.over_at = moment
    WarningPart.objects.bulk_update([*{p.pk: p for p in [*begun, *over]}.values()], ["begun_at", "over_at"])
    warning.colour, warning.colour_source = colour_of(parts) or ("", "none")
    warning.save(update_fields=["colour", "colour_source"])
    changed = before != _signal(parts)
    for verb, turned in (("warning.part_began", begun), ("warning.part_over", over)):
        for part in turned:
            data = {"ref": warning.ref, "part": part.number, "part_colour": part.colour,
                    "area": part.area_description[:80], "signal_changed": changed}  # fmt: skip
            tell(WARNING, warning, verb, by=by, data=data)


def _signal(parts: Sequence[WarningPart]) -> tuple[str, list[int]]:
    return signal_parts(parts)[0], [part.number for part in signal_parts(parts)[1]]


def signal_parts(parts: Sequence[WarningPart]) -> tuple[str, list[WarningPart]]:
    """What a warning says now: the gravest colour in force, and the parts of that colour."""
    in_force = [part for part in ours(parts) if part.state == "in_force"]
    if not in_force:
        return "", []
    colour = min((part.colour for part in in_force), key=gravity)
    return colour, [part for part in in_force if part.colour == colour]


@transaction.atomic
def take_over(warning_id: int) -> None:
    """By rule: The update begins: what it names and is still in force ends by it."""
    county = Warning.objects.filter(pk=warning_id).values_list("unit_id", flat=True).first()
    if county is None:
        return
    one_at_a_time(county)
    warning = next(iter(succession.locked(Warning.objects.filter(pk=warning_id))), None)
    if warning is None or warning.status != Status.ACTIVE or not warning.takes_over_at or warning.takes_over_at > now():
        return
    warning.takes_over_at = None
    warning.save(update_fields=["takes_over_at"])
    old = succession.locked(succession.named_in_database(warning.raw).filter(status=Status.ACTIVE))
    succession.end(old, warning.raw, by=by_rule(RULE))
