"""A test of one account: a message to one's own telephone, or to the first group that it serves, over this account and
no other.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import now
from journal.actions.recording import record
from notify.actions import outbox
from notify.actions.lines import access_to, said_of
from notify.actions.push import note_used
from notify.gateways.contract import BOARD, GATEWAYS, LOUDSPEAKER, PUSH, Accepted, Access, Refused
from notify.models import Account, Delivery, Message
from notify.rules.references import reference
from notify.rules.words import error_word
from notify.selectors.places import serving
from notify.selectors.policy import addresses_of, contacts_of
from notify.selectors.push import subscriptions_of
from notify.selectors.wording import outgoing
from org.models import Person
from org.rules.capabilities import REGISTER
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Conflict, Invalid, NotFound


def send_trial(account_id: int, channel: str, *, by: Person) -> Delivery:
    """Hand a test message over now, outside any transaction, and write down what the gateway says. At most ten seconds.
    Conflict says why it was refused.
    """
    row, account = _written(account_id, channel, by)
    access = access_to(account)
    if access is None:
        raise Conflict(_("Its credentials cannot be opened: enter them again."))
    try:
        came = _sent(access, account, row)
    except Refused as error:
        note_used((), error.gone)
        outbox.write_health(set(), {account.pk: str(error)}, {account.pk: 1})
        outbox.write_declined([outbox.Declined(row.pk, str(error), permanent=True, outcome=error.outcome)])
        raise Conflict(_("The gateway refused it: %(reason)s") % {"reason": error_word(str(error))[:200]}) from error
    except Exception as error:  # whether it was taken is not known: the deliverer looks it up
        outbox.write_health(set(), {account.pk: said_of(error)}, {account.pk: 1})
        said = _("The gateway did not answer: %(reason)s") % {"reason": error_word(said_of(error))[:200]}
        raise Conflict(said) from error
    outbox.write_taken([outbox.Taken(row.pk, came.provider_id, came.parts, came.parts * account.fee_fen)])
    outbox.write_health({account.pk}, {}, {})
    note_used(came.reached, came.gone)
    row.refresh_from_db()
    return row


def _sent(access: Access, account: Account, row: Delivery) -> Accepted:
    try:
        browsers = subscriptions_of([row.message.person_id or 0] if row.channel == PUSH else [])
        return GATEWAYS[account.gateway].send(access, outgoing(row, browsers))
    finally:
        access.http.close()


def _address(account: Account, channel: str, by: Person) -> str:
    """Where the test goes. Invalid where there is nowhere."""
    if channel == LOUDSPEAKER:
        raise Invalid.field("channel", _("A whole village would hear the test: use an exercise."))
    if channel == BOARD:
        known = serving(account)
        address = min(known.units, default="") if known is not None and known.units is not None else account.unit.code
    else:
        address = next(iter(addresses_of(channel, by, contacts_of([by.pk]).get(by.pk))), "")
    if not address:
        raise Invalid.field("channel", _("You have no address on record for this channel."))
    return address


@transaction.atomic
def _written(account_id: int, channel: str, by: Person) -> tuple[Delivery, Account]:
    account = Account.objects.select_related("unit").prefetch_related("templates").filter(pk=account_id).first()
    if account is None or not jurisdiction_of(by).allows(REGISTER, account.unit.path):
        raise NotFound
    if channel not in account.channels or account.gateway not in GATEWAYS:
        raise Invalid.field("channel", _("Choose among: %(channels)s.") % {"channels": ", ".join(account.channels)})
    address = _address(account, channel, by)
    message = Message.objects.create(
        person=by, code="gateway.trial", data={"name": account.name}, subject=f"account:{account.pk}",
        unit_path=account.unit.path, state=Message.State.SETTLED, closed_at=now(),
    )  # fmt: skip
    row = Delivery.objects.create(
        message=message, channel=channel, address=address, account=account, attempts=1, handed_over_at=now(),
        state=Delivery.State.HANDED_OVER,
    )  # fmt: skip
    row.reference = reference(row.pk, 1)
    row.save(update_fields=["reference"])
    data = {"code": account.code, "name": account.name, "channel": channel}
    record("gateway.tried", f"account:{account.pk}", account.unit.path, by=by, data=data)
    return row, account
