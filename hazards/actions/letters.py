"""The county's papers about a hazard: drafted by rule or by the county, in effect once signed and served.

The reply is due from the day of service. A draft about a ticket that has ended is withdrawn with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from database.clock import now
from hazards.models import Deadline, Hazard, Supervision
from hazards.rules import wording
from hazards.rules.words import Kind
from hazards.selectors import people
from hazards.states import HAZARD
from journal.actions.recording import Actor
from journal.states import tell
from norms.actions import draft_papers, withdraw_about
from norms.models import OfficialPaper
from norms.rules import deadlines
from norms.rules.deadlines import day_of
from norms.rules.papers import Draft
from norms.selectors.numbers import number
from notify.actions import messages as notify
from org.models import Headquarters, Unit
from org.rules.codes import county_of
from org.selectors.headquarters import headquarters_for

Form = Supervision.Form
PAPER_OF = {Form.LETTER: "supervision_letter", Form.CIRCULAR: "circular", Form.LISTED: "listed_supervision"}
FORM_OF = {kind: form for form, kind in PAPER_OF.items()}
TYPE_OF = {
    Kind.GEOLOGICAL_POINT: "geological",
    Kind.CUT_SLOPE: "geological",
    Kind.FLASH_FLOOD_GULLY: "flood",
    Kind.RESERVOIR: "flood",
    Kind.RAFTING: "flood",
    Kind.FOREST_FIRE: "forest_fire",
}
"""Kind of hazard → the plans' type whose headquarters supervises it; the work-safety committee does all others."""


@dataclass
class Wanted:
    """A paper to be drafted about a ticket; ``missed`` is the deadline that has run out, if one has."""

    hazard: Hazard
    form: str
    to: Unit
    missed: Deadline | None = None
    due_on: dt.date | None = None


def draft_letters(wanted: Sequence[Wanted], *, by: Actor) -> list[Supervision]:
    """Draft the papers, in the caller's transaction; each waits for its signer."""
    if not wanted:
        return []
    answer = number("letter_answer")
    paths = {county_of(one.hazard.unit.path) for one in wanted}
    counties = {unit.path: unit for unit in Unit.objects.filter(path__in=paths).defer("boundary", "seat")}
    known: dict[tuple[str, str], Headquarters | None] = {}
    drafts = []
    for one in wanted:
        county = counties[county_of(one.hazard.unit.path)]
        key = (county.path, TYPE_OF.get(Kind(one.hazard.kind), ""))
        if key not in known:
            known[key] = _body(county, key[1])
        drafts.append(_draft(one, county, known[key], answer))
    papers = draft_papers(drafts, by=by)
    return Supervision.objects.bulk_create(
        Supervision(hazard=one.hazard, form=one.form, to=one.to, due_on=one.due_on, paper=paper)
        for one, paper in zip(wanted, papers, strict=True)
    )


def _body(county: Unit, hazard_type: str) -> Headquarters | None:
    found = headquarters_for(county, hazard_type) if hazard_type else None
    return found or Headquarters.objects.select_related("unit").filter(unit=county, code="safety", active=True).first()


def _draft(one: Wanted, county: Unit, body: Headquarters | None, answer: int) -> Draft:
    hazard, paragraphs = one.hazard, []
    if one.missed is not None:
        with override("zh-hans"):
            what, due = str(one.missed.get_what_display()), day_of(one.missed.due_at)
        paragraphs.append(wording.overdue(hazard.ref, hazard.unit.name, what, due, (day_of(now()) - due).days))
    return Draft(
        kind=PAPER_OF[Form(one.form)],
        subject=HAZARD.subject(hazard),
        unit=county,
        headquarters=body,
        title=wording.title(one.form, hazard.ref),
        paragraphs=[*paragraphs, *wording.asked(one.form, answer, one.due_on)],
        facts=_facts(hazard, one.missed),
        to=[one.to],
        exercise=hazard.exercise,
        more={"answer_days": answer},
    )


def _facts(hazard: Hazard, missed: Deadline | None) -> list[tuple[str, str]]:
    """The table under the text, as things stand at drafting."""
    with override("zh-hans"):
        facts = [
            ("隐患编号", hazard.ref),
            ("类别", str(Kind(hazard.kind).label)),
            ("地点", f"{hazard.unit.name} {hazard.place}".strip()),
            ("等级", str(hazard.get_grade_display()) or "尚未定级"),
            ("责任单位", hazard.owner.name),
            ("受威胁人数", f"{hazard.people_at_risk}人"),
            ("情况描述", hazard.description),
        ]
        if missed is not None:
            facts.append(("期限计算", deadlines.say(missed.why)))
    return facts


def take_effect(paper: OfficialPaper, by: Actor) -> None:
    """A paper was served: its reply falls due from today, a listing begins, and those concerned are told."""
    row = Supervision.objects.select_related("to", "hazard__unit", "hazard__owner", "hazard__leader").get(paper=paper)
    hazard, today = row.hazard, day_of(now())
    if row.form != Form.CIRCULAR and row.due_on is None:
        row.due_on = today + paper.content["answer_days"] * deadlines.DAY
        row.save(update_fields=["due_on"])
    if row.form == Form.LISTED and not hazard.listed:
        hazard.listed = True
        hazard.save(update_fields=["listed"])
    told: dict[str, Any] = {"supervision": row.pk, "form": row.form, "form_name": people.form_words(row.form),
                            "letter_ref": paper.number, "to": row.to.code, "to_name": people.names(row.to),
                            "answer_by": row.due_on}  # fmt: skip
    verb = "hazard.listed" if row.form == Form.LISTED else "hazard.supervised"
    tell(HAZARD, hazard, verb, by=by, data=told)
    if row.form == Form.LISTED:
        return
    places = [people.desk(row.to.path), people.head(row.to.path)]
    words: dict[str, Any] = {"letter": paper.number, "answer_by": row.due_on}
    notify.send_all(people.notices(places, f"hazard.{row.form}", hazard, alarm=True, **words), by=by)


def drop_drafts(hazard: Hazard, *, by: Actor) -> None:
    """The ticket has ended: papers about it that have not been served are withdrawn."""
    withdraw_about(HAZARD.subject(hazard), by=by, reason=_("The ticket has ended."))
