"""The gateway account of the demonstration: texts and calls go to the exchange of this very server, and from there to
the demo phones.
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
from notify.models import Account
from org.models import Person, Unit

CODE = "demo"
TOKEN = "demo-gateway-token"  # noqa: S105
"""Public on purpose, as the fixed interface of the demonstration; refused where DEMO is off."""
SECRET = "demo-exchange-secret"  # noqa: S105
"""Signs what goes to the exchange; public like the token."""


def found_gateway(by: Actor) -> Account:
    """The account “demo”; where it is there already, it is pointed to the exchange's present address."""
    row = Account.objects.filter(code=CODE).first()
    if row is None:
        county = Unit.objects.get(code=COUNTY)
        return add_account(CODE, "generic", county, _settled(), by=by, token=TOKEN)[0]
    return change_account(row.pk, _settled(), by=by) if _elsewhere(row) else row


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
    """Whether the account is not there, or points elsewhere: a server may have been given another port."""
    row = Account.objects.filter(code=CODE).first()
    return row is None or _elsewhere(row)


def _elsewhere(row: Account) -> bool:
    return {**row.settings, **_values()} != row.settings


def _settled() -> Settled:
    return Settled(
        "演示短信与语音", ("sms", "voice"), {**_values(), "secret": SECRET}, rate_per_s=100, lines=130, fee_fen=5
    )


def _values() -> dict[str, Any]:
    """The exchange may be asked by an address that no browser uses: it is named by a host that it answers to."""
    named = [host for host in settings.ALLOWED_HOSTS if host != "*" and not host.startswith(".")]
    lines = [f"Host: {named[0]}"] if named else []
    address = settings.DEMO_EXCHANGE_URL
    return {"url": address, "look_up_url": address, "headers": "\n".join(lines)}
