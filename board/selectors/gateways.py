"""Gateway accounts as their keepers see them, and approved texts with how many parts they make."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from notify.gateways.contract import GATEWAYS
from notify.models import Account, Template
from notify.rules.lengths import EACH, ONE, cut
from notify.rules.words import channel_word, error_word, yuan
from org.models import Person
from org.rules.capabilities import REGISTER
from org.selectors.jurisdiction import visible_to
from web.errors import NotFound


@dataclass(frozen=True)
class Health:
    """``tone``: ok, warn (rests, or has never been used), danger (its last word is an error), off."""

    account: Account
    tone: str
    gateway: str
    channels: list[str]
    fee: str
    error: str


@dataclass(frozen=True)
class Approved:
    """An approved text and the parts in which it is sent, as long as it is without its variables."""

    template: Template
    parts: list[str]
    first: int = ONE
    each: int = EACH


def kept_accounts(keeper: Person) -> QuerySet[Account]:
    rows = Account.objects.filter(visible_to(keeper, "unit__path", REGISTER)).select_related("unit")
    return rows.defer("unit__boundary")


def kept_account(keeper: Person, account_id: int) -> Account:
    found = kept_accounts(keeper).filter(pk=account_id).first()
    if found is None:
        raise NotFound
    return found


def health(account: Account, present: dt.datetime) -> Health:
    made = GATEWAYS.get(account.gateway)
    channels = [channel_word(code) for code in account.channels]
    return Health(account, _tone(account, present), str(made.label) if made else account.gateway, channels,
                  yuan(account.fee_fen), error_word(account.last_error))  # fmt: skip


def _tone(account: Account, present: dt.datetime) -> str:
    if not account.enabled:
        return "off"
    if account.resting_until is not None and account.resting_until > present:
        return "danger"
    if account.last_error_at and (account.last_ok_at is None or account.last_error_at > account.last_ok_at):
        return "danger"
    return "ok" if account.last_ok_at else "warn"


def approved(account: Account) -> list[Approved]:
    return [Approved(row, cut(row.text)) for row in account.templates.order_by("key")]
