"""Row lookup for actions: SELECT … FOR UPDATE within the actor's jurisdiction."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from early_warning.models import Warning
from early_warning.selectors import warnings
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import Forbidden, NotFound

_LOCK_SPACE = 0x5341  # "SA": keeps our advisory locks apart from others'


def one_at_a_time(county: int) -> None:
    """An advisory lock by county: messages, and decisions on them, one after the other, so that an Update and its
    original cannot pass each other unseen.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, county])


def warning_for(warning_id: int, *, by: Person) -> Warning:
    """The warning under FOR UPDATE. NotFound when ``by`` cannot see it, Forbidden when seeing is all they may."""
    rows = warnings.warnings_visible_to(by).select_related("unit", "raw").defer("unit__boundary", "raw__body")
    warning = rows.select_for_update(of=("self",)).filter(pk=warning_id).first()
    if warning is None:
        raise NotFound
    if not allowed(by, capabilities.WARNING, warning.unit.path):
        raise Forbidden(_("Deciding on warnings is for the county's duty officers."))
    return warning
