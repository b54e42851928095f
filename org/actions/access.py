"""Passwords, and the API tokens of people's programs.

These events concern nobody but administrators, so they lie at no unit: only who sees everything reads them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from database import clock
from org.actions.permission import may_change
from org.actions.sign_ins import forget_failed_sign_ins
from org.cards import names
from org.models import Person, TokenNote
from org.rules.announce import Actor, Announcement, announce, announce_all
from org.sentences import PASSWORD_CHANGED, TOKEN_ISSUED, TOKEN_REVOKED
from web.errors import Conflict, Forbidden, Invalid, NotFound

MOST_TOKENS = 50
"""Maximum number of tokens of one person; who needs more has forgotten to revoke."""
NAME_LENGTH = TokenNote._meta.get_field("name").max_length


def _told(person: Person, **more: Any) -> dict[str, Any]:
    return {"person": person.pk, "name": names(person), **more}


@transaction.atomic
def change_password(person: Person, *, password: str, by: Actor) -> Person:
    """Ends every session that was begun with the old one, and makes every browser unknown.

    One's own current password is for the caller to ask. Invalid for one that the validators refuse, or that is the
    present one.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not (isinstance(by, Person) and by.pk == person.pk):
        may_change(by, person)
    if person.is_device or not person.is_active:
        raise Forbidden(_("Nobody signs in with a password here."))
    if person.check_password(password):
        raise Invalid.field("password", _("This is your present password. Choose another one."))
    _validate(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    forget_failed_sign_ins(person.username, by=by)
    announce(PASSWORD_CHANGED, f"person:{person.pk}", "", _told(person), by=by)
    return person


def _validate(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as refused:
        raise Invalid(_("Some fields need attention."), fields={"password": list(refused.messages)}) from None


@transaction.atomic
def take_passwords(people: Iterable[Person], *, by: Actor) -> None:
    """Remove the passwords of people, who stay on the register, are called as before, and cannot sign in until they get
    a new one.
    """
    ids = [person.pk for person in people]
    for person in Person.objects.select_for_update().filter(pk__in=ids):
        may_change(by, person)
        person.set_unusable_password()
        person.save(update_fields=["password"])
        announce(PASSWORD_CHANGED, f"person:{person.pk}", "", _told(person), by=by)


@transaction.atomic
def issue_token(person: Person, *, name: str, by: Actor, days: int | None = None) -> tuple[AuthToken, str]:
    """A token of one's own, and the secret, which is told once. It ends after ``days`` (API_TOKEN_DAYS).

    Invalid for a name or a number of days that will not do; Conflict when there are too many already.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if isinstance(by, Person) and by.pk != person.pk:
        raise Forbidden(_("Everybody makes their own tokens."))
    if person.is_device or not person.is_active:
        raise Forbidden(_("Nobody signs in with a token here."))
    name, days = name.strip(), settings.API_TOKEN_DAYS if days is None else days
    if not name or len(name) > NAME_LENGTH:
        raise Invalid.field("name", _("Say in 1 to %(most)s characters what it is for.") % {"most": NAME_LENGTH})
    if not 1 <= days <= settings.API_TOKEN_DAYS_MOST:
        raise Invalid.field("days", _("1 to %(most)s days.") % {"most": settings.API_TOKEN_DAYS_MOST})
    theirs = AuthToken.objects.filter(user=person)
    if isinstance(by, Person) and theirs.filter(note__name=name, expiry__gt=clock.now()).exists():
        raise Conflict(_("You have a token of this name already."), code="taken")
    if theirs.count() >= MOST_TOKENS:
        raise Conflict(_("You have %(most)s tokens already. Revoke one first.") % {"most": MOST_TOKENS}, code="full")
    row, secret = AuthToken.objects.create(person, expiry=None)
    row.expiry = clock.now() + dt.timedelta(days=days)
    row.save(update_fields=["expiry"])
    TokenNote.objects.create(token=row, name=name)
    announce(TOKEN_ISSUED, f"person:{person.pk}", "", _told(person, purpose=name), by=by)
    return row, secret


@transaction.atomic
def revoke_token(digest: str, *, by: Actor) -> Person:
    """One's own, or one of somebody whose record one keeps; its person. Others' are NotFound, and so is again."""
    row = AuthToken.objects.select_for_update(of=("self",)).select_related("user").filter(digest=digest).first()
    if row is None or row.user.is_device:
        raise NotFound
    if not (isinstance(by, Person) and by.pk == row.user_id):
        _keeper_of(row.user, by)
    _revoke([row], by=by)
    return row.user


def _keeper_of(person: Person, by: Actor) -> None:
    try:
        may_change(by, person)
    except Forbidden:  # seen, but that there is a token is nothing to be seen
        raise NotFound from None


@transaction.atomic
def revoke_tokens_of(person: Person, *, by: Actor) -> int:
    """All of them; how many there were."""
    if not (isinstance(by, Person) and by.pk == person.pk):
        may_change(by, person)
    return _revoke(list(AuthToken.objects.filter(user=person).select_for_update(of=("self",))), by=by, person=person)


def _revoke(rows: list[AuthToken], *, by: Actor, person: Person | None = None) -> int:
    """Delete locked tokens, and say so: one event each, which ends their sockets."""
    names = dict(TokenNote.objects.filter(token__in=rows).values_list("token_id", "name"))
    facts = [
        Announcement(
            TOKEN_REVOKED,
            f"person:{row.user_id}",
            "",
            _told(person or row.user, purpose=names.get(row.digest, "")),
        )
        for row in rows
    ]
    AuthToken.objects.filter(digest__in=[row.digest for row in rows]).delete()
    announce_all(facts, by=by)
    return len(rows)


_NOTE = """
    INSERT INTO org_tokennote AS note (token_id, name, last_used_at)
    SELECT digest, '', sanji_now() FROM knox_authtoken WHERE digest = %s FOR KEY SHARE
    ON CONFLICT (token_id) DO UPDATE SET last_used_at = excluded.last_used_at
"""


def note_use(digest: str, *, by: Actor) -> None:
    """Write down that the token was used just now. Leaves no event: a machine's work does."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [digest])
