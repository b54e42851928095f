"""Issuing an order: units × posts fanned out to named people, with their timers and messages, in one transaction.

The number of statements does not depend on the number of people: everything is written set by set.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from command import ladders, selectors
from command.actions.lookup import incident_for, require, units_for
from command.cards import called_card
from command.ladders import Snapshot
from command.models import Assignment, Call, Incident, Order
from command.states import ASSIGNMENT, ORDER
from duty import fanout
from duty.fanout import Line
from journal.actions import Fact, chain, record_all
from journal.errors import Conflict, Invalid
from journal.numbers import next_ref
from journal.states import tell
from journal.timers import Setting, set_timers
from notify import actions as notify
from notify.actions import Notice
from org import capabilities
from org.clock import now
from org.codes import is_within
from org.jurisdiction import jurisdiction_of
from org.models import Person, Post, Unit

CLIMB = "assignment.climb"
TEXT_LIMIT = 2000


@dataclass(frozen=True)
class Draft:
    """An order as it would go out: the people, the vacancies, and the ladder by which silence climbs."""

    unit: Unit
    incident: Incident | None
    text: str
    ladder: Snapshot
    lines: list[Line]

    @property
    def vacancies(self) -> list[Line]:
        return [line for line in self.lines if line.person is None]

    @property
    def people(self) -> int:
        return len({line.person.pk for line in self.lines if line.person})


def preview_order(
    *,
    by: Person,
    incident_id: int | None,
    text: str,
    units: Sequence[str],
    descendants: bool,
    posts: Sequence[str],
    ladder: str,
    fast: bool = False,
) -> Draft:
    """Who would get the order.

    Invalid by field for units, posts, ladder or text that will not do; nothing is written.
    """
    incident = None
    if incident_id is not None:
        incident = selectors.incidents_visible_to(by).select_related("unit", "commander").filter(pk=incident_id).first()
    return _draft(by, incident, incident_id, text, units, descendants, posts, ladder, fast)


@transaction.atomic
def issue_order(
    *,
    by: Person,
    incident_id: int | None,
    text: str,
    units: Sequence[str],
    descendants: bool = False,
    posts: Sequence[str] = (),
    ladder: str,
    fast: bool = False,
) -> Order:
    """Send it. Posts left out are those that the ladder's colour calls at each level.

    Forbidden without the order capability over every unit; Conflict for an incident that is over. The order comes back
    with ``.lines``, its assignments.
    """
    incident = None
    if incident_id is not None:
        incident = incident_for(incident_id, by=by, capability=capabilities.VIEW)
        if incident.status in (Incident.Status.REVIEWED, Incident.Status.ARCHIVED):
            raise Conflict(_("This incident is closed."), current={"id": incident.pk, "status": incident.status})
    draft = _draft(by, incident, incident_id, text, units, descendants, posts, ladder, fast)
    if not draft.lines:
        raise Invalid.field("posts", _("None of these units has any of these posts."))
    return _write(draft, ladder, by)


def _draft(
    by: Person,
    incident: Incident | None,
    incident_id: int | None,
    text: str,
    units: Sequence[str],
    descendants: bool,
    posts: Sequence[str],
    ladder: str,
    fast: bool,
) -> Draft:
    fields: dict[str, list[str]] = {}
    if incident_id is not None and incident is None:
        fields["incident"] = [_("There is no such incident in your jurisdiction.")]
    if not text.strip() or len(text) > TEXT_LIMIT:
        fields["text"] = [_("Say what is to be done, in at most %(limit)s characters.") % {"limit": TEXT_LIMIT}]
    if not units:
        fields["units"] = [_("Choose at least one unit.")]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)
    heads = units_for(units, by=by)
    for head in heads:
        require(by, capabilities.ORDER, head.path)
    snapshot = ladders.in_force(ladder, fast=fast)
    targets = selectors.subtrees(heads) if descendants else heads
    lines = fanout.lines_for(targets, _posts(posts, snapshot))
    return Draft(_issuer(by, heads, incident), incident, text.strip(), snapshot, lines)


def _posts(codes: Sequence[str], ladder: Snapshot) -> list[Post]:
    wanted = list(codes) or sorted({post for posts in ladder.called.values() for post in posts})
    found = list(Post.objects.filter(code__in=wanted))
    unknown = set(wanted) - {post.code for post in found}
    if unknown and codes:
        complaints = [_("There is no post “%(code)s”.") % {"code": code} for code in sorted(unknown)]
        raise Invalid(_("Some fields need attention."), fields={"posts": complaints})
    return found


def _issuer(by: Person, heads: list[Unit], incident: Incident | None) -> Unit:
    """The order belongs to the incident's unit, or else to the unit in whose name ``by`` orders.

    A county's order to two townships is the county's: otherwise one of them could call it off for the other.
    """
    if incident:
        return incident.unit
    scopes = [path for path in jurisdiction_of(by).scopes(capabilities.ORDER) if is_within(heads[0].path, path)]
    above = Unit.objects.filter(path__in=scopes).defer("boundary").order_by("path").first()
    return above or min(heads, key=lambda unit: (unit.path.count("."), unit.path))


def _write(draft: Draft, colour: str, by: Person) -> Order:
    present = now()
    order = Order.objects.create(
        ref=next_ref("order"),
        incident=draft.incident,
        unit=draft.unit,
        text=draft.text,
        colour=colour,
        ladder=draft.ladder.data,
        issued_by=by,
        issued_at=present,
        ack_due_at=present + dt.timedelta(seconds=draft.ladder.ack_within_s),
        exercise=draft.incident.exercise if draft.incident else None,
    )
    order.lines = _assign(order, draft)
    order.assignment_count, order.vacancy_count = len(order.lines), len(draft.vacancies)
    _start_clocks(order, draft.ladder)
    _tell_people(order, by)
    _record(order, by)
    return order


def _assign(order: Order, draft: Draft) -> list[Assignment]:
    rows = []
    for line in draft.lines:
        first = _first_climb(draft.ladder, order.issued_at, line.person is None)
        rows.append(
            Assignment(
                order=order,
                unit=line.unit,
                post=line.post,
                person=line.person,
                role=line.role,
                ack_due_at=order.ack_due_at,
                next_climb_at=first,
                rung=draft.ladder.first_step(vacant=line.person is None),
                moved_at=order.issued_at,
            )
        )
    return Assignment.objects.bulk_create(rows)


def _first_climb(ladder: Snapshot, issued_at: dt.datetime, vacant: bool) -> dt.datetime:
    """A vacancy does not wait: the ladder's first rung that calls somebody else is due at once."""
    return issued_at if vacant else issued_at + dt.timedelta(seconds=ladder.wait_s(0) or 0)


def _start_clocks(order: Order, ladder: Snapshot) -> None:
    set_timers(
        Setting(CLIMB, f"assignment:{row.pk}", row.next_climb_at, step=row.rung, generation=row.generation)
        for row in order.lines
    )


def _tell_people(order: Order, by: Person) -> None:
    called = [row for row in order.lines if row.person_id]
    Call.objects.bulk_create(
        Call(assignment=row, person_id=row.person_id, rung=0, do="call", at=order.issued_at) for row in called
    )
    notify.send_all([notice(row, order, "order.called") for row in called], by=by)


def notice(row: Assignment, order: Order, code: str, person_id: int | None = None) -> Notice:
    """The message that asks somebody to answer this assignment; it stays open until the assignment is answered."""
    return Notice(
        person_id or row.person_id,
        code,
        f"assignment:{row.pk}",
        row.unit.path,
        data={
            "ref": order.ref,
            "text": order.text,
            "unit": {"zh": row.unit.name, "en": row.unit.name_en},
            "person": {"zh": row.person.name, "en": row.person.name_en} if row.person else None,
            "post": {"zh": row.post.name, "en": row.post.name_en},
        },
        url=f"/orders/mine/{row.pk}/",
        alarm=True,
        exercise=order.exercise,
    )


def _record(order: Order, by: Person) -> None:
    """One event for the order, and one for each unit that it reached, with the unit's assignments on its card."""
    issued = tell(ORDER, order, "order.issued", by=by, data={"units": len({row.unit_id for row in order.lines})})
    by_unit: dict[int, list[Assignment]] = defaultdict(list)
    for row in order.lines:
        by_unit[row.unit_id].append(row)
    facts = [
        Fact(
            "order.called",
            ORDER.subject(order),
            rows[0].unit.path,
            card=called_card(order, rows[0].unit, rows),
            root=ASSIGNMENT.root(rows[0]),
            exercise=order.exercise,
        )
        for rows in by_unit.values()
    ]
    record_all(chain(facts, issued), by=by)
