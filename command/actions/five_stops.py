"""Five-stops orders (五停令): classes, work, production, transport and business stop in an area, and are let go on.

Each is an official paper. Signing it is the decision: served, it becomes an order to those it names; the paper that
lifts it calls that order off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from command.actions.call_off import call_off_whole
from command.actions.issuing import Draft as OrderDraft
from command.actions.issuing import issue
from command.actions.lookup import require, units_for
from command.models import Colour, Incident, Order
from command.rules import wording
from command.selectors import five_stops as selectors
from command.selectors import ladders, visible
from database.clock import now
from duty.selectors import fanout
from journal.actions.recording import Actor
from norms.actions import draft_papers
from norms.models import OfficialPaper
from norms.rules.papers import Draft
from norms.selectors.papers import papers_in_sight
from org.models import Person, Post, Unit
from org.rules import capabilities
from web.errors import Conflict, Invalid, NotFound

KIND, LIFT = "five_stops", "five_stops_lifted"
GROUNDS_LIMIT = 500
MOST_TOLD = 300
"""Lines of the list of those who are told; a longer one is an annex."""
LINE_LIMIT = 80


@transaction.atomic
def draft_five_stops(
    *,
    by: Person,
    stops: Sequence[str],
    area: Sequence[str],
    since: dt.datetime,
    until: dt.datetime,
    grounds: str,
    told: Sequence[str] = (),
    incident_id: int | None = None,
) -> OfficialPaper:
    """Draft the order for its signer. Invalid by field; Forbidden without the order capability over the area.

    ``told``: who is told by name, a line each.
    """
    lines = [line.strip() for line in told if line.strip()]
    incident = _incident(by, incident_id)
    _check(stops, area, since, until, grounds, lines)
    heads = units_for(area, by=by, field="area")
    for head in heads:
        require(by, capabilities.ORDER, head.path)
    county, where = selectors.county(heads[0]), "、".join(head.name for head in heads)
    chosen = [code for code in wording.STOPS if code in stops]
    kept = {"stops": chosen, "area": [head.code for head in heads], "where": where, "since": since, "until": until}
    draft = Draft(
        kind=KIND,
        subject=f"incident:{incident.pk}" if incident else "",
        unit=county,
        headquarters=selectors.body(county, incident),
        title=wording.stops_title(chosen, _short(heads, where)),
        paragraphs=wording.stops_text(chosen, where, localtime(since), localtime(until), grounds.strip()),
        facts=[("通知到的单位", "\n".join(lines))] if lines else (),
        to=selectors.addressees(county, heads, chosen),
        exercise=incident.exercise if incident else None,
        more={**kept, "told": lines, "incident": incident.pk if incident else None},
    )
    return draft_papers([draft], by=by)[0]


def _short(heads: Sequence[Unit], where: str) -> str:
    return where if len(heads) <= 3 else f"{heads[0].name}等{len(heads)}个乡镇（街道）"


def _incident(by: Person, incident_id: int | None) -> Incident | None:
    if incident_id is None:
        return None
    found = visible.incidents_visible_to(by).select_related("unit").filter(pk=incident_id).first()
    if found is None:
        raise Invalid.field("incident", _("There is no such incident in your jurisdiction."))
    return found


def _check(
    stops: Sequence[str], area: Sequence[str], since: dt.datetime, until: dt.datetime, grounds: str, told: Sequence[str]
) -> None:
    fields: dict[str, list[str]] = {}
    if not stops or set(stops) - set(wording.STOPS):
        fields["stops"] = [_("Choose what stops: %(choices)s.") % {"choices": ", ".join(wording.STOPS)}]
    if not area:
        fields["area"] = [_("Choose at least one unit.")]
    if until <= since or until <= now():
        fields["until"] = [_("It must end after it begins, and later than now.")]
    if not grounds.strip() or len(grounds) > GROUNDS_LIMIT:
        fields["grounds"] = [_("Give the grounds, in at most %(limit)s characters.") % {"limit": GROUNDS_LIMIT}]
    if len(told) > MOST_TOLD:
        fields["told"] = [_("At most %(limit)s lines: name groups instead.") % {"limit": MOST_TOLD}]
    elif too_long := next((number for number, line in enumerate(told, 1) if len(line) > LINE_LIMIT), 0):
        said = _("Line %(number)s is longer than %(limit)s characters.")
        fields["told"] = [said % {"number": too_long, "limit": LINE_LIMIT}]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


@transaction.atomic
def lift_five_stops(paper_id: int, *, by: Person, grounds: str) -> OfficialPaper:
    """Draft the paper that lifts a five-stops order. Conflict where it is not in force, or a lifting waits already."""
    paper = papers_in_sight(by).select_for_update(of=("self",)).filter(pk=paper_id, kind=KIND).first()
    if paper is None:
        raise NotFound
    require(by, capabilities.ORDER, paper.unit.path)
    if paper.status != OfficialPaper.Status.SERVED or selectors.lifting(paper) is not None:
        current = {"id": paper.pk, "status": paper.status}
        raise Conflict(_("This order is not in force, or is being lifted already."), current=current)
    text = grounds.strip()
    if not text or len(text) > GROUNDS_LIMIT:
        raise Invalid.field(
            "grounds", _("Give the grounds, in at most %(limit)s characters.") % {"limit": GROUNDS_LIMIT}
        )
    stops = paper.content["stops"]
    draft = Draft(
        kind=LIFT,
        subject=paper.subject,
        unit=paper.unit,
        headquarters=paper.headquarters,
        title=wording.lift_title(stops, paper.content["where"]),
        paragraphs=wording.lift_text(stops, str(paper.number), localtime(now()), text),
        facts=[tuple(one) for one in paper.content["facts"]],
        to=list(paper.to.defer("boundary", "seat")),
        lifts=paper,
        exercise=paper.exercise,
        more={"stops": stops},
    )
    return draft_papers([draft], by=by)[0]


def order_it(paper: OfficialPaper, by: Actor) -> None:
    """A five-stops order was served: it becomes an order, in the name of whoever signed, to those it names."""
    content = paper.content
    heads = list(Unit.objects.filter(code__in=content["area"], active=True).defer("boundary", "seat"))
    since, until = (localtime(_moment(content[name])) for name in ("since", "until"))
    incident = Incident.objects.select_related("unit").filter(pk=content["incident"]).first()
    ladder = ladders.in_force(ladders.first_colour(incident) or Colour.ORANGE)
    posts = {post for codes in ladder.called.values() for post in codes} | {"department_head"}
    departments = [unit for unit in paper.to.defer("boundary", "seat") if unit.level == Unit.Level.DEPARTMENT]
    targets = [*visible.subtrees(heads), *departments]
    lines = fanout.lines_for(
        list({unit.pk: unit for unit in targets}.values()), list(Post.objects.filter(code__in=posts))
    )
    text = wording.order_text(content["stops"], content["where"], since, until, str(paper.number))
    draft = OrderDraft(paper.unit, incident, text, ladder, lines, exercise=paper.exercise, paper=paper)
    issue([draft], by=by, issued_by=paper.signed_by)


def _moment(value: str | dt.datetime) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)


def call_it_off(paper: OfficialPaper, by: Actor) -> None:
    """The paper that lifts was served: the orders of the lifted one are called off, and those called are told."""
    rows = Order.objects.filter(paper=paper.lifts_id, status=Order.Status.IN_FORCE)
    orders = rows.select_related("unit", "issued_by").defer("unit__boundary").select_for_update(of=("self",))
    for order in orders.order_by("pk"):
        call_off_whole(order, by=by, reason=f"{paper.number}：{paper.title}")
