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
from hazards.actions.lookup import current, hazard_for, require_county
from hazards.models import Deadline, Hazard, Supervision
from hazards.rules.words import Grade
from hazards.selectors import people
from hazards.states import AT_WORK, HAZARD
from journal.actions.numbers import next_ref
from journal.actions.recording import Actor, Fact, record_all
from journal.states import fact_of, tell
from journal.timers import Setting, set_timers
from norms.actions import Step
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
"""``overdue_step``: its heads were told; the township steps in; the county's letter; the circular."""


@dataclass
class Owed:
    """A ticket's next deadline, who owes it, and what this step brings: how far it climbs, and the papers."""

    hazard: Hazard
    deadline: Deadline
    named: set[int]
    rung: int = 0
    forms: list[str] = field(default_factory=list)
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
        if row.hazard.grade == Grade.MAJOR and not row.hazard.listed:
            row.forms.append(Form.LISTED)
    elif before == LETTER and answer_by and today > answer_by:
        row.rung = CIRCULAR
        row.forms.append(Form.CIRCULAR)


def carry_out(steps: Sequence[Step[Owed]], limits: dict[str, int], *, by: Actor) -> None:
    """Tell the people, issue the letters and record it, table by table. The chase sets the next step of every clock."""
    held = people.holders(place for step in steps for place in places_of(step))
    for step in steps:
        found = [held[place] for place in places_of(step) if place in held]
        step.people = list({person.id: person for person in found}.values())
    letters = _issue(steps, now(), limits["letter_answer"])
    for step in steps:
        step.row.hazard.overdue_step = step.row.rung
        step.row.hazard.listed = step.row.hazard.listed or Form.LISTED in step.row.forms
    changed = [(s.row.hazard.pk, s.row.rung, s.row.hazard.listed) for s in steps if days_of(s) > 0]
    rows.update(Hazard, {"overdue_step": "smallint", "listed": "boolean"}, changed)
    record_all([fact for step in steps for fact in _facts(step, letters)], by=by)
    notify.send_all([one for step in steps for one in _notices(step, letters)], by=by)


def _addressee(row: Owed, form: str) -> str:
    return row.hazard.owner.path if form == Form.LISTED else row.debtor


def _issue(steps: Sequence[Step[Owed]], at: dt.datetime, answer: int) -> dict[tuple[int, str], Supervision]:
    """The papers that these steps bring, by ticket and form."""
    paths = {_addressee(step.row, form) for step in steps for form in step.row.forms}
    units = {unit.path: unit for unit in Unit.objects.filter(path__in=paths).defer("boundary")} if paths else {}
    made = {}
    for step in steps:
        for form in step.row.forms:
            to = units[_addressee(step.row, form)]
            due_on = None if form == Form.CIRCULAR else day_of(at) + answer * deadlines.DAY
            made[step.row.hazard.pk, form] = Supervision(
                hazard_id=step.row.hazard.pk, form=form, ref=next_ref(form), to=to, issued_at=at, due_on=due_on
            )
    columns = ("hazard_id", "form", "ref", "to_id", "issued_at", "due_on")
    values = [tuple(getattr(one, name) for name in columns) for one in made.values()]
    for one, (key,) in zip(made.values(), rows.insert(Supervision, columns, values, returning=["id"]), strict=True):
        one.pk = key
        one._state.adding = False
    return made


def _facts(step: Step[Owed], letters: dict[tuple[int, str], Supervision]) -> list[Fact]:
    data: dict[str, Any] = {
        **step.told,
        "what": step.row.deadline.what,
        "due_on": day_of(step.row.deadline.due_at),
        "days": max(days_of(step), 0),
    }
    verb = "hazard.overdue" if days_of(step) > 0 else "hazard.reminded"
    facts = [fact_of(HAZARD, step.row.hazard, verb, data)]
    for form in step.row.forms:
        one = letters[step.row.hazard.pk, form]
        verb = "hazard.listed" if form == Form.LISTED else "hazard.supervised"
        facts.append(fact_of(HAZARD, step.row.hazard, verb, _told(one)))
    return facts


def _told(letter: Supervision) -> dict[str, Any]:
    return {
        "supervision": letter.pk,
        "form": letter.form,
        "form_name": people.form_words(letter.form),
        "letter_ref": letter.ref,
        "to": letter.to.code,
        "to_name": people.names(letter.to),
        "answer_by": letter.due_on,
    }


def _notices(step: Step[Owed], letters: dict[tuple[int, str], Supervision]) -> list[Notice]:
    words: dict[str, Any] = {"what": people.what_words(step.row.deadline.what), "due": day_of(step.row.deadline.due_at)}
    code = "hazard.reminded"
    if days_of(step) > 0:
        code, words = "hazard.overdue", {**words, "days": days_of(step)}
    for form in (Form.CIRCULAR, Form.LETTER):
        if form in step.row.forms:
            one = letters[step.row.hazard.pk, form]
            code, words = f"hazard.{form}", {"letter": one.ref, "answer_by": one.due_on}
    told = {person.id for person in step.people}
    if step.row.deadline.what in OWNER_S:
        told |= step.row.named
    return [people.notice(pk, code, step.row.hazard, alarm=bool(step.row.forms), **words) for pk in sorted(told)]


# Listed supervision --------------------------------------------------------------------------------------------------


@transaction.atomic
def put_on_list(hazard_id: int, *, by: Person, due_on: dt.date) -> Supervision:
    """The county puts a major hazard under listed supervision, to be rectified by a day; once at a time."""
    hazard = hazard_for(hazard_id, by=by)
    require_county(hazard, by)
    if hazard.status not in AT_WORK or hazard.grade != Grade.MAJOR or hazard.listed:
        raise Conflict(_("Only an open major hazard can be listed, and once."), current=current(hazard))
    if due_on <= day_of(now()):
        raise Invalid.field("due_on", _("This day has passed."))
    made = Supervision.objects.create(
        hazard=hazard, form=Form.LISTED, ref=next_ref(Form.LISTED), to=hazard.owner, issued_at=now(), due_on=due_on
    )
    hazard.listed = True
    hazard.save(update_fields=["listed"])
    tell(HAZARD, hazard, "hazard.listed", by=by, data=_told(made))
    return made


def delist(hazard: Hazard, *, by: Actor) -> None:
    """The ticket was closed: it is off the list, and the county publishes that in 5 working days. [rule, one city]"""
    open_ones = Supervision.objects.filter(form=Form.LISTED, lifted_at=None)
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
