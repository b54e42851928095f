"""The verbs that org records and the sentence of each, in the form of journal/sentences.py (which registers them)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

UNIT_CREATED = "org.unit_created"
UNIT_UPDATED = "org.unit_updated"
UNIT_DEACTIVATED = "org.unit_deactivated"
PERSON_REGISTERED = "org.person_registered"
PERSON_UPDATED = "org.person_updated"
PERSON_DEACTIVATED = "org.person_deactivated"
PHONE_CHANGED = "org.phone_changed"
PHONE_CONFIRMED = "org.phone_confirmed"
PASSWORD_CHANGED = "org.password_changed"  # noqa: S105 - a verb
TOKEN_ISSUED = "org.token_issued"  # noqa: S105 - a verb
TOKEN_REVOKED = "org.token_revoked"  # noqa: S105 - a verb
SIGN_IN_UNLOCKED = "org.sign_in_unlocked"
APPOINTED = "org.appointed"
APPOINTMENT_ENDED = "org.appointment_ended"
RESPONSIBILITY_SET = "org.responsibility_set"
BOUNDARIES_LOADED = "org.boundaries_loaded"
COUNTY_FOUNDED = "org.county_founded"

SENTENCES: dict[str, Any] = {
    UNIT_CREATED: _("%(by)s added the unit %(name)s"),
    UNIT_UPDATED: _("%(by)s changed the record of %(name)s"),
    UNIT_DEACTIVATED: _("%(by)s took the unit %(name)s out of use"),
    PERSON_REGISTERED: _("%(by)s registered %(name)s"),
    PERSON_UPDATED: _("%(by)s changed the record of %(name)s"),
    PERSON_DEACTIVATED: _("%(by)s took %(name)s off the register"),
    PHONE_CHANGED: _("%(by)s changed the phone number of %(name)s"),
    PHONE_CONFIRMED: _("%(by)s confirmed the phone number of %(name)s"),
    PASSWORD_CHANGED: _("%(by)s changed the password of %(name)s"),
    TOKEN_ISSUED: _("%(by)s made an API token of %(name)s: %(purpose)s"),
    TOKEN_REVOKED: _("%(by)s revoked an API token of %(name)s: %(purpose)s"),
    SIGN_IN_UNLOCKED: _("%(by)s unlocked signing in as %(name)s"),
    APPOINTED: _("%(by)s appointed %(name)s as %(post_name)s of %(unit_name)s"),
    APPOINTMENT_ENDED: _("%(name)s is no longer %(post_name)s of %(unit_name)s, by %(by)s"),
    RESPONSIBILITY_SET: _("%(by)s named who is responsible in %(unit_name)s"),
    BOUNDARIES_LOADED: _("%(by)s loaded %(count)s boundaries"),
    COUNTY_FOUNDED: _("%(name)s was set up with %(units)s units and %(people)s people"),
}
