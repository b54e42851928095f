"""The sentences of command's events and messages (docs/laws.md 12)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from command.models import Colour
from command.screens.answer_words import answered, climbed, levelled, stepped, undecided
from database.members import Members, sometimes
from journal.sentences import MOVED, OF_ITS_SUBJECT, sentence
from norms.actions.chase import TOLD
from norms.rules.automatic import rule
from notify.selectors.ranks import rank
from notify.sentences import sentence as message

_LEVEL: dict[str, type] = {"from_level": str, "level": str, "grounds": str, "document": str}
_LEVEL_OR_NOT: Members = {name: sometimes(kind) for name, kind in _LEVEL.items()}
_STEP: Members = {**MOVED, "note": str, "logged": bool, "figure": sometimes(int)}
_MOVED_OR_NOT: Members = {name: sometimes(str) for name in MOVED}

sentence("incident.opened", _("%(by)s opened incident %(ref)s: %(title)s"), "incident", description=str)
sentence(
    "incident.warned",
    levelled(_("%(by)s started the %(level)s to %(ref)s: %(grounds)s"), without=_("%(by)s set %(ref)s to warned")),
    "incident", **MOVED, **_LEVEL_OR_NOT, warning=sometimes(int),
)  # fmt: skip
sentence(
    "level.signed_for", _("%(by)s decided for %(leader_name)s (%(where)s; %(ground)s)"),
    OF_ITS_SUBJECT, leader=int, leader_name=dict, where=dict, ground=dict, authorisation=int, level=str,
)  # fmt: skip
sentence(
    "incident.warning_response_started", levelled(_("%(by)s started the %(level)s to %(ref)s: %(grounds)s")),
    "incident", **_LEVEL,
)  # fmt: skip
sentence(
    "incident.warning_resumed", levelled(_("%(by)s resumed the %(level)s to %(ref)s: %(grounds)s")),
    "incident", **MOVED, **_LEVEL,
)  # fmt: skip
sentence(
    "incident.lowered_to_warning",
    levelled(_("%(by)s lowered %(ref)s from the %(from_level)s to the %(level)s: %(grounds)s")),
    "incident", **MOVED, **_LEVEL,
)  # fmt: skip
sentence(
    "incident.response_started", levelled(_("%(by)s started the %(level)s to %(ref)s: %(grounds)s")),
    "incident", **MOVED, **_LEVEL,
)  # fmt: skip
sentence(
    "incident.response_resumed", levelled(_("%(by)s resumed the %(level)s to %(ref)s: %(grounds)s")),
    "incident", **MOVED, **_LEVEL,
)  # fmt: skip
sentence(
    "incident.level_raised",
    levelled(_("%(by)s raised %(ref)s from the %(from_level)s to the %(level)s: %(grounds)s")),
    "incident", **_LEVEL,
)  # fmt: skip
sentence(
    "incident.level_lowered",
    levelled(_("%(by)s lowered %(ref)s from the %(from_level)s to the %(level)s: %(grounds)s")),
    "incident", **_LEVEL,
)  # fmt: skip
sentence(
    "incident.ended",
    levelled(
        _("%(by)s ended the %(level)s to %(ref)s: %(grounds)s"),
        without=_("%(by)s ended the response to %(ref)s: %(grounds)s"),
    ),
    "incident", **MOVED, grounds=str, document=str, confirmed=list, level=str,
)  # fmt: skip
sentence("incident.recovery_started", _("%(by)s started recovery after %(ref)s"), "incident", **MOVED, grounds=str)
sentence("incident.reviewed", _("%(by)s closed the review of %(ref)s"), "incident", **MOVED, grounds=str)
sentence("incident.archived", _("%(by)s archived %(ref)s"), "incident", **MOVED, grounds=str)
sentence("incident.amended", _("%(by)s corrected what is known of %(ref)s"), "incident", before=dict, after=dict)
sentence(
    "incident.consented",
    levelled(
        _("%(by)s recorded that %(consent_name)s consented to the %(level)s for %(ref)s (%(how_word)s, %(when)s)")
    ),
    "incident", consent_name=dict, consent_by=int, consent_at=dt.datetime, how=str, how_word=dict, level=str, when=str,
)  # fmt: skip
sentence(
    "incident.command_offered", _("%(by)s offered command of %(ref)s to %(to_name)s"), "incident", to=int, to_name=dict
)
sentence("incident.command_taken", _("%(by)s took command of %(ref)s from %(from_name)s"), "incident", from_name=dict)
sentence("incident.command_declined", _("%(by)s declined command of %(ref)s"), "incident")
sentence(
    "incident.from_hazard", _("%(by)s opened %(ref)s from the hazard %(hazard_ref)s"),
    "incident", hazard=int, hazard_ref=str,
)  # fmt: skip
sentence(
    "hazard.became_incident", _("%(by)s opened the incident %(incident_ref)s from %(ref)s"),
    "hazard", incident=int, incident_ref=str,
)  # fmt: skip
sentence(
    "order.issued", _("%(by)s issued order %(ref)s to %(units)s units, %(assignments)s assignments"), "order", units=int
)
sentence("order.called", _("Order %(ref)s called %(unit_name)s"), "called")
sentence("order.reminded", _("%(by)s reminded %(people)s people of order %(ref)s"), "order", people=int)
sentence("order.called_off", _("%(by)s called off order %(ref)s: %(reason)s"), "order", **MOVED, reason=str)
sentence(
    "assignment.acknowledged", answered, "assignment", **MOVED, how=str, note=str, silent_rungs=int, logged_by=int,
    figure=sometimes(int),
)  # fmt: skip
sentence("assignment.passed_on", stepped(_("%(unit_name)s (%(post_name)s) passed the order on")), "assignment", **_STEP)
sentence("assignment.in_place", stepped(_("%(unit_name)s (%(post_name)s) is in place")), "assignment", **_STEP)
sentence("assignment.done", stepped(_("%(unit_name)s (%(post_name)s) reports done")), "assignment", **_STEP)
sentence("assignment.verified", _("%(by)s verified %(unit_name)s (%(post_name)s)"), "assignment", **_STEP)
sentence("assignment.sent_back", _("%(by)s sent %(unit_name)s (%(post_name)s) back: %(note)s"), "assignment", **_STEP)
sentence(
    "assignment.called_off", _("%(by)s called off the order to %(unit_name)s (%(post_name)s)"),
    "assignment", **MOVED, reason=str,
)  # fmt: skip
sentence(
    "assignment.reassigned",
    _("%(unit_name)s (%(post_name)s): %(by)s handed it from %(from_name)s to %(to_name)s: %(reason)s"),
    "assignment", **_MOVED_OR_NOT, reason=str | dict, from_name=dict, to_name=dict,
)  # fmt: skip
sentence(
    "assignment.nobody_to_call", _("%(unit_name)s (%(post_name)s) is silent, and nobody is left to call"), "assignment"
)
sentence("incident.reopened", _("%(by)s reopened %(ref)s: %(grounds)s"), "incident", **MOVED, grounds=str)
sentence(
    "ladder.set", _("%(by)s set version %(version)s of the %(colour_name)s escalation rule, from %(from)s: %(source)s"),
    version=int, colour=str, colour_name=dict, source=str, ladder=dict, before=dict | None, **{"from": dt.datetime},
)  # fmt: skip
sentence("assignment.climbed", climbed, "assignment", **TOLD, do=str)
sentence(
    "incident.response_stopped", levelled(_("%(by)s stopped the %(level)s to %(ref)s: %(grounds)s")),
    "incident", **MOVED, grounds=str, level=str,
)  # fmt: skip
sentence(
    "response.started",
    levelled(
        _("%(by)s started the %(level)s of “%(plan_name)s” for %(ref)s: %(out)s tasks ordered, %(held)s held back")
    ),
    "response", plan_name=dict, level=str, grounds=str, out=int, held=int, vacant=int,
)  # fmt: skip
sentence(
    "response.acted_first",
    levelled(_("%(by)s acted first on %(ref)s: the %(level)s of “%(plan_name)s”, to be approved afterwards")),
    "response", ref=str, level=str, unit=dict, by=dict, plan_name=dict,
)  # fmt: skip
sentence(
    "response.changed",
    levelled(
        _("%(by)s set the %(level)s of “%(plan_name)s”: %(new)s tasks more, %(withdrawn)s withdrawn, %(kept)s kept")
    ),
    "response", plan_name=dict, level=str, grounds=str, new=int, held=int, kept=int, withdrawn=int,
)  # fmt: skip
sentence(
    "response.approved",
    levelled(_("%(by)s approved what %(started_by)s had started: the %(level)s for %(ref)s")),
    "response", started_by=dict, level=str,
)  # fmt: skip
sentence(
    "response.ended", levelled(_("%(by)s ended the %(level)s to %(ref)s by “%(plan_name)s”: %(reason)s")),
    "response", **MOVED, reason=str, withdrawn=int,
)  # fmt: skip
sentence(
    "response.condition_met", _("%(by)s: %(condition)s (%(ref)s). %(note)s"),
    "response", code=str, condition=dict, note=str,
)  # fmt: skip
sentence(
    "response.condition_unmet", _("%(by)s: not met any more: %(condition)s (%(ref)s). %(note)s"),
    "response", code=str, condition=dict, note=str,
)  # fmt: skip
sentence("task.released", _("%(by)s let %(unit_name)s (%(post_name)s) begin: %(action_name)s"), "task", **MOVED)
sentence(
    "task.withdrawn", _("%(by)s withdrew from %(unit_name)s (%(post_name)s): %(action_name)s. %(reason)s"),
    "task", **MOVED, reason=str,
)  # fmt: skip
sentence(
    "proposal.made", levelled(_("%(title)s: %(by)s proposed the %(level)s of “%(plan_name)s”")),
    "proposal", grounds=list,
)  # fmt: skip
sentence(
    "proposal.made_again",
    levelled(_("%(title)s: %(by)s proposed the %(level)s of “%(plan_name)s” again")),
    "proposal",
    **MOVED,
)
sentence("proposal.climbed", undecided, "proposal", **TOLD)
sentence(
    "proposal.accepted", levelled(_("%(by)s accepted the %(level)s of “%(plan_name)s”: %(title)s")), "proposal", **MOVED
)
sentence(
    "proposal.refused", levelled(_("%(by)s refused the %(level)s of “%(plan_name)s”: %(reason)s")),
    "proposal", **MOVED, reason=str,
)  # fmt: skip
sentence(
    "proposal.lapsed",
    levelled(_("%(by)s let the proposal of the %(level)s of “%(plan_name)s” lapse: %(title)s")),
    "proposal",
    **MOVED,
)
sentence(
    "unit.cut_off",
    _(
        "%(unit_name)s is presumed cut off: within %(minutes)s min the telephones of %(people)s responsible people had"
        " no network. Telephones are left; %(assignments)s unanswered orders go to a runner, loudspeaker, satellite"
        " telephone or the neighbouring village"
    ),
    unit_name=dict, people=int, minutes=int, grounds=list, assignments=int,
)  # fmt: skip
sentence(
    "unit.cut_off_lifted", _("%(unit_name)s is no longer presumed cut off after %(minutes)s min: %(how_word)s"),
    unit_name=dict, how=str, how_word=dict, who=int | None, minutes=int,
)  # fmt: skip

rule("command.cut_off", _("a village is presumed cut off when the telephones of several responsible people have no"
     " network within minutes; any sign of life lifts it"), "cut_off_people")  # fmt: skip
rule("command.ladder", _("whoever does not answer an order is followed up by the ladder of its colour"))
rule("command.decide", _("a proposed level that nobody decides on goes up, by the ladder of its colour"))
rule("command.propose", _("a signal that meets a trigger of a plan in force proposes its level"))
rule("command.lapse", _("a proposal lapses with the signal that brought it"))
rule("command.release", _("a task that waited for others goes out once they are done"))
rule("command.hand_on", _("what somebody holds passes on when they no longer serve in the unit"))

message("order.called", _("Order %(ref)s to %(unit)s: %(text)s"))
message("order.board", _("Order %(ref)s: %(text)s (answers are awaited from %(count)s: %(names)s)"))
message("order.board_missing", _("Order %(ref)s, still no answer from %(count)s: %(names)s. %(text)s"))
message("order.spoken", _("To everybody in %(unit)s: %(text)s"))
message("order.reminded", _("Still no answer from you. Order %(ref)s to %(unit)s: %(text)s"))
message("order.deputy_called", _("%(person)s does not answer; you stand in. Order %(ref)s to %(unit)s: %(text)s"))
message("order.silent_below", _("%(unit)s (%(post)s) does not answer. Order %(ref)s: %(text)s"))
message(
    "order.send_runner", _("%(unit)s (%(post)s) does not answer: send a runner or use the loudspeaker. Order %(ref)s")
)
message(
    "order.cut_off",
    _(
        "%(unit)s (%(post)s) is presumed cut off, no telephone reaches it: send a runner, use the loudspeaker, a"
        " satellite telephone or the neighbouring village. Order %(ref)s"
    ),
)
message(
    "command.cut_off",
    _("%(unit)s is presumed cut off: %(people)s responsible people without a network within %(minutes)s min"),
)
message("order.county_calls", _("%(unit)s (%(post)s) is still silent: call it yourself. Order %(ref)s"))
message("command.offered", _("%(from)s offers you command of %(ref)s: %(title)s"))
message("order.reassigned", _("Handed to you from %(from)s. Order %(ref)s to %(unit)s: %(text)s"))
message("order.taken_over", _("Order %(ref)s to %(unit)s is no longer yours; %(to)s has it now: %(reason)s"))
message(
    "order.nobody_left",
    _("%(unit)s (%(post)s) is silent, and nobody is left to call. Order %(ref)s: act now"),
)
message("order.withdrawn", _("Called off: order %(ref)s to %(unit)s. %(reason)s"))
message(
    "response.acted_first",
    _("%(by)s (%(unit)s) acted first: the %(level)s of “%(plan)s” for %(ref)s. Approve or stop it"),
)
message("response.reported", _("%(by)s (%(unit)s) started the %(level)s of the township's own “%(plan)s” for %(ref)s"))
message("proposal.made", _("%(grounds)s Please decide."))
message("proposal.climbed", _("Nobody has decided yet. %(grounds)s"))

# Warnings stand first (early_warning/sentences.py). Then what asks for one's own answer, red orders before blue ones;
# then decisions; then the silence of others.
for _place, _colour in enumerate(Colour.values):
    for _code in ("order.called", "order.reminded", "order.deputy_called"):
        rank(_code, 10 + _place, colour=_colour)
    rank("order.", 30 + _place, colour=_colour)
for _code in ("order.called", "order.reminded", "order.deputy_called"):
    rank(_code, 19)
rank("command.cut_off", 18)
for _code in ("proposal.", "response.", "command."):
    rank(_code, 20)
rank("order.", 39)
