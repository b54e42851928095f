"""Revalidating the credentials of open sockets, for all sockets of a process with one statement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from org.models import Person
from org.selectors.jurisdiction import HELD_BY, jurisdiction_of, remember

SESSION, TOKEN = "session", "token"


@dataclass(frozen=True, slots=True)
class Credential:
    """A session's key or a token's digest. ``seal`` is of a session alone: the password under which it signed in."""

    kind: str
    key: str
    seal: str = ""

    @classmethod
    def of_session(cls, key: str, person: Person) -> Credential:
        return cls(SESSION, key, _digest(person.password))

    @classmethod
    def of_token(cls, digest: str) -> Credential:
        return cls(TOKEN, digest)

    @property
    def mark(self) -> str:
        """A digest that names it in messages to other processes' hubs without giving it away."""
        return mark_of(self.key)


def mark_of(key: str) -> str:
    return _digest(key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sight:
    """The scopes that somebody hears, and whether that is everything."""

    scopes: tuple[str, ...]
    everything: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The result of one credential check, for all that were asked about."""

    seals: dict[int, str]
    sights: dict[int, Sight]
    in_force: frozenset[tuple[str, str]]

    def holds(self, person_id: int, credential: Credential) -> bool:
        """The session or token is still there, the person on the register, the password the one it was opened with."""
        known = (credential.kind, credential.key) in self.in_force and person_id in self.seals
        return known and credential.seal in ("", self.seals[person_id])

    def replaced(self, person_id: int, credential: Credential) -> bool:
        """The session is gone and the password another one: most likely changed in this very browser, whose session got
        a new key with it.
        """
        gone = credential.kind == SESSION and (SESSION, credential.key) not in self.in_force
        return gone and self.seals.get(person_id, credential.seal) != credential.seal

    def sight(self, person_id: int) -> Sight | None:
        """None for somebody who may hear nothing."""
        return self.sights.get(person_id)


_STANDING = f"""
    SELECT 'person', who.id::text, encode(sha256(convert_to(who.password, 'UTF8')), 'hex'), who.is_superuser,
        (SELECT COALESCE(json_agg(json_build_array(path, capabilities, aside, above)), '[]')::text
            FROM ({HELD_BY.format(person="who.id")}) h(path, capabilities, aside, above))
    FROM org_person who WHERE who.id = ANY(%(people)s::bigint[]) AND who.is_active
    UNION ALL
    SELECT 'session', session_key, '', false, '' FROM django_session
    WHERE session_key = ANY(%(sessions)s::text[]) AND expire_date > sanji_now()
    UNION ALL
    SELECT 'token', digest, '', false, '' FROM knox_authtoken
    WHERE digest = ANY(%(tokens)s::text[]) AND (expiry IS NULL OR expiry > sanji_now())
"""


def standing(people: Iterable[int], credentials: Iterable[Credential]) -> Standing:
    """Check credentials with one statement, however many they are."""
    keys: dict[str, list[str]] = {SESSION: [], TOKEN: []}
    for credential in set(credentials):
        keys[credential.kind].append(credential.key)
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"people": list(set(people)), "sessions": keys[SESSION], "tokens": keys[TOKEN]})
        rows = cursor.fetchall()
    seals, sights, in_force = {}, {}, set()
    for kind, key, seal, above_all, held in rows:
        if kind != "person":
            in_force.add((kind, key))
            continue
        seals[int(key)] = seal
        if (sight := _sight(above_all, held)) is not None:
            sights[int(key)] = sight
    return Standing(seals, sights, frozenset(in_force))


def _sight(above_all: bool, held: str) -> Sight | None:
    person = Person(is_active=True, is_superuser=above_all)
    remember(person, json.loads(held))
    jurisdiction = jurisdiction_of(person)
    scopes = ("",) if jurisdiction.everything else tuple(jurisdiction.scopes())
    return Sight(scopes, jurisdiction.everything) if scopes else None
