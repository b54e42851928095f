"""Official papers: drafted by a person or by rule, signed by a named person, numbered, served (docs/adr/0043).

The clock may draft and may chase the signer. It never signs, and nothing unsigned leaves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from database.clock import now
from journal.actions.recording import Actor, By, record_all
from journal.states import IllegalMove, check, fact_of, move, move_many, tell
from journal.timers import Setting, cancel, set_timers
from norms.actions.chase import Step
from norms.models import OfficialPaper, PaperAddressee
from norms.models.papers import REASON_LENGTH, TITLE_LENGTH
from norms.rules.papers import PAPERS, Draft, official, series_of
from norms.selectors import papers as selectors
from norms.selectors.numbers import hours, minutes
from norms.selectors.papers import Substitute
from norms.states import PAPER
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names, person_card
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import Conflict, Forbidden, Invalid, NotFound

SIGN = "norms.paper"
"""Kind of the timers that chase the signer."""
Status = OfficialPaper.Status


def draft_papers(drafts: Sequence[Draft], *, by: Actor, cause: int | None = None) -> list[OfficialPaper]:
    """Draft papers in the caller's transaction: each waits for its signer, who is told, and is chased when late."""
    if not drafts:
        return []
    waits = {True: minutes("paper_urgent_min"), False: hours("paper_sign_h")}
    rule = by.rule if isinstance(by, By) else None
    present, author = now(), by if isinstance(by, Person) else None
    made = OfficialPaper.objects.bulk_create(
        OfficialPaper(
            kind=one.kind,
            subject=one.subject,
            unit=one.unit,
            headquarters=one.headquarters,
            title=one.title[:TITLE_LENGTH],
            content=one.content,
            drafted_at=present,
            drafted_by=author,
            rule=rule,
            signing=list(PAPERS[one.kind].signing if one.signing is None else one.signing),
            sign_due_at=present + waits[PAPERS[one.kind].urgent],
            lifts=one.lifts,
            exercise=one.exercise,
        )
        for one in drafts
    )
    PaperAddressee.objects.bulk_create(
        PaperAddressee(paper=paper, unit=unit)
        for paper, one in zip(made, drafts, strict=True)
        for unit in {unit.pk: unit for unit in one.to}.values()
    )
    set_timers(
        Setting(SIGN, PAPER.subject(paper), paper.sign_due_at, 0, paper.generation, paper.exercise) for paper in made
    )
    record_all([fact_of(PAPER, paper, "paper.drafted", cause=cause) for paper in made], by=by)
    first = [(paper, person) for paper in made for person in selectors.first_signers(paper)]
    notify.send_all([_notice(paper, person.pk, "paper.to_sign", alarm=True) for paper, person in first], by=by)
    return made


def _notice(paper: OfficialPaper, person_id: int, code: str, *, alarm: bool = False) -> Notice:
    due = f"{localtime(paper.sign_due_at):%Y-%m-%d %H:%M}"
    said = {"title": paper.title, "number": paper.number or "", "due": due}
    about, page = PAPER.subject(paper), f"/papers/{paper.pk}/"
    return Notice(person_id, code, about, paper.unit.path, said, page, alarm, paper.exercise)


def _paper_for(paper_id: int, by: Person) -> OfficialPaper:
    rows = selectors.papers_in_sight(by).filter(pk=paper_id)
    paper = rows.select_for_update(of=("self",)).first()
    if paper is None:
        raise NotFound
    return paper


@transaction.atomic
def sign_paper(paper_id: int, *, by: Person, serve: bool = True) -> OfficialPaper:
    """Sign a draft, which gives it its number; with ``serve`` it goes to its addressees in the same act.

    Forbidden for anybody but its signer, who stands in for them by authorisation, or a rung that the chase has
    reached. IllegalMove (409) when somebody signed or withdrew it before.
    """
    paper = _paper_for(paper_id, by)
    check(PAPER, paper, Status.SIGNED)
    allowed_as = selectors.may_sign(paper, by, selectors.signers_of(paper))
    if not allowed_as:
        raise Forbidden(_("This paper is for somebody else to sign."))
    return signed(paper, by=by, instead=allowed_as if isinstance(allowed_as, Substitute) else None, serve=serve)


def signed(paper: OfficialPaper, *, by: Person, instead: Substitute | None = None, serve: bool = True) -> OfficialPaper:
    """Sign a locked draft for whoever has been found entitled to (`sign_paper`, or the approver of what it announces).

    ``instead``: for whom a substitute signs, and on what authority.
    """
    present = now()
    year = localtime(present).year
    series = series_of(
        paper.unit, paper.headquarters.series if paper.headquarters else "", PAPERS[paper.kind].mark, paper.exercise
    )
    serial = _next_serial(series, year)
    number = official(series, year, serial)
    told: dict[str, Any] = {"signer": person_card(by), "signer_name": names(by), "number": number}
    changes: dict[str, Any] = {}
    if instead is not None:
        told |= {"for_name": names(instead.leader), "ground": dict(instead.ground)}
        changes = {"signed_for": instead.leader, "signed_ground": instead.ground.get("zh", "")[:REASON_LENGTH]}
    move(
        PAPER, paper, Status.SIGNED, by=by, data=told, signed_at=present, signed_by=by, number=number, series=series,
        year=year, serial=serial, generation=paper.generation + 1, **changes,
    )  # fmt: skip
    cancel([PAPER.subject(paper)])
    notify.settle([PAPER.subject(paper)], by=by)
    return _serve(paper, by) if serve else paper


def _next_serial(series: str, year: int) -> int:
    """The next number of the series in the year, without gaps: a refused signature gives its number back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO norms_paperseries (series, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (series, year) DO UPDATE SET last = norms_paperseries.last + 1 RETURNING last",
            [series, year],
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def serve_paper(paper_id: int, *, by: Person) -> OfficialPaper:
    """Serve a signed paper: from now on its addressees see it, and what it sets running runs.

    IllegalMove (409) for a draft, for nothing leaves unsigned.
    """
    paper = _paper_for(paper_id, by)
    check(PAPER, paper, Status.SERVED)
    _require_handling(paper, by)
    return _serve(paper, by)


def _serve(paper: OfficialPaper, by: Person) -> OfficialPaper:
    units = list(paper.to.defer("boundary"))
    told = {"addressees": [names(unit) for unit in units], "to_names": _listed(units), "number": paper.number}
    move(PAPER, paper, Status.SERVED, by=by, data=told, served_at=now(), served_by=by)
    effect = PAPERS[paper.kind].effect
    if effect is not None:
        effect(paper, by)
        return paper
    people = selectors.receivers(units)
    notify.send_all([_notice(paper, person.pk, "paper.served") for person in people if person.pk != by.pk], by=by)
    return paper


def _listed(units: Sequence[Any]) -> dict[str, str]:
    return {
        "zh": "、".join(unit.name for unit in units),
        "en": ", ".join(unit.name_en or unit.name for unit in units),
    }


@transaction.atomic
def withdraw_paper(paper_id: int, *, by: Person, reason: str) -> OfficialPaper:
    """Withdraw a draft, or a signed paper that was not served yet; its number stays used."""
    paper = _paper_for(paper_id, by)
    check(PAPER, paper, Status.WITHDRAWN)
    if not selectors.may_sign(paper, by, selectors.signers_of(paper)):
        _require_handling(paper, by)
    text = reason.strip()
    if not text:
        raise Invalid.field("reason", _("Give a reason: it stands in the record."))
    if len(text) > REASON_LENGTH:
        raise Invalid.field("reason", _("At most %(limit)s characters.") % {"limit": REASON_LENGTH})
    move(
        PAPER, paper, Status.WITHDRAWN, by=by, data={"reason": text}, withdrawn_at=now(), withdrawn_by=by,
        withdrawn_reason=text, generation=paper.generation + 1,
    )  # fmt: skip
    cancel([PAPER.subject(paper)])
    notify.settle([PAPER.subject(paper)], by=by)
    return paper


def withdraw_about(subject: str, *, by: Actor, reason: str) -> int:
    """What a paper was about is over: those not served yet are withdrawn, in the caller's transaction."""
    rows = OfficialPaper.objects.filter(subject=subject, status__in=[Status.DRAFTED, Status.SIGNED])
    papers = list(selectors.with_parts(rows).select_for_update(of=("self",)).order_by("pk"))
    author = by if isinstance(by, Person) else None
    changes: dict[str, Any] = {"withdrawn_at": now(), "withdrawn_by": author}
    changes["withdrawn_reason"] = reason[:REASON_LENGTH]
    move_many(PAPER, papers, Status.WITHDRAWN, by=by, data={"reason": reason}, **changes)
    subjects = [PAPER.subject(paper) for paper in papers]
    if subjects:
        cancel(subjects)
        notify.settle(subjects, by=by)
    return len(papers)


@transaction.atomic
def receive_paper(paper_id: int, *, by: Person, unit: str = "") -> PaperAddressee:
    """The receipt of an addressed unit, by somebody who serves there; a second tap changes nothing.

    ``unit``: its code, where one serves in several of those addressed.
    """
    paper = _paper_for(paper_id, by)
    if paper.status != Status.SERVED:
        raise IllegalMove(PAPER, paper, Status.SERVED)
    rows = paper.addressees.select_related("unit").select_for_update(of=("self",))
    mine = [row for row in rows if _serves(by, row) and unit in ("", row.unit.code)]
    if not mine:
        raise Forbidden(_("This paper is not addressed to a unit of yours."))
    row = next((one for one in mine if one.received_at is None), None)
    if row is None:
        return mine[0]
    row.received_at, row.received_by = now(), by
    row.save(update_fields=["received_at", "received_by"])
    tell(PAPER, paper, "paper.received", by=by, data={"receiver": names(row.unit)})
    return row


def _serves(by: Person, row: PaperAddressee) -> bool:
    return allowed(by, capabilities.ANSWER, row.unit.path)


def _require_handling(paper: OfficialPaper, by: Person) -> None:
    if not selectors.may_handle(paper, by):
        raise Forbidden(_("Your posts do not allow this here."))


@transaction.atomic
def edit_paper(paper_id: int, *, by: Person, paragraphs: Sequence[str], expected: int) -> OfficialPaper:
    """Reword a draft. Conflict when somebody reworded it since the version ``expected``."""
    paper = _paper_for(paper_id, by)
    check(PAPER, paper, Status.SIGNED)
    if not selectors.may_sign(paper, by, selectors.signers_of(paper)):
        _require_handling(paper, by)
    if expected != paper.content.get("version", 0):
        raise Conflict(_("Somebody else has reworded it meanwhile."), current={"id": paper.pk, "status": paper.status})
    text = [one.strip() for one in paragraphs if one.strip()]
    if not text:
        raise Invalid.field("paragraphs", _("A paper needs a text."))
    before = paper.content["paragraphs"]
    paper.content = {**paper.content, "paragraphs": text, "version": expected + 1}
    paper.save(update_fields=["content"])
    tell(PAPER, paper, "paper.reworded", by=by, data={"before": before})
    return paper


def chase_signers(steps: Sequence[Step[OfficialPaper]], *, by: Actor) -> None:
    """Silence: the signer is reminded, then the next rungs are asked too, and may sign from then on. The papers are
    locked by the chase.
    """
    notices: list[Notice] = []
    for step in steps:
        paper = step.row
        rungs = selectors.signers_of(paper)
        paper.rung = min(step.due.step, max(len(rungs) - 1, 0))
        step.people = list({one.pk: one for rung in rungs[: paper.rung + 1] for one in rung}.values())
        notices += [_notice(paper, person.pk, "paper.unsigned", alarm=True) for person in step.people]
    OfficialPaper.objects.bulk_update([step.row for step in steps], ["rung"])
    record_all([fact_of(PAPER, step.row, "paper.chased", step.told) for step in steps], by=by)
    notify.send_all(notices, by=by)


def asked_again(paper: OfficialPaper) -> dt.timedelta:
    """How long after a reminder the next one follows."""
    return minutes("paper_urgent_min") if PAPERS[paper.kind].urgent else hours("paper_again_h")
