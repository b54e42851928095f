"""The county's own terms, explained to those who read English: `{% term %}` shows them beside the word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    """``chinese`` is what the county's papers call it; it is shown in English only, so it is no translation."""

    word: Any
    chinese: str
    said: Any


TERMS: dict[str, Term] = {
    "escalation": Term(_("Escalation rule"), "催办规则", _(
        "Who is called, how soon they must answer, and who is called next if they do not."
    )),
    "leader_on_duty": Term(_("leader on duty"), "带班领导", _(
        "The senior official of the shift, answerable for it and called when the officers do not answer."
    )),
    "main_officer": Term(_("main officer"), "主班", _("The officer who answers the duty phone and keeps the log.")),
    "handover": Term(_("Handover"), "交接班", _(
        "The outgoing shift stays responsible until both sides have signed what is handed over."
    )),
    "spot_check": Term(_("Spot checks"), "抽查点名", _(
        "An unannounced call that asks who is on duty and what they know of tonight's warnings."
    )),
    "grounds": Term(_("Grounds"), "依据", _("What happened, and which clause of which plan it meets.")),
    "response_level": Term(_("Response level"), "响应等级", _(
        "I is the gravest of four. A level is started by a named person and brings the plan's tasks with it."
    )),
    "grade": Term(_("Grade"), "事件等级", _(
        "How serious the incident itself is, by national criteria. It is not the response level."
    )),
    "accountable_leader": Term(_("Accountable leader"), "包保领导", _(
        "The official who answers by name for the removal of a major hazard."
    )),
}  # fmt: skip
