"""The pages of official papers: those to sign, all others, and one in full with what may be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from database.clock import now
from journal.models import Event
from journal.rules.world import World, world_of
from journal.selectors.participants import world_of_request
from journal.sentences import say, told_rule
from norms.models import OfficialPaper
from norms.rules.papers import PAPERS, issuing_body
from norms.selectors import papers as selectors
from norms.selectors.papers import Substitute
from norms.states import PAPER
from org.models import Person, in_language
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import NotFound
from web.requests import Request

Status = OfficialPaper.Status
EVENTS = 50
A_PAGE = 50


def paper_of(person: Person, pk: int) -> OfficialPaper:
    """NotFound for one out of sight; with its addressees."""
    paper = selectors.papers_in_sight(person).select_related("served_by", "withdrawn_by", "lifts").filter(pk=pk).first()
    if paper is None:
        raise NotFound
    rows = paper.addressees.select_related("unit", "received_by").defer("unit__boundary", "unit__seat")
    paper.addressees_shown = list(rows)
    return dressed(paper)


def dressed(paper: OfficialPaper) -> OfficialPaper:
    """With its kind's name and its issuing body, as pages show them."""
    paper.kind_label = PAPERS[paper.kind].label if paper.kind in PAPERS else paper.kind
    paper.body = issuing_body(paper.unit, paper.headquarters)
    return paper


def rights(paper: OfficialPaper, person: Person) -> dict[str, Any]:
    """What the person may do about it, whom they would sign for, and who must sign."""
    rungs = selectors.signers_of(paper) if paper.status == Status.DRAFTED else []
    as_who = selectors.may_sign(paper, person, rungs) if rungs else False
    handles = bool(as_who) or selectors.may_handle(paper, person)
    mine = [row for row in paper.addressees_shown if allowed(person, capabilities.ANSWER, row.unit.path)]
    return {
        "sign": bool(as_who),
        "instead": as_who if isinstance(as_who, Substitute) else None,
        "ground": _ground(as_who) if isinstance(as_who, Substitute) else "",
        "reword": paper.status == Status.DRAFTED and handles,
        "serve": paper.status == Status.SIGNED and selectors.may_handle(paper, person),
        "withdraw": paper.status in (Status.DRAFTED, Status.SIGNED) and handles,
        "receive": paper.status == Status.SERVED and any(row.received_at is None for row in mine),
        "signers": rungs,
    }


def _ground(one: Substitute) -> str:
    """The authority in the page's language; empty for whoever signs because the signer was late."""
    return in_language(one.ground.get("zh", ""), one.ground.get("en", ""))


def whole(paper: OfficialPaper, person: Person) -> dict[str, Any]:
    """The context of a paper's page."""
    events = Event.objects.filter(subject=PAPER.subject(paper)).order_by("-seq")[:EVENTS]
    return {
        "paper": paper,
        "may": rights(paper, person),
        "at": now(),
        "late": paper.status == Status.DRAFTED and paper.sign_due_at < now(),
        "about": _address(paper.subject),
        "rule_words": told_rule(paper.rule).strip(" （）()") if paper.rule else "",
        "lifted_by": paper.lifted_by.exclude(status=Status.WITHDRAWN).first(),
        "events": [{"at": e.at, "text": say(e.verb, e.by_name, e.data, e.card)} for e in events],
    }


PAGES = {"hazard": "/hazards/{}/", "incident": "/incidents/{}/", "order": "/orders/{}/"}
"""Kind of subject → the address of its page; norms lies below the apps that own them."""


def _address(subject: str) -> str:
    kind, _colon, number = subject.partition(":")
    return PAGES[kind].format(number) if kind in PAGES and number.isdecimal() else ""


def sheet(request: Request) -> dict[str, Any]:
    """The list: what waits for the reader's own signature, what waits for others', then the rest by page."""
    person, world = request.user, world_of_request(request)
    mine = [dressed(paper) for paper in selectors.to_sign(person, world)]
    taken = {paper.pk for paper in mine}
    waiting = selectors.waiting(person, world).exclude(pk__in=taken)
    return {
        "mine": mine,
        "waiting": [dressed(paper) for paper in waiting[:A_PAGE]],
        "others": [dressed(paper) for paper in _others(person, world, request.GET)[:A_PAGE]],
        "chosen": {name: request.GET.get(name, "") for name in ("kind", "status", "text")},
        "kinds": [(code, kind.label) for code, kind in PAPERS.items()],
        "statuses": [(code, label) for code, label in Status.choices if code != Status.DRAFTED],
        "at": now(),
    }


def _others(person: Person, world: World, asked: Any) -> QuerySet[OfficialPaper]:
    rows = selectors.papers_visible_to(person, world).exclude(status=Status.DRAFTED)
    if asked.get("kind") in PAPERS:
        rows = rows.filter(kind=asked["kind"])
    if asked.get("status") in Status.values:
        rows = rows.filter(status=asked["status"])
    for word in asked.get("text", "").split()[:5]:
        rows = rows.filter(title__icontains=word) | rows.filter(number__icontains=word)
    return rows.order_by("-pk")


def figures(paper: OfficialPaper) -> dict[str, Any]:
    """For ``paper/official.html``: the sheet itself, always in Chinese. A draft bears a watermark."""
    names: Sequence[str] = [row.unit.name for row in paper.addressees_shown]
    return {
        "paper": paper,
        "body": issuing_body(paper.unit, paper.headquarters),
        "to": "、".join(names),
        "draft": not (paper.signed_at or paper.before_signing),
        "withdrawn": paper.status == Status.WITHDRAWN,
        "world": world_of(paper),
        "dated": paper.signed_at or paper.served_at,
    }


def sheet_of(paper: OfficialPaper) -> dict[str, Any]:
    """The parameters of the job that lays the sheet out: a paper that has moved on since is laid out anew."""
    return {"paper": paper.pk, "state": f"{paper.status}/{paper.content.get('version', 0)}"}
