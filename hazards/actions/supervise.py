"""What overdue brings (docs/domain.md 6): reminders, the climb village → township → county, the county's supervision
letter, the circular after it, and listed supervision of a major hazard with its delisting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from database import rows
from database.clock import now
from hazards.actions import clocks
from hazards.actions.letters import Wanted, draft_letters
from hazards.actions.lookup import current, hazard_for, require_county
from hazards.models import Deadline, Hazard, Supervision
from hazards.rules.words import Grade
from hazards.selectors import people
from hazards.states import AT_WORK, HAZARD
from journal.actions.recording import Actor, Fact, record_all
from journal.states import fact_of, tell
from journal.timers import Setting, set_timers
from norms.actions import Step
from norms.models import OfficialPaper
from norms.rules import deadlines
from norms.rules.deadlines import ON_THE_DAY, day_of
from norms.selectors.deadlines import counted
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.models import Person, Unit
from org.rules.codes import county_of
from web.errors import Conflict, Invalid, NotFound

What = Deadline.What
Form = Supervision.Form
OWNER_S = (What.PLAN, What.RECTIFY)
"""Steps of which the people named in the ticket are told too."""
TOLD, TOWNSHIP, LETTER, CIRCULAR = 1, 2, 3, 4
"""``overdue_step``: its heads were told; the township steps in; the county's letter; the circular (as drafted)."""
WAITING = (OfficialPaper.Status.DRAFTED, OfficialPaper.Status.SIGNED)
"""A paper that may still be served."""


@dataclass
class Owed:
    """A ticket's next deadline, who owes it, and what this step brings: how far it climbs, and the papers.

    ``listing``: a notice of listed supervision waits for its signature already.
    """

    hazard: Hazard
    deadline: Deadline
    named: set[int]
    rung: int = 0
    forms: list[str] = field(default_factory=list)
    listing: bool = False
    remind: tuple[int, int] = (0, 0)

    @property
    def debtor(self) -> str:
        return people.debtor(self.hazard, self.deadline.what)


def days_of(step: Step[Owed]) -> int:
    """Days overdue; not positive while it is not."""
    return step.due.step - ON_THE_DAY


def places_of(step: Step[Owed]) -> list[people.Place]:
    """Whom this step tells, the nearest first."""
    row = step.row
    debtor, county = row.debtor, county_of(row.hazard.unit.path)
    found = [people.desk(debtor)]
    if days_of(step) > 0:
        found.append(people.head(debtor))
    if row.rung >= TOWNSHIP and people.level_of(debtor) == "village":
        township = people.above(debtor)
        found += [people.desk(township), people.head(township)]
    if row.rung >= LETTER:
        found += [people.desk(county), people.head(county)]
    return list(dict.fromkeys(found))


def climb(
    step: Step[Owed], limits: dict[str, int], *, answer_by: dt.date | None, waiting: bool, today: dt.date
) -> None:
    """How far the step climbs. An extension that waits for a decision is the written reason that holds the letter back;
    the circular follows when the letter's own time has passed.
    """
    row, days = step.row, days_of(step)
    level, before = people.level_of(row.debtor), row.hazard.overdue_step
    row.rung = max(before, TOLD if days >= 1 else 0)
    if level == "village" and days >= limits["climb_township"]:
        row.rung = max(row.rung, TOWNSHIP)
    if level == "county" or waiting or days < limits["climb_county"]:
        return
    if before < LETTER:
        row.rung = LETTER
        row.forms.append(Form.LETTER)
        if row.hazard.grade == Grade.MAJOR and not (row.hazard.listed or row.listing):
            row.forms.append(Form.LISTED)
    elif before == LETTER and answer_by and today > answer_by:
        row.rung = CIRCULAR
        row.forms.append(Form.CIRCULAR)


def carry_out(steps: Sequence[Step[Owed]], *, by: Actor) -> None:
    """Tell the people, draft the papers and record it, table by table. The chase sets the next step of every clock."""
    held = people.holders(place for step in steps for place in places_of(step))
    for step in steps:
        found = [held[place] for place in places_of(step) if place in held]
        step.people = list({person.id: person for person in found}.values())
        step.row.hazard.overdue_step = step.row.rung
    changed = [(s.row.hazard.pk, s.row.rung) for s in steps if days_of(s) > 0]
    rows.update(Hazard, {"overdue_step": "smallint"}, changed)
    wanted = _wanted(steps)
    draft_letters(wanted, by=by)
    record_all([_fact(step) for step in steps] + [drafted(one) for one in wanted], by=by)
    notify.send_all([one for step in steps for one in _notices(step)], by=by)


def _wanted(steps: Sequence[Step[Owed]]) -> list[Wanted]:
    """The papers that these steps bring."""

    def path(row: Owed, form: str) -> str:
        return row.hazard.owner.path if form == Form.LISTED else row.debtor

    asked = [(step.row, form, path(step.row, form)) for step in steps for form in step.row.forms]
    paths = {to for _row, _form, to in asked}
    units = {unit.path: unit for unit in Unit.objects.filter(path__in=paths).defer("boundary")} if paths else {}
    return [Wanted(row.hazard, form, units[to], row.deadline) for row, form, to in asked]


def drafted(one: Wanted) -> Fact:
    """That a paper about the ticket was drafted, for its timeline."""
    told = {"form": one.form, "form_name": people.form_words(one.form), "to_name": people.names(one.to)}
    return fact_of(HAZARD, one.hazard, "hazard.letter_drafted", told)


def _fact(step: Step[Owed]) -> Fact:
    data: dict[str, Any] = {
        **step.told,
        "what": step.row.deadline.what,
        "due_on": day_of(step.row.deadline.due_at),
        "days": max(days_of(step), 0),
    }
    return fact_of(HAZARD, step.row.hazard, "hazard.overdue" if days_of(step) > 0 else "hazard.reminded", data)


def _notices(step: Step[Owed]) -> list[Notice]:
    words: dict[str, Any] = {"what": people.what_words(step.row.deadline.what), "due": day_of(step.row.deadline.due_at)}
    code = "hazard.reminded"
    if days_of(step) > 0:
        code, words = "hazard.overdue", {**words, "days": days_of(step)}
    told = {person.id for person in step.people}
    if step.row.deadline.what in OWNER_S:
        told |= step.row.named
    return [people.notice(pk, code, step.row.hazard, **words) for pk in sorted(told)]


# Listed supervision --------------------------------------------------------------------------------------------------


@transaction.atomic
def put_on_list(hazard_id: int, *, by: Person, due_on: dt.date) -> Supervision:
    """The county drafts the notice that puts a major hazard under listed supervision, to be rectified by a day; once at
    a time. It counts from the day on which the signed notice is served.
    """
    hazard = hazard_for(hazard_id, by=by)
    require_county(hazard, by)
    drafts = Supervision.objects.filter(hazard=hazard, form=Form.LISTED, paper__status__in=WAITING)
    if hazard.status not in AT_WORK or hazard.grade != Grade.MAJOR or hazard.listed or drafts.exists():
        raise Conflict(_("Only an open major hazard can be listed, and once."), current=current(hazard))
    if due_on <= day_of(now()):
        raise Invalid.field("due_on", _("This day has passed."))
    wanted = Wanted(hazard, Form.LISTED, hazard.owner, due_on=due_on)
    made = draft_letters([wanted], by=by)[0]
    record_all([drafted(wanted)], by=by)
    return made


def delist(hazard: Hazard, *, by: Actor) -> None:
    """The ticket was closed: it is off the list, and the county publishes that in 5 working days. [rule, one city]"""
    open_ones = Supervision.objects.filter(form=Form.LISTED, lifted_at=None, paper__status=OfficialPaper.Status.SERVED)
    mine = open_ones.filter(hazard=hazard) | open_ones.filter(hazard__merged_into=hazard)
    ids = list(mine.order_by("-pk").values_list("pk", flat=True))
    Supervision.objects.filter(pk__in=ids).update(lifted_at=now())
    hazard.listed = False
    hazard.save(update_fields=["listed"])
    due = counted(What.PUBLISH, "delisting_published")
    rows.insert(Deadline, clocks.COLUMNS, [clocks.row_of(hazard.pk, due)], ignore_conflicts=True)
    at = deadlines.moment(due.due_at, ON_THE_DAY, due.remind)
    exercise = hazard.exercise
    set_timers(Setting(clocks.PUBLISH, f"supervision:{pk}", at, ON_THE_DAY, exercise=exercise) for pk in ids[:1])
    tell(HAZARD, hazard, "hazard.delisted", by=by, data={"publish_by": due.day})


@transaction.atomic
def publish_delisting(hazard_id: int, *, by: Person) -> Hazard:
    """The county published that the hazard is off the list. NotFound when there is nothing to publish."""
    hazard = hazard_for(hazard_id, by=by)
    require_county(hazard, by)
    lifted = Supervision.objects.filter(form=Form.LISTED, published_on=None).exclude(lifted_at=None)
    mine = lifted.filter(hazard=hazard) | lifted.filter(hazard__merged_into=hazard)
    ids = list(mine.values_list("pk", flat=True))
    if not ids:
        raise NotFound
    Supervision.objects.filter(pk__in=ids).update(published_on=day_of(now()))
    Deadline.objects.filter(hazard=hazard, what=What.PUBLISH, ended_at=None).update(ended_at=now())
    tell(HAZARD, hazard, "hazard.delisting_published", by=by, data={"supervisions": ids})
    return hazard
