"""Every few seconds: whether a gateway account is silent, or the deliverer itself. What begins and what ends is an
event, once each; duty calls the county's desk (docs/adr/0046).
"""

from __future__ import annotations

from django.db import connection, transaction

from journal.actions.recording import SYSTEM, Fact, record_all
from journal.actions.rounds import every_second
from journal.models import Event
from notify.selectors.figures import account_troubles, waiting_for_the_deliverer
from org.models import Unit

EVERY_S = 5
BEGUN = ("gateway.resting", "gateway.silent", "gateway.without_receipts", "deliverer.stopped")
OVER = ("gateway.back", "deliverer.back")
DELIVERER = "clock:deliverer"

_TURN = """
    INSERT INTO journal_pulse AS p (name, at) SELECT 'notify.gateways', sanji_now()
    WHERE pg_try_advisory_xact_lock(hashtext('notify.gateways'))
    ON CONFLICT (name) DO UPDATE SET at = excluded.at
    WHERE p.at NOT BETWEEN excluded.at - make_interval(secs => %s) AND excluded.at RETURNING 1
"""


@every_second("gateways")
def look_at_gateways() -> int:
    """Record what has begun and what is over since the last look; returns how many."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TURN, [EVERY_S])
            if cursor.fetchone() is None:
                return 0
        facts = _accounts() + _deliverer()
        record_all(facts, by=SYSTEM)
    return len(facts)


def _accounts() -> list[Fact]:
    found = account_troubles()
    told = _told([f"account:{one.account}" for one in found])
    facts = []
    for one in found:
        subject = f"account:{one.account}"
        known = told.get(subject, "")
        if one.verb and known not in BEGUN:
            data = {"name": one.name, "error": one.error, "minutes": one.minutes}
            facts.append(Fact(one.verb, subject, one.path, data=data))
        elif not one.verb and known in BEGUN:
            facts.append(Fact("gateway.back", subject, one.path, data={"name": one.name}))
    return facts


def _deliverer() -> list[Fact]:
    waiting = waiting_for_the_deliverer()
    known = _told([DELIVERER]).get(DELIVERER, "")
    if bool(waiting) == (known in BEGUN):
        return []
    top = Unit.objects.filter(parent=None).values_list("path", flat=True).first() or ""
    if waiting:
        return [Fact("deliverer.stopped", DELIVERER, top, data={"waiting": waiting})]
    return [Fact("deliverer.back", DELIVERER, top, data={})]


def _told(subjects: list[str]) -> dict[str, str]:
    """Subject → what was last told of it: the journal remembers, no row besides."""
    rows = Event.objects.filter(subject__in=subjects, verb__in=[*BEGUN, *OVER]).order_by("subject", "-seq")
    return dict(rows.distinct("subject").values_list("subject", "verb"))
