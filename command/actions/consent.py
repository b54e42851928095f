"""The county committee's consent to level I (docs/domain.md 2): who gave it, when and how, on record before the level
takes effect.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from command.models import Incident, Response
from command.rules.words import CONSENT_WORDS
from command.selectors.approvers import consenters
from command.states import INCIDENT
from database.clock import now
from journal.states import tell
from org.cards import names
from org.models import Person
from web.errors import Invalid
from web.languages import in_both

NEEDS_CONSENT = "I"
CLOCK_SLACK = dt.timedelta(minutes=5)
"""Tolerance for a moment in the future: clocks of devices may run a little ahead."""


@dataclass(frozen=True)
class Consent:
    """As whoever approves level I states it. ``by``: the person's id."""

    by: int | None = None
    how: str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Given:
    person: Person
    how: str
    at: dt.datetime


def given(incident: Incident, before: str, level: str, consent: Consent | None, *, by: Person) -> Given | None:
    """The consent that this decision needs, checked; None where it needs none: below level I, where level I is in
    effect already, and where nobody on record could give it.

    Whoever may consent and approves in person consents by that. Invalid by field otherwise.
    """
    if level != NEEDS_CONSENT or before == level or not (able := consenters(incident.unit)):
        return None
    if any(one.pk == by.pk for one in able):
        return Given(by, "in_person", now())
    stated = consent or Consent()
    person = next((one for one in able if one.pk == stated.by), None)
    fields = {}
    if person is None:
        who = ", ".join(one.label for one in able)
        said = _("Level I takes the county committee's consent first: say that %(who)s gave it.")
        fields["consent_by"] = [said % {"who": who}]
    if stated.how not in CONSENT_WORDS:
        fields["consent_how"] = [_("Say how the consent was given.")]
    if stated.at is not None and stated.at > now() + CLOCK_SLACK:
        fields["consent_at"] = [_("This lies in the future.")]
    if person is None or fields:
        raise Invalid(_("Some fields need attention."), fields=fields)
    return Given(person, stated.how, stated.at or now())


def put_on_record(incident: Incident, consent: Given | None, response: Response | None = None, *, by: Person) -> None:
    if consent is None:
        return
    if response is not None:
        response.consent_by, response.consent_at, response.consent_how = consent.person, consent.at, consent.how
        response.save(update_fields=["consent_by", "consent_at", "consent_how"])
    data = {"consent_name": names(consent.person), "consent_by": consent.person.pk, "consent_at": consent.at}
    data |= {"how": consent.how, "how_word": in_both(CONSENT_WORDS[consent.how]), "level": NEEDS_CONSENT}
    data["when"] = timezone.localtime(consent.at).strftime("%Y-%m-%d %H:%M")
    tell(INCIDENT, incident, "incident.consented", by=by, data=data)
