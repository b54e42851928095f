"""Issuing an order: units × posts fanned out to named people, in one transaction (written by issuing.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.issuing import Draft, issue
from command.actions.lookup import incident_for, require, units_for
from command.models import Incident, Order
from command.selectors import ladders, visible
from command.selectors.issuers import default_issuer, issuer_named
from command.selectors.ladders import Snapshot
from duty.selectors import fanout
from org.models import Person, Post, Unit
from org.rules import capabilities
from org.rules.codes import is_within
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Conflict, Invalid

TEXT_LIMIT = 2000


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
    issuer: str = "",
) -> Draft:
    """Who would get the order.

    Invalid by field for units, posts, ladder or text that will not do; nothing is written.
    """
    incident = None
    if incident_id is not None:
        incident = (
            visible.incidents_visible_to(by)
            .select_related("unit", "commander", "headquarters")
            .filter(pk=incident_id)
            .first()
        )
    return _draft(by, incident, incident_id, text, units, descendants, posts, ladder, fast, issuer)


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
    exercise: int | None = None,
    issuer: str = "",
) -> Order:
    """Issue the order. Posts left out are those that the ladder's colour calls at each level; a ladder left out is the
    gravest that the incident's warnings, level and grade ask for. ``issuer``: in whose name, as in
    `command.selectors.issuers`; left out, the office of the headquarters that answers for the incident.

    Forbidden without the order capability over every unit; Conflict for an incident that is over. The order comes back
    with ``.lines``, its assignments. It belongs to its incident's exercise; without an incident to ``exercise``.
    """
    incident = None
    if incident_id is not None:
        incident = incident_for(incident_id, by=by, capability=capabilities.VIEW)
        if incident.status in (Incident.Status.REVIEWED, Incident.Status.ARCHIVED):
            raise Conflict(_("This incident is closed."), current={"id": incident.pk, "status": incident.status})
    draft = _draft(by, incident, incident_id, text, units, descendants, posts, ladder, fast, issuer)
    if not draft.lines:
        raise Invalid.field("posts", _("None of these units has any of these posts."))
    return issue([replace(draft, exercise=exercise)], by=by, issued_by=by)[0]


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
    issuer: str,
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
    snapshot = ladders.in_force(ladder or ladders.first_colour(incident), fast=fast)
    targets = visible.subtrees(heads) if descendants else heads
    lines = fanout.lines_for(targets, _posts(posts, snapshot))
    unit = _unit_of(by, heads, incident)
    name = issuer_named(issuer, unit) if issuer else default_issuer(unit, incident, text)
    draft = Draft(unit, incident, text.strip(), snapshot, lines)
    return replace(draft, headquarters=name.headquarters, by_office=name.by_office)


def _posts(codes: Sequence[str], ladder: Snapshot) -> list[Post]:
    wanted = list(codes) or sorted({post for posts in ladder.called.values() for post in posts})
    found = list(Post.objects.filter(code__in=wanted))
    unknown = set(wanted) - {post.code for post in found}
    if unknown and codes:
        complaints = [_("There is no post “%(code)s”.") % {"code": code} for code in sorted(unknown)]
        raise Invalid(_("Some fields need attention."), fields={"posts": complaints})
    return found


def _unit_of(by: Person, heads: list[Unit], incident: Incident | None) -> Unit:
    """The order belongs to the incident's unit, or else to the unit in whose name ``by`` orders.

    A county's order to two townships is the county's: otherwise one of them could call it off for the other.
    """
    if incident:
        return incident.unit
    scopes = [path for path in jurisdiction_of(by).scopes(capabilities.ORDER) if is_within(heads[0].path, path)]
    above = Unit.objects.filter(path__in=scopes).defer("boundary").order_by("path").first()
    return above or min(heads, key=lambda unit: (unit.path.count("."), unit.path))
