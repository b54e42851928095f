"""The verbs that org records: the sentence of each and the members of its data, in the form of journal/sentences.py
(which registers them).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from database.members import Members

UNIT_CREATED = "org.unit_created"
UNIT_UPDATED = "org.unit_updated"
UNIT_DEACTIVATED = "org.unit_deactivated"
UNITS_LOADED = "org.units_loaded"
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
CONFIRMED = "org.confirmed"
COUNTY_FOUNDED = "org.county_founded"
HEADQUARTERS_CREATED = "org.headquarters_created"
HEADQUARTERS_UPDATED = "org.headquarters_updated"
HEADQUARTERS_SEATED = "org.headquarters_seated"
HEADQUARTERS_UNSEATED = "org.headquarters_unseated"

_ID = int | None
_PERSON: Members = {"person": int, "name": dict}
_APPOINTMENT: Members = {
    **_PERSON, "post": str, "post_name": dict, "role": str, "unit": str, "unit_name": dict,
}  # fmt: skip
_HEADQUARTERS: Members = {"name": dict, "headquarters": int, "code": str}
_SEAT: Members = {**_HEADQUARTERS, "role": str, "seat": int, "who": dict, "unit_name": dict}

SENTENCES: dict[str, tuple[Any, Members]] = {
    UNIT_CREATED: (_("%(by)s added the unit %(name)s"), {"name": dict, "code": str}),
    UNIT_UPDATED: (_("%(by)s changed the record of %(name)s"), {"name": dict, "changed": list}),
    UNIT_DEACTIVATED: (_("%(by)s took the unit %(name)s out of use"), {"name": dict}),
    UNITS_LOADED: (
        _("%(by)s loaded %(count)s units of %(name)s from a sheet"),
        {"name": dict, "count": int, "codes": list},
    ),
    PERSON_REGISTERED: (_("%(by)s registered %(name)s"), _PERSON),
    PERSON_UPDATED: (_("%(by)s changed the record of %(name)s"), {**_PERSON, "changed": list}),
    PERSON_DEACTIVATED: (_("%(by)s took %(name)s off the register"), _PERSON),
    PHONE_CHANGED: (_("%(by)s changed the phone number of %(name)s"), _PERSON),
    PHONE_CONFIRMED: (_("%(by)s confirmed the phone number of %(name)s"), _PERSON),
    PASSWORD_CHANGED: (_("%(by)s changed the password of %(name)s"), _PERSON),
    TOKEN_ISSUED: (_("%(by)s made an API token of %(name)s: %(purpose)s"), {**_PERSON, "purpose": str}),
    TOKEN_REVOKED: (_("%(by)s revoked an API token of %(name)s: %(purpose)s"), {**_PERSON, "purpose": str}),
    SIGN_IN_UNLOCKED: (_("%(by)s unlocked signing in as %(name)s"), _PERSON),
    APPOINTED: (_("%(by)s appointed %(name)s as %(post_name)s of %(unit_name)s"), _APPOINTMENT),
    APPOINTMENT_ENDED: (_("%(by)s ended the appointment of %(name)s as %(post_name)s of %(unit_name)s"), _APPOINTMENT),
    RESPONSIBILITY_SET: (
        _("%(by)s named who is responsible in %(unit_name)s"),
        {"unit_name": dict, "site": str, "hazard_kind": str, "lead": _ID, "deputy": _ID, "superior": _ID},
    ),
    BOUNDARIES_LOADED: (_("%(by)s loaded %(count)s boundaries"), {"count": int, "source": str, "codes": list}),
    CONFIRMED: (
        _("%(by)s stated for %(name)s that there are %(item_name)s, until %(until)s: %(note)s"),
        {"name": dict, "item": str, "item_name": dict, "until": dt.date, "note": str},
    ),
    HEADQUARTERS_CREATED: (_("%(by)s set up %(name)s"), _HEADQUARTERS),
    HEADQUARTERS_UPDATED: (_("%(by)s changed the record of %(name)s"), {**_HEADQUARTERS, "changed": list}),
    HEADQUARTERS_SEATED: (_("%(by)s gave %(unit_name)s %(who)s a seat in %(name)s"), _SEAT),
    HEADQUARTERS_UNSEATED: (_("%(by)s took the seat of %(unit_name)s %(who)s in %(name)s away"), _SEAT),
    COUNTY_FOUNDED: (
        _("%(by)s set up %(name)s with %(units)s units and %(people)s people"),
        {"name": dict, "units": int, "people": int, "appointments": int},
    ),
}
