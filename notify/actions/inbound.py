"""Receipts and replies of gateways: kept as they came, matched, acted upon. In any order, twice, late, or about nothing
of ours, they do no harm.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from database.clock import DatabaseNow, now
from journal.actions.recording import SYSTEM, Fact, record, record_all
from notify.actions.outbox import NO_NETWORK, Declined, fail, write_declined, write_health
from notify.gateways.contract import APP_BUTTON, VOICE, Receipt, Reply
from notify.models import Account, Delivery, Inbound
from notify.rules.answers import read_keys, read_text
from notify.rules.references import key_of
from notify.selectors.replies import ANSWERABLE, Said, Waiting, waiting_for
from org.models import Person
from org.rules.phones import phone_number
from web.errors import ActionError, Conflict

State, Outcome = Delivery.State, Delivery.Outcome
REACHED = {Outcome.DELIVERED, Outcome.HEARD, Outcome.HUNG_UP, Outcome.BUSY, Outcome.WRONG_KEY}
"""Outcomes that prove that the device is switched on and has a network."""
GOOD = {Outcome.DELIVERED, Outcome.HEARD}
CALL_LASTS = dt.timedelta(minutes=10)
"""Keys without a reference belong to a call of so long ago at most."""
OUT_FOR = dt.timedelta(days=3)
WRONG_KEYS = 2


@dataclass(frozen=True)
class Understood:
    """``assignment``: the first of those that the reply acknowledged. ``understood``: whether it was acted upon.
    ``ask_again``: a wrong key in a call, the first one.
    """

    subject: str = ""
    understood: bool = False
    ask_again: bool = False
    refused: str = ""


def take_receipts(receipts: Sequence[tuple[Account, Receipt]]) -> int:
    """Write down what became of deliveries; returns how many of ours were meant. Keys pressed in a call are a reply."""
    found = 0
    for account, receipt in receipts:
        if receipt.outcome:
            with transaction.atomic():
                found += _take(account, receipt)
        if receipt.keys:
            found += not receipt.outcome
            take_reply(account, _keys_of(account, receipt))
    if receipts:
        Account.objects.filter(pk__in={account.pk for account, _ in receipts}).update(last_receipt_at=DatabaseNow())
    return found


def _keys_of(account: Account, receipt: Receipt) -> Reply:
    """Keys as a reply; a gateway that does not give our reference back is known by its own number of the call."""
    reference = receipt.reference
    if not reference and receipt.provider_id:
        rows = Delivery.objects.filter(account=account, provider_id=receipt.provider_id)
        reference = rows.values_list("reference", flat=True).first() or ""
    return Reply(receipt.phone, "", receipt.keys, reference, receipt.identity, "call_key")


def _take(account: Account, receipt: Receipt) -> bool:
    row = _delivery(account, receipt)
    if row is None:
        kept = {"outcome": receipt.outcome, "reference": receipt.reference, "provider_id": receipt.provider_id}
        Inbound.objects.create(
            account=account, kind=Inbound.Kind.RECEIPT, state=Inbound.State.SETTLED, phone=receipt.phone[:40], body=kept
        )
        return False
    outcome = receipt.outcome if receipt.outcome in Outcome.values else Outcome.FAILED
    if not _graver(row, outcome):
        return True  # the same again, or an older one that comes late
    if receipt.ours:
        if row.state in (State.HANDED_OVER, State.SENT):
            write_declined([Declined(row.pk, receipt.error, permanent=False)])
            write_health(set(), {account.pk: receipt.error}, {account.pk: account.failures + 1})
        return True
    present = now()
    changes: dict[str, Any] = {"outcome": outcome}
    if outcome in REACHED and row.delivered_at is None:
        changes["delivered_at"] = present
    if outcome == Outcome.HEARD:
        changes["heard_at"] = present
    if outcome in GOOD:
        changes |= {"state": State.DELIVERED, "error": ""}
    Delivery.objects.filter(pk=row.pk).update(**changes)
    if outcome in GOOD:
        _tell_reached(row, outcome)
    elif row.state in (State.HANDED_OVER, State.SENT):
        fail([row], {row.pk: receipt.error or str(Outcome(outcome).label)}, {row.pk: outcome})
    return True


def _delivery(account: Account, receipt: Receipt) -> Delivery | None:
    """By our reference, else by the gateway's number and the phone. A receipt of an earlier attempt is another's."""
    rows = Delivery.objects.select_related("message__person").select_for_update(of=("self",)).filter(account=account)
    if (key := key_of(receipt.reference)) is not None:
        row = rows.filter(pk=key).first()
        if row is not None and row.reference != receipt.reference.strip().lower():
            # A repeat after an unknown outcome: that the first one reached them is as good.
            return row if receipt.outcome in GOOD else None
        return row
    if receipt.provider_id:
        found = rows.filter(provider_id=receipt.provider_id)
        if receipt.phone:
            found = found.filter(address=_spelled(receipt.phone))
        return found.order_by("-id").first()
    return None


def _graver(row: Delivery, outcome: str) -> bool:
    """Whether a receipt says more than is known: heard goes before delivered, and both before any failure."""
    order = {"": 0, Outcome.DELIVERED: 2, Outcome.HEARD: 3}
    return order.get(outcome, 1) > order.get(row.outcome, 1)


def _tell_reached(row: Delivery, outcome: str) -> None:
    message = row.message
    if message.person_id is None:
        return  # a loudspeaker has spoken: its line says so
    if row.channel != VOICE and not _was_out(message.person_id):
        return  # texts reach by the thousand: the counts say so
    data = {"channel": row.channel, "person": message.person_id, "about": message.subject, "outcome": outcome}
    fact = Fact(
        "delivery.reached", f"message:{message.pk}", message.unit_path, data=data, exercise=message.exercise,
        root=message.group,
    )  # fmt: skip
    record_all([fact], by=SYSTEM)


def _was_out(person_id: int) -> bool:
    """Whether a telephone of theirs had no network a while ago: then a text that arrives is news."""
    since = now() - OUT_FOR
    rows = Delivery.objects.filter(message__person=person_id, message__created_at__gt=since, outcome__in=NO_NETWORK)
    return rows.exists()


# Replies -------------------------------------------------------------------------------------------------------------


def take_reply(account: Account, reply: Reply) -> Understood:
    """Acknowledge what a reply answers. What fits nothing stays open until somebody works it off; the same one again
    (by the gateway's number) does nothing.
    """
    if reply.identity and Inbound.objects.filter(account=account, kind="reply", identity=reply.identity).exists():
        return Understood(understood=True)
    kept = Inbound(
        account=account, kind=Inbound.Kind.REPLY, state=Inbound.State.OPEN, identity=reply.identity[:80],
        phone=reply.phone[:40], text=(reply.text or reply.keys)[:500],
        body={"text": reply.text[:2000], "keys": reply.keys[:40], "reference": reply.reference[:40]},
    )  # fmt: skip
    with transaction.atomic():
        done = _by_keys(kept, reply) if reply.keys else _by_text(kept, reply)
        kept.subject = done.subject
        kept.state = Inbound.State.MATCHED if done.understood or done.ask_again else Inbound.State.OPEN
        kept.save()
        if kept.state == Inbound.State.OPEN and kept.person is not None:
            data = {"person": kept.person.pk, "name": kept.person.name}
            record("reply.kept", f"reply:{kept.pk}", account.unit.path, by=SYSTEM, data=data)
    return done


def _by_text(kept: Inbound, reply: Reply) -> Understood:
    pressed = _delivery(kept.account, Receipt("delivered", reply.reference)) if reply.how == APP_BUTTON else None
    person = pressed.message.person if pressed is not None else None
    if pressed is not None and person is not None:  # the button of one message names its order
        found = [(person, one) for one in waiting_for(person) if one.group == pressed.message.group]
    else:
        people = _people(reply.phone)
        kept.person = people[0] if people else None
        found = [(who, one) for who in people for one in waiting_for(who)]
    read = read_text(reply.text, frozenset(one.code for _, one in found if one.code))
    chosen = [(who, one) for who, one in found if read.code is None or one.code == read.code]
    if found:
        kept.person = found[0][0]
    if not read.yes or len({one.group for _, one in chosen}) != 1:
        return Understood()  # a question, or several are open and the text names none
    kept.person = chosen[0][0]
    return _answer(kept, *chosen[0], Said(reply.how, read.note, read.figure))


def _by_keys(kept: Inbound, reply: Reply) -> Understood:
    """Keys answer what the last call asked. A wrong key is asked once more; after the second the next one is called."""
    row = _call(reply)
    person = row.message.person if row is not None else None
    if row is None or person is None:
        return _without_a_call(kept, reply)
    kept.delivery, kept.person = row, person
    figure = read_keys(reply.keys)
    waiting = [one for one in waiting_for(person) if one.group == row.message.group]
    if figure is not None and waiting:
        done = _answer(kept, person, waiting[0], Said("call_key", "", figure))
        if done.understood:
            present = now()
            Delivery.objects.filter(pk=row.pk).update(
                answered_at=present, heard_at=row.heard_at or present, outcome=Outcome.HEARD, state=State.DELIVERED,
                delivered_at=row.delivered_at or present,
            )  # fmt: skip
        return done
    if figure is not None:
        return Understood()  # answered or called off before
    row.wrong_keys += 1
    Delivery.objects.filter(pk=row.pk).update(wrong_keys=row.wrong_keys)
    if row.wrong_keys >= WRONG_KEYS and row.state != State.FAILED:
        row.then = []  # a text would not wake them either: the deputy is next
        fail([row], {row.pk: str(Outcome.WRONG_KEY.label)}, {row.pk: Outcome.WRONG_KEY})
        return Understood()
    return Understood(ask_again=row.wrong_keys < WRONG_KEYS)


def _without_a_call(kept: Inbound, reply: Reply) -> Understood:
    """Keys of a call that we did not place, such as one to a county's own answering machine: they answer the one order
    that waits for whoever has the telephone.
    """
    figure = read_keys(reply.keys)
    found = [(person, one) for person in _people(reply.phone) for one in waiting_for(person)]
    if figure is None or len({one.group for _, one in found}) != 1:
        return Understood()
    kept.person = found[0][0]
    return _answer(kept, *found[0], Said("call_key", "", figure))


def _call(reply: Reply) -> Delivery | None:
    """The call in which the keys were pressed: by its reference, else the newest one to the phone."""
    rows = Delivery.objects.filter(channel=VOICE).select_related("message__person").select_for_update(of=("self",))
    if (key := key_of(reply.reference)) is not None:
        return rows.filter(pk=key).first()
    recent = rows.filter(address=_spelled(reply.phone), handed_over_at__gt=now() - CALL_LASTS)
    return recent.order_by("-handed_over_at").first()


def _answer(kept: Inbound, person: Person, waiting: Waiting, said: Said) -> Understood:
    answers = ANSWERABLE[waiting.kind]
    try:
        with transaction.atomic():
            for number in waiting.ids:
                answers.answer(number, person, said)
    except ActionError as error:
        return Understood(refused=str(error.detail))
    subject = f"{waiting.kind}:{waiting.ids[0]}"
    heard = Delivery.objects.filter(message__person=person, message__group=waiting.group).exclude(channel="in_app")
    newest = heard.order_by("-handed_over_at").first()
    if newest is not None:
        kept.delivery = kept.delivery or newest
        Delivery.objects.filter(pk=newest.pk, answered_at=None).update(answered_at=now())
    return Understood(subject, understood=True)


def _people(phone: str) -> list[Person]:
    """Who has this number: in the register, or as their second one."""
    spelled = _spelled(phone)
    if not spelled:
        return []
    rows = Person.objects.filter(Q(phone=spelled) | Q(contact__second_phone=spelled), is_active=True)
    return list(rows.distinct().order_by("pk"))


def _spelled(phone: str) -> str:
    try:
        return phone_number(phone)
    except ValueError:
        return ""


@transaction.atomic
def settle_reply(reply_id: int, *, by: Person, subject: str = "") -> None:
    """Somebody has dealt with a reply that fitted nothing; ``subject``: what it answered after all. Conflict where
    another was first.
    """
    row = Inbound.objects.select_for_update(of=("self",)).select_related("account__unit").get(pk=reply_id)
    if row.kind != Inbound.Kind.REPLY or row.state != Inbound.State.OPEN:
        raise Conflict(_("Somebody else has worked this off already."))
    row.state, row.settled_at, row.settled_by = Inbound.State.SETTLED, now(), by
    row.subject = subject
    row.save(update_fields=["state", "settled_at", "settled_by", "subject"])
    data = {"person": row.person_id, "about": subject}
    record("reply.settled", f"reply:{row.pk}", row.account.unit.path, by=by, data=data)
