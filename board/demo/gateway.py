"""The gateway accounts of the demonstration: texts and calls, and what boards and loudspeakers are told, go to the
exchange of this very server, and from there to the demo phones.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from board.demo.county import COUNTY
from command.actions import remind
from command.models import Assignment, Order
from journal.actions.recording import Actor
from notify.actions.accounts import Settled, add_account, change_account
from notify.gateways.contract import BOARD, LOUDSPEAKER, SMS, VOICE
from notify.models import Account
from org.models import Person, Unit

CODE, BOARDS, LOUDSPEAKERS = "demo", "demo-boards", "demo-loudspeakers"
TOKEN = "demo-gateway-token"  # noqa: S105
"""Public on purpose, as the fixed interface of the demonstration; refused where DEMO is off."""
SECRET = "demo-exchange-secret"  # noqa: S105
"""Signs what goes to the exchange; public like the token."""
ACCOUNTS: dict[str, tuple[str, tuple[str, ...]]] = {
    CODE: ("演示短信与语音", (SMS, VOICE)),
    BOARDS: ("演示乡镇工作群", (BOARD,)),
    LOUDSPEAKERS: ("演示村大喇叭", (LOUDSPEAKER,)),
}


def found_gateway(by: Actor) -> Account:
    """The account “demo”, and those of boards and loudspeakers; where they are there already, they are pointed to the
    exchange's present address. Returns the first.
    """
    known = Account.objects.in_bulk(list(ACCOUNTS), field_name="code")
    found = {}
    for code in ACCOUNTS:
        row = known.get(code)
        if row is None:
            county = Unit.objects.get(code=COUNTY)
            row, _token = add_account(code, "generic", county, _settled(code), by=by, token=TOKEN)
        elif _elsewhere(row):
            row = change_account(row.pk, _settled(code), by=by)
        found[code] = row
    return found[CODE]


@transaction.atomic
def tell() -> None:
    """From here on telephones ring: those who are still silent in the running story are called first."""
    new = not Account.objects.filter(code=CODE).exists()
    found_gateway(Person.objects.get(username="admin"))
    if not new:
        return
    officer = Person.objects.filter(username="officer").first()
    waiting = Assignment.objects.filter(status=Assignment.Status.CALLED, person__isnull=False).values("order")
    order = Order.objects.filter(pk__in=waiting, status=Order.Status.IN_FORCE, response=None).order_by("-pk").first()
    if officer is not None and order is not None:
        remind(order.pk, by=officer)


def missing() -> bool:
    """Whether one is not there, or points elsewhere: a server may have been given another port."""
    rows = list(Account.objects.filter(code__in=ACCOUNTS))
    return len(rows) < len(ACCOUNTS) or any(_elsewhere(row) for row in rows)


def _elsewhere(row: Account) -> bool:
    return {**row.settings, **_values()} != row.settings


def _settled(code: str) -> Settled:
    name, channels = ACCOUNTS[code]
    values = {**_values(), "secret": SECRET, "exercises": "yes"}
    return Settled(name, channels, values, rate_per_s=100, lines=130, fee_fen=5 if code == CODE else 0)


def _values() -> dict[str, Any]:
    """The exchange may be asked by an address that no browser uses: it is named by a host that it answers to."""
    named = [host for host in settings.ALLOWED_HOSTS if host != "*" and not host.startswith(".")]
    lines = [f"Host: {named[0]}"] if named else []
    address = settings.DEMO_EXCHANGE_URL
    return {"url": address, "look_up_url": address, "headers": "\n".join(lines)}
