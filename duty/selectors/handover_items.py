"""What a handover carries of duty and of norms: superiors' calls without a reply, papers to be signed, leaders away,
who is on leave."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from duty.models import CallLog, Leave
from duty.rules.spans import span
from duty.selectors.gather import Item, first_of, gatherer
from duty.selectors.leaders import Leader, leaders_of, words_of
from duty.selectors.superiors import unanswered
from journal.rules.world import REAL
from norms.models import OfficialPaper
from norms.selectors.papers import first_signers, with_parts
from org.cards import names
from org.models import Person, Unit
from org.selectors.jurisdiction import under
from web.languages import in_both

AHEAD = dt.timedelta(days=1)
"""A shift's length: what begins later is the next handover's."""


@gatherer("replies", _("Superiors' calls without a reply"), order=70)
def replies(unit: Unit) -> list[Item]:
    rows = unanswered(CallLog.objects.filter(unit=unit)).order_by("reply_due_at", "pk")
    return first_of(rows, _call, rest=f"{reverse('duty:log')}?unit={unit.code}")


def _call(row: CallLog) -> Item:
    return Item(
        subject=f"call:{row.pk}",
        title=" ".join(filter(None, [row.caller_unit, row.caller_name])) or "–",
        detail=row.content[:200],
        url=f"{reverse('duty:log')}?unit={row.unit.code}",
        due_at=row.reply_due_at,
    )


@gatherer("papers", _("Official papers that wait for a signature"), order=72)
def papers(unit: Unit) -> list[Item]:
    """Drafts of the unit and of whatever lies under it, the longest overdue first, with who must sign them now."""
    rows = OfficialPaper.objects.filter(REAL.rows(), under(unit.path), status=OfficialPaper.Status.DRAFTED)
    signers: dict[tuple[int, int | None, str], list[Person]] = {}

    def item(row: OfficialPaper) -> Item:
        body = (row.unit_id, row.headquarters_id, repr(row.signing))
        if body not in signers:
            signers[body] = first_signers(row)
        return _paper(row, signers[body])

    return first_of(with_parts(rows).order_by("sign_due_at", "pk"), item, rest=reverse("norms:papers"))


def _paper(row: OfficialPaper, signers: list[Person]) -> Item:
    body = names(row.headquarters or row.unit)
    if signers:
        who = {
            "zh": "、".join(one.name for one in signers),
            "en": ", ".join(one.name_en or one.name for one in signers),
        }
        detail = in_both(_("%(body)s, to be signed by %(names)s"), body=body, names=who)
    else:
        detail = in_both(_("%(body)s, nobody holds a post that signs it"), body=body)
    return Item(
        subject=f"paper:{row.pk}",
        title=row.title,
        detail=detail,
        url=reverse("norms:paper", args=[row.pk]),
        due_at=row.sign_due_at,
    )


@gatherer("leaders", _("Leaders away"), order=75)
def leaders_away(unit: Unit) -> list[Item]:
    """Of a county: who is away, and who signs for them."""
    if unit.level != Unit.Level.COUNTY:
        return []
    return [_leader(row) for row in leaders_of(unit) if row.absent]


def _leader(row: Leader) -> Item:
    return Item(
        subject=f"person:{row.person.pk}",
        title={"zh": row.person.name, "en": row.person.name_en or row.person.name},
        detail=words_of(row.signatory),
        url=reverse("duty:leaders"),
    )


@gatherer("leave", _("On leave"), order=80)
def on_leave(unit: Unit) -> list[Item]:
    """People on leave in the unit and its departments, now or within a day; the first back first."""
    present = DatabaseNow()
    inside = Q(unit=unit) | Q(unit__parent=unit, unit__level=Unit.Level.DEPARTMENT)
    rows = Leave.objects.filter(inside, status=Leave.Status.APPROVED).select_related("person")
    rows = rows.filter(during__endswith__gt=present, during__startswith__lt=present + AHEAD)
    rows = rows.order_by("during__endswith", "pk")
    return first_of(rows, _item, rest=reverse("duty:leaves"))


def _item(row: Leave) -> Item:
    time = span(row.during)
    away = _("on leave, %(time)s, out of the county") if row.abroad else _("on leave, %(time)s")
    return Item(
        subject=f"leave:{row.pk}",
        title={"zh": row.person.name, "en": row.person.name_en or row.person.name},
        detail=in_both(away, time={"zh": time, "en": time}),
        url=reverse("duty:leaves"),
    )
