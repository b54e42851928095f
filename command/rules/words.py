"""The closed vocabularies of answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

HOW_WORDS = {
    "phone": _("by phone"),
    "door_knock": _("door-knock"),
    "gong": _("gong"),
    "loudspeaker": _("loudspeaker"),
    "sms_reply": _("text message"),
    "radio": _("radio"),
    "in_person": _("in person"),
}
"""How an answer came that somebody logs for another."""
HOW_LOGGED = tuple(HOW_WORDS)
HOW_BY_PHONE = {
    "text": _("by text message"),
    "call_key": _("by key in a call"),
    "app_button": _("by a button in the app"),
}
"""How an answer comes from somebody's own telephone, which nobody has to log."""

CONSENT_WORDS = {
    "in_person": _("in person"),
    "phone": _("by phone"),
    "meeting": _("decided in a meeting"),
    "written": _("in writing"),
}
"""How the county committee's consent to level I was given."""

STOP_WORDS = {
    "classes": _("classes"),
    "work": _("building work"),
    "production": _("production"),
    "transport": _("transport"),
    "business": _("business and tourism"),
}
"""The five stops, as the pages say them."""

OUTCOME_WORDS = {
    "shown": _("shown"),
    "queued": _("waits"),
    "handed_over": _("handed over"),
    "sent": _("handed over"),
    "delivered": _("arrived"),
    "failed": _("failed"),
    "heard": _("heard to the end"),
    "hung_up": _("hung up early"),
    "busy": _("busy"),
    "no_answer": _("no answer"),
    "bad_number": _("wrong number"),
    "unreachable": _("not reachable"),
    "out_of_coverage": _("out of coverage"),
    "switched_off": _("switched off"),
    "wrong_key": _("wrong key twice"),
}
REACH_WORDS = {
    "handed_over": _("Handed over"),
    "device_reached": _("Device reached"),
    "heard": _("Heard to the end"),
    "answered": _("Answered"),
    "in_place": _("In place"),
    "verified": _("Verified"),
}
