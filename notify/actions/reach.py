"""Rules of reach: added, changed, taken away, restored. A rule by which an alarm would be silent is refused. Messages
that are queued keep their channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from journal.actions.recording import Actor, record
from notify.models import ReachRule
from notify.rules import default_reach
from notify.rules.reach import falls_back_on, fault_of
from notify.rules.words import COLOURS, MESSAGES, channels_words
from org.models import Person, Unit
from org.rules.capabilities import REGISTER
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Conflict, Forbidden, Invalid, NotFound

SET = "set by the county"


@transaction.atomic
def add_rule(
    prefix: str, colour: str, channels: Sequence[str], *, by: Actor, alarm: bool = True, asked: str = "message"
) -> ReachRule:
    """A rule for messages whose code begins with ``prefix``, of this colour. Conflict where there is one already."""
    county = _county(by)
    unknown = {"prefix": prefix not in MESSAGES, "colour": bool(colour) and colour not in COLOURS,
               "asked": asked not in ReachRule.Asked.values}  # fmt: skip
    if any(unknown.values()):
        complaint = _("There is no such choice.")
        raise Invalid(_("Some fields need attention."), fields={n: [complaint] for n, bad in unknown.items() if bad})
    _check(channels, alarm)
    known = ReachRule.objects.filter(prefix=prefix, colour=colour, alarm=alarm, asked=asked).first()
    if known is not None:
        words = _("There is such a rule already: %(channels)s.") % {"channels": channels_words(known.channels)}
        raise Conflict(words, current=_told(known))
    row = ReachRule.objects.create(
        prefix=prefix, colour=colour, alarm=alarm, asked=asked, channels=list(channels), source=SET
    )
    record("reach.added", f"reach_rule:{row.pk}", county.path, by=by, data=_told(row))
    return row


@transaction.atomic
def change_rule(rule_id: int, channels: Sequence[str], *, by: Actor, seen: Sequence[str] | None = None) -> ReachRule:
    """Other channels, in turn. ``seen``: those from which the change was decided; Conflict where they have changed."""
    county = _county(by)
    row = _rule(rule_id)
    if seen is not None and list(seen) != row.channels:
        words = _("Somebody else has changed this rule: %(channels)s.") % {"channels": channels_words(row.channels)}
        raise Conflict(words, current=_told(row))
    _check(channels, row.alarm)
    before = list(row.channels)
    if before != list(channels):
        row.channels = list(channels)
        kept = default_reach.default_channels(row.prefix, row.colour, alarm=row.alarm, asked=row.asked)
        row.source = default_reach.SOURCE if kept == row.channels else SET
        row.save(update_fields=["channels", "source"])
        data = {**_told(row), "before": before}
        record("reach.changed", f"reach_rule:{row.pk}", county.path, by=by, data=data)
    return row


@transaction.atomic
def remove_rule(rule_id: int, *, by: Actor) -> None:
    """What it was about follows the next rule that fits. Invalid for the two on which every alarm falls back."""
    county = _county(by)
    row = _rule(rule_id)
    if falls_back_on(row):
        raise Invalid(_("Alarms would be silent: every alarm without a rule of its own goes by this one."))
    ReachRule.objects.filter(pk=row.pk).delete()
    record("reach.removed", f"reach_rule:{rule_id}", county.path, by=by, data=_told(row))


@transaction.atomic
def restore_rules(*, by: Actor) -> int:
    """The rules that the county began with, in place of all others; returns how many. The event keeps those."""
    county = _county(by)
    before = list(ReachRule.objects.all())
    ReachRule.objects.all().delete()
    made = ReachRule.objects.bulk_create(ReachRule(**row) for row in default_reach.rows())
    data = {"before": [_told(row) for row in before]}
    record("reach.restored", f"unit:{county.pk}", county.path, by=by, data=data)
    return len(made)


def _county(by: Actor) -> Unit:
    """The county whose rules they are, locked: one change at a time. Forbidden to whoever keeps another register."""
    counties = Unit.objects.filter(level=Unit.Level.COUNTY, active=True).defer("boundary").order_by("path")
    county = counties.select_for_update(no_key=True).first()
    if county is None:
        raise NotFound
    if isinstance(by, Person) and not jurisdiction_of(by).allows(REGISTER, county.path):
        raise Forbidden(_("The rules of reach belong to the county."))
    return county


def _rule(rule_id: int) -> ReachRule:
    row = ReachRule.objects.select_for_update().filter(pk=rule_id).first()
    if row is None:
        raise NotFound
    return row


def _check(channels: Sequence[str], alarm: bool) -> None:
    if fault := fault_of(channels, alarm=alarm):
        raise Invalid.field("channels", fault)


def _told(row: ReachRule) -> dict[str, Any]:
    return {"prefix": row.prefix, "colour": row.colour, "alarm": row.alarm, "asked": row.asked,
            "channels": list(row.channels)}  # fmt: skip
