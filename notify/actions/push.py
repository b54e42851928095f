"""Notifications on a person's devices: switching them on and off, and dropping the browsers that are no more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import DatabaseNow
from journal.actions.recording import SYSTEM, Fact, record_all
from notify.gateways.webpush import allowed
from notify.models import Contact, PushSubscription
from notify.rules.push_keys import MOST, faults
from notify.selectors.push import Offered, offered
from org.models import Appointment, Person
from org.selectors.register import held_now
from web.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True)
class Browser:
    """What a browser hands over. ``device``: its name, for the person's own list."""

    endpoint: str
    p256dh: str
    auth: str
    device: str


@transaction.atomic
def switch_on(browser: Browser, *, by: Person) -> tuple[PushSubscription, bool]:
    """The device of ``by`` from now on, and whether it is new there. Again is the same; one that was somebody else's
    moves: whoever is signed in on it now is whom it speaks to. Conflict where pushes are not offered, and for a sixth
    device; Invalid for what is no subscription.
    """
    offer = offered()
    if offer is None:
        raise Conflict(_("Notifications are not offered here: there is no account for them."))
    _check(browser, offer)
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once: the sixth is refused all the same
    known = PushSubscription.objects.select_for_update().filter(endpoint=browser.endpoint).first()
    mine = known is not None and known.person_id == by.pk
    count = PushSubscription.objects.filter(person=by).count()
    if not mine and count >= MOST:
        said = _("You have %(most)s devices already: remove one of them first.") % {"most": MOST}
        raise Conflict(said, current={"devices": count})
    keys = {"p256dh": browser.p256dh, "auth": browser.auth, "server_key": offer.server_key}
    if known is not None and mine:
        for name, value in keys.items():
            setattr(known, name, value)
        known.save(update_fields=list(keys))
        return known, False
    Contact.objects.get_or_create(person=by)  # by which `contacts_of` finds the devices in its one query
    defaults = {**keys, "person": by, "device": browser.device, "created_at": DatabaseNow(), "last_used_at": None}
    row, _made = PushSubscription.objects.update_or_create(endpoint=browser.endpoint, defaults=defaults)
    row.refresh_from_db()
    lost = [("push.switched_off", known.person_id, known.device)] if known is not None else []
    record_all(_facts([("push.switched_on", by.pk, row.device), *lost]), by=by)
    return row, True


@transaction.atomic
def switch_off(subscription_id: int, *, by: Person) -> None:
    """NotFound for another's device, and for one that is gone already."""
    row = PushSubscription.objects.select_for_update().filter(pk=subscription_id, person=by).first()
    if row is None:
        raise NotFound
    _drop(row, by)


@transaction.atomic
def leave(endpoint: str, *, by: Person) -> None:
    """The browser itself says that it is off, as at sign-out. Harmless where it is not known, or another's."""
    row = PushSubscription.objects.select_for_update().filter(endpoint=endpoint, person=by).first()
    if row is not None:
        _drop(row, by)


def note_used(reached: Collection[str], gone: Collection[str]) -> None:
    """Endpoints that took a message, and those of which the push service says that they are no more: these are dropped,
    each with an event. Nothing is asked of the database where there are none.
    """
    if not reached and not gone:
        return
    with transaction.atomic():
        free = PushSubscription.objects.select_for_update(skip_locked=True).filter(endpoint__in=reached)
        used = list(free.values_list("pk", flat=True))  # in order: two deliverers never wait for each other
        PushSubscription.objects.filter(pk__in=used).update(last_used_at=DatabaseNow())
        rows = list(PushSubscription.objects.select_for_update().filter(endpoint__in=gone))
        PushSubscription.objects.filter(pk__in=[row.pk for row in rows]).delete()
        record_all(_facts([("push.gone", row.person_id, row.device) for row in rows]), by=SYSTEM)


def _check(browser: Browser, offer: Offered) -> None:
    found = faults(browser.endpoint, browser.p256dh, browser.auth)
    if not found and not allowed(browser.endpoint, offer.hosts):
        found = {"endpoint": [_("This push service is not among those that the county's account may ask.")]}
    if found:
        raise Invalid(_("Some fields need attention."), fields=found)


def _drop(row: PushSubscription, by: Person) -> None:
    device = row.device
    row.delete()
    record_all(_facts([("push.switched_off", by.pk, device)]), by=by)


def _facts(told: list[tuple[str, int, str]]) -> list[Fact]:
    """(verb, person, device) as events at the person's unit; one query."""
    held = held_now(Appointment.objects.filter(person__in={person for _verb, person, _device in told}))
    paths = dict(held.values_list("person", "unit__path"))
    return [
        Fact(verb, f"person:{person}", paths.get(person, ""), data={"device": device}) for verb, person, device in told
    ]
