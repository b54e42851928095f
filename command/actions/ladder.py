"""A new version of a ladder. Orders that are out keep the copy they started with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from command.models import Colour, Ladder
from command.selectors.ladder_rules import NewLadder
from command.selectors.ladders import as_data
from database.clock import now
from journal.actions.recording import record
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import Conflict, Forbidden, Invalid
from web.languages import in_both

SOURCE_LIMIT = 160
GRACE = dt.timedelta(minutes=1)
"""A page says minutes: what was "now" when it was opened is not the past."""


@transaction.atomic
def set_ladder(
    *, by: Person, colour: str, ladder: NewLadder, source: str, effective_from: dt.datetime, expected: int | None = None
) -> Ladder:
    """Version n + 1 of the colour's ladder, in force from ``effective_from``, with its source.

    Forbidden for whoever does not keep the register of the whole county; Invalid by field; Conflict when somebody
    else has set a version since ``expected``.
    """
    top = county()
    if not allowed(by, capabilities.REGISTER, top.path):
        raise Forbidden(_("Your posts do not allow this here."))
    if colour not in Colour.values:
        raise Invalid.field("colour", _("There is no escalation rule of this colour."))
    _check(ladder, source, effective_from)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('command.ladder'))")
    newest = Ladder.objects.filter(colour=colour, fast=False).order_by("-version").first()
    version = newest.version if newest else 0
    if expected is not None and expected != version:
        raise Conflict(_("Somebody has set another version meanwhile."), current={"version": version})
    row = Ladder.objects.create(
        colour=colour, version=version + 1, ack_within_s=ladder.ack_within_s, called=dict(ladder.called),
        deputies=dict(ladder.deputies), above=dict(ladder.above), rungs=ladder.rungs, source=source.strip(),
        effective_from=max(effective_from, now()), set_by=by,
    )  # fmt: skip
    _record(row, newest, top, by)
    return row


def county() -> Unit:
    """The unit whose ladders these are."""
    rows = Unit.objects.filter(level=Unit.Level.COUNTY, active=True).defer("boundary").order_by("path")
    return rows[0]


def _check(ladder: NewLadder, source: str, effective_from: dt.datetime) -> None:
    fields = ladder.check()
    if not source.strip():
        fields["source"] = [_("Say on whose decision or document it rests.")]
    elif len(source.strip()) > SOURCE_LIMIT:
        fields["source"] = [_("At most %(limit)s characters.") % {"limit": SOURCE_LIMIT}]
    if effective_from < now() - GRACE:
        fields["effective_from"] = [_("An escalation rule takes effect now or later, never in the past.")]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


def _record(row: Ladder, before: Ladder | None, top: Unit, by: Person) -> None:
    data: dict[str, Any] = {
        "version": row.version,
        "colour": row.colour,
        "colour_name": in_both(Colour(row.colour).label),
        "from": row.effective_from,
        "source": row.source,
        "ladder": as_data(row),
        "before": as_data(before) if before else None,
    }
    record("ladder.set", f"ladder:{row.pk}", top.path, by=by, data=data)
