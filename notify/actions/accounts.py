"""Accounts at gateways: adding, changing, switching off and on, the texts that a vendor approved, a test to one's own
telephone. Secrets are sealed, and never shown or recorded.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from journal.actions.recording import Actor, record
from notify.files.sealing import CannotOpen, seal, unseal
from notify.gateways.contract import GATEWAYS, Gateway
from notify.models import Account, Template
from org.models import Person, Unit
from org.rules.capabilities import REGISTER
from org.rules.tokens import digest_of
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Conflict, Forbidden, Invalid, NotFound

LIMITS = ("priority", "rate_per_s", "lines", "fee_fen")
MOST = 32767
"""The largest number that a limit can hold."""


@dataclass(frozen=True)
class Settled:
    """What is decided of an account. ``values``: the gateway's settings, the secret ones too; a secret that is empty or
    not there stays as it was.
    """

    name: str
    channels: Sequence[str]
    values: Mapping[str, str] = field(default_factory=dict)
    priority: int = 1
    rate_per_s: int = 20
    lines: int = 20
    fee_fen: int = 0


@transaction.atomic
def add_account(
    code: str, gateway: str, unit: Unit, settled: Settled, *, by: Actor, token: str | None = None
) -> tuple[Account, str]:
    """The account, and the token of its doors, which is shown this once. ``token`` is given only where it is public."""
    _require(by, unit)
    if gateway not in GATEWAYS:
        raise Invalid.field("gateway", _("There is no such gateway."))
    if Account.objects.filter(code=code).exists():
        raise Conflict(_("There is an account with the code “%(code)s” already.") % {"code": code})
    token = token or secrets.token_urlsafe(32)
    row = Account(code=code, gateway=gateway, unit=unit, inbound_digest=digest_of(token))
    _settle(row, settled, {})
    row.save()
    record("gateway.added", f"account:{row.pk}", unit.path, by=by, data={"code": code, "name": row.name})
    return row, token


@transaction.atomic
def change_account(account_id: int, settled: Settled, *, by: Actor) -> Account:
    """Store what is decided anew. Its credentials are entered again where they cannot be opened any more."""
    row = _locked(account_id, by)
    try:
        known = unseal(row.sealed)
    except CannotOpen:
        known = {}
    before = (row.name, list(row.channels), row.settings, bytes(row.sealed), *(getattr(row, n) for n in LIMITS))
    _settle(row, settled, known)
    after = (row.name, list(row.channels), row.settings, bytes(row.sealed), *(getattr(row, n) for n in LIMITS))
    if after != before:
        row.failures, row.resting_until = 0, None
        row.save()
        _tell("gateway.changed", row, by)
    return row


@transaction.atomic
def switch_account(account_id: int, enabled: bool, *, by: Actor) -> Account:
    """Use it, or do not. What waits goes by another account, or on."""
    row = _locked(account_id, by)
    if row.enabled != enabled:
        row.enabled, row.failures, row.resting_until = enabled, 0, None
        row.save(update_fields=["enabled", "failures", "resting_until"])
        _tell("gateway.switched_on" if enabled else "gateway.switched_off", row, by)
    return row


@transaction.atomic
def renew_token(account_id: int, *, by: Actor) -> tuple[Account, str]:
    """A new token for its doors, shown this once; the old one opens nothing any more."""
    row, token = _locked(account_id, by), secrets.token_urlsafe(32)
    row.inbound_digest = digest_of(token)
    row.save(update_fields=["inbound_digest"])
    _tell("gateway.token_renewed", row, by)
    return row, token


@transaction.atomic
def keep_template(
    account_id: int, key: str, vendor_code: str, *, by: Actor, params: Sequence[str] = (), text: str = "",
    approved_on: dt.date | None = None,
) -> Template:  # fmt: skip
    """Keep what a vendor approved for one of our messages; the same key again takes its place."""
    row = _locked(account_id, by)
    found = Template.objects.filter(account=row, key=key).first() or Template(account=row, key=key)
    found.vendor_code, found.params, found.text, found.approved_on = vendor_code, list(params), text, approved_on
    _checked(found, exclude=["account"])
    found.save()
    record("gateway.template_kept", f"account:{row.pk}", row.unit.path, by=by,
           data={"code": row.code, "name": row.name, "key": key, "vendor_code": vendor_code})  # fmt: skip
    return found


def _settle(row: Account, settled: Settled, known: Mapping[str, str]) -> None:
    made = GATEWAYS[row.gateway]
    row.name, row.channels = settled.name, list(dict.fromkeys(settled.channels))
    strange = [channel for channel in row.channels if channel not in made.channels]
    if strange or not row.channels:
        raise Invalid.field("channels", _("Choose among: %(channels)s.") % {"channels": ", ".join(made.channels)})
    for name in LIMITS:
        value = getattr(settled, name)
        if not (0 if name == "fee_fen" else 1) <= value <= MOST:
            raise Invalid.field(name, _("A whole number above zero is needed."))
        setattr(row, name, value)
    hidden = {one.name for one in made.settings if one.secret}
    given = {name: str(value).strip() for name, value in settled.values.items()}
    sealed = {**known, **{name: value for name, value in given.items() if name in hidden and value}}
    sealed |= {one.name: one.make() for one in made.settings if one.make and not sealed.get(one.name)}
    row.settings = {one.name: given.get(one.name, "") for one in made.settings if not one.secret}
    _complete(made, {**row.settings, **sealed})
    if sealed != dict(known) or not row.sealed:
        row.sealed = seal(sealed)
    _checked(row, exclude=["unit", "settings", "sealed", "inbound_digest"])


def _complete(made: Gateway, values: Mapping[str, str]) -> None:
    lacking = [one.name for one in made.settings if one.required and not values.get(one.name)]
    if lacking:
        complaint = _("This is needed.")
        raise Invalid(_("Some fields need attention."), fields={name: [complaint] for name in lacking})
    checked = {one.name: one.check(values[one.name]) for one in made.settings if one.check and values.get(one.name)}
    if faults := {name: [fault] for name, fault in checked.items() if fault}:
        raise Invalid(_("Some fields need attention."), fields=faults)


def _checked(row: Account | Template, exclude: Sequence[str]) -> None:
    try:
        row.full_clean(exclude=list(exclude))
    except ValidationError as error:
        raise Invalid(_("Some fields need attention."), fields=dict(error.message_dict)) from error


def _locked(account_id: int, by: Actor) -> Account:
    """NotFound also where somebody keeps no register there."""
    row = Account.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=account_id).first()
    if row is None or (isinstance(by, Person) and not jurisdiction_of(by).allows(REGISTER, row.unit.path)):
        raise NotFound
    return row


def _require(by: Actor, unit: Unit) -> None:
    if isinstance(by, Person) and not jurisdiction_of(by).allows(REGISTER, unit.path):
        raise Forbidden(_("Your post does not include keeping this register."))


def _tell(verb: str, row: Account, by: Actor) -> None:
    record(verb, f"account:{row.pk}", row.unit.path, by=by, data={"code": row.code, "name": row.name})
