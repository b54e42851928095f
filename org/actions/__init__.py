"""Every change of units, people, posts and appointments (docs/laws.md 1). ``by`` is the actor; None is the system
itself.
"""

from org.actions.access import change_password, issue_token, revoke_token, revoke_tokens_of, take_passwords
from org.actions.appointments import appoint, end_appointment, end_many
from org.actions.boundaries import load_boundaries
from org.actions.confirmations import confirm
from org.actions.founding import ensure_posts, found
from org.actions.headquarters import (
    create_headquarters,
    ensure_headquarters,
    seat_member,
    unseat_member,
    update_headquarters,
)
from org.actions.people import (
    change_phone,
    confirm_phone,
    deactivate_person,
    load_people,
    register_administrator,
    register_person,
    update_person,
)
from org.actions.responsibilities import set_responsibility
from org.actions.sign_ins import count_failed_sign_in, forget_failed_sign_ins, unlock_sign_in
from org.actions.units import create_unit, deactivate_unit, load_units, update_unit

__all__ = [
    "appoint",
    "change_password",
    "change_phone",
    "confirm",
    "confirm_phone",
    "count_failed_sign_in",
    "create_headquarters",
    "create_unit",
    "deactivate_person",
    "deactivate_unit",
    "end_appointment",
    "end_many",
    "ensure_headquarters",
    "ensure_posts",
    "forget_failed_sign_ins",
    "found",
    "issue_token",
    "load_boundaries",
    "load_people",
    "load_units",
    "register_administrator",
    "register_person",
    "revoke_token",
    "revoke_tokens_of",
    "seat_member",
    "set_responsibility",
    "take_passwords",
    "unlock_sign_in",
    "unseat_member",
    "update_headquarters",
    "update_person",
    "update_unit",
]
