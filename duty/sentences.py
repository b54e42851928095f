"""The sentences of duty's events and messages (docs/laws.md 12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from database.members import Members, sometimes
from journal.sentences import MOVED, sentence
from norms.rules.automatic import rule
from notify.sentences import sentence as message

_STAY: Members = {
    "person": int, "person_name": dict, "unit_name": dict, "place": str, "time": str, "means": str, "agreed": str,
}  # fmt: skip
_AUTHORITY: Members = {
    "giver": int, "giver_name": dict, "deputy": int, "deputy_name": dict, "unit_name": dict, "time": str,
    "matters": list, "matters_name": dict, "document": str, "ground": dict,
}  # fmt: skip

sentence(
    "pattern.set", _("%(by)s set the roster pattern “%(name)s” of %(unit_name)s"), name=str, unit_name=dict, kind=str
)
sentence(
    "pattern.ended", _("%(by)s ended the roster pattern “%(name)s” of %(unit_name)s"),
    name=str, unit_name=dict, kind=str, until=dt.date,
)  # fmt: skip
sentence(
    "season.set", _("%(by)s declared %(name)s in %(unit_name)s, %(from)s to %(until)s"),
    name=str, unit_name=dict, until=dt.date, **{"from": dt.date},
)  # fmt: skip
sentence(
    "calendar.set", _("%(by)s loaded the calendar of %(year)s; %(affected)s shifts are affected"),
    year=int, version=int, official=bool, source=str, affected=int,
)  # fmt: skip
sentence("generation.started", _("%(by)s began to draft rosters for %(total)s units"), "generation")
sentence("generation.progressed", _("Rosters drafted for %(done)s of %(total)s units"), "generation")
sentence("generation.done", _("Rosters drafted for all %(total)s units: %(shifts)s shifts"), "generation", **MOVED)
sentence("roster.published", _("%(by)s published the roster of %(unit_name)s for %(month)s"), "roster", **MOVED)
sentence(
    "roster.cannot_be_called", _("On the roster of %(unit_name)s without a number of their own: %(people_names)s"),
    people=list, people_names=dict, unit_name=dict,
)  # fmt: skip
sentence(
    "duty.fallback_set", _("%(by)s set whom %(unit_name)s calls where nobody is left: %(person_name)s"),
    person=int, person_name=dict, unit_name=dict,
)  # fmt: skip
sentence("roster.added_to", _("%(by)s published more shifts of %(unit_name)s for %(month)s"), "roster")
sentence("roster.drafts_discarded", _("%(by)s discarded the drafts of %(unit_name)s for %(month)s"), "roster")
sentence(
    "roster.imported", _("%(by)s imported %(shifts)s shifts of %(unit_name)s from a sheet"), unit_name=dict, shifts=int
)
sentence("shift.added", _("%(by)s added a shift of %(unit_name)s: %(people_names)s"), "shift", people_names=dict)
sentence("shift.changed", _("%(by)s changed a shift of %(unit_name)s: %(people_names)s"), "shift", people_names=dict)
sentence(
    "shift.moved", _("%(by)s moved a shift of %(unit_name)s: %(people_names)s"),
    "shift", people_names=dict, was_from=dt.datetime, was_to=dt.datetime,
)  # fmt: skip
sentence(
    "shift.called_off", _("%(by)s called off a shift of %(unit_name)s: %(reason)s"),
    "shift", people_names=dict, reason=str,
)  # fmt: skip
sentence("shift.calendar_accepted", _("%(by)s left a shift as it is under the new calendar"))
sentence(
    "override.made", _("%(by)s put %(person_name)s on duty as %(post_name)s of %(unit_name)s, %(time)s: %(reason)s"),
    "override", time=str, reason=str,
)  # fmt: skip
sentence(
    "override.withdrawn", _("%(by)s took back that %(person_name)s is %(post_name)s of %(unit_name)s"),
    "override", time=str,
)  # fmt: skip
sentence(
    "swap.requested", _("%(by)s asked for a swap for %(asked_by_name)s as %(post_name)s of %(unit_name)s: %(reason)s"),
    "swap", reason=str,
)  # fmt: skip
sentence(
    "swap.taken",
    _("%(by)s accepted the swap of %(asked_by_name)s for %(taken_by_name)s (%(post_name)s, %(unit_name)s)"),
    "swap", **MOVED,
)  # fmt: skip
sentence(
    "swap.approved", _("%(by)s approved the swap: %(taken_by_name)s for %(asked_by_name)s (%(unit_name)s)"),
    "swap", **MOVED,
)  # fmt: skip
sentence("swap.refused", _("%(by)s refused the swap of %(asked_by_name)s (%(unit_name)s)"), "swap", **MOVED)
sentence("swap.cancelled", _("%(by)s took back the swap of %(asked_by_name)s (%(unit_name)s)"), "swap", **MOVED)
sentence(
    "swap.expired",
    _("Nobody decided in time: %(by)s let the swap of %(asked_by_name)s lapse (%(unit_name)s)"),
    "swap",
    **MOVED,
)
sentence(
    "leave.asked",
    _("%(by)s asked for leave for %(person_name)s of %(unit_name)s, %(time)s"),
    "leave",
    time=str,
    both_away=list,
)
sentence(
    "leave.recorded", _("%(by)s recorded the leave of %(person_name)s (%(unit_name)s), %(time)s"),
    "leave", time=str, both_away=list,
)  # fmt: skip
sentence("leave.approved", _("%(by)s approved the leave of %(person_name)s (%(unit_name)s)"), "leave", **MOVED)
sentence("leave.refused", _("%(by)s refused the leave of %(person_name)s (%(unit_name)s)"), "leave", **MOVED)
sentence("leave.withdrawn", _("%(by)s withdrew the leave of %(person_name)s (%(unit_name)s)"), "leave", **MOVED)
sentence(
    "leave.ended",
    _("%(by)s noted that %(person_name)s of %(unit_name)s is back from leave early"),
    "leave",
    time=str,
    both_away=list,
)
sentence("handover.opened", _("%(by)s opened the handover of %(unit_name)s"), "handover")
sentence("handover.signed", _("%(by)s signed the handover of %(unit_name)s"), "handover", **MOVED, side=str)
sentence(
    "handover.accepted", _("%(by)s signed the handover of %(unit_name)s: the next shift has taken over"),
    "handover", **MOVED, side=sometimes(str), settled=sometimes(bool), reason=sometimes(str),
)  # fmt: skip
sentence(
    "handover.settled", _("%(by)s settled the handover of %(unit_name)s: the next shift has taken over"),
    "handover", **MOVED, side=sometimes(str), settled=sometimes(bool), reason=sometimes(str),
)  # fmt: skip
sentence("handover.lapsed", _("The handover of %(unit_name)s lapsed unsigned"), "handover", **MOVED)
sentence(
    "handover.late", _("The handover of %(unit_name)s is late; %(by)s told %(leader_name)s"),
    "handover", leader_name=dict | None,
)  # fmt: skip
sentence(
    "duty.checked_in", _("%(by)s is at the post of %(post_name)s, %(unit_name)s"),
    unit_name=dict, post_name=dict, late=bool, person=int,
)  # fmt: skip
sentence(
    "duty.late_check_in", _("%(by)s checked in late as %(post_name)s, %(unit_name)s"),
    unit_name=dict, post_name=dict, late=bool, person=int,
)  # fmt: skip
sentence("duty.not_checked_in", _("Nobody of the shift of %(unit_name)s has checked in"), unit_name=dict)
sentence("spot_check.called", _("Spot check: %(by)s called %(unit_name)s (%(post_name)s)"), "spot_check", **MOVED)
sentence(
    "spot_check.called_again", _("Spot check: %(unit_name)s did not answer; %(by)s called again"), "spot_check", **MOVED
)
sentence(
    "spot_check.leader_called",
    _("Spot check: %(unit_name)s still does not answer; %(by)s called its leader %(leader_name)s"),
    "spot_check", **MOVED,
)  # fmt: skip
sentence(
    "spot_check.closed", _("%(by)s closed the spot check of %(unit_name)s: %(outcome_name)s"), "spot_check", **MOVED
)
sentence("spot_check.noted", _("%(by)s noted no answer from %(unit_name)s yet"), "spot_check")
sentence("spot_check.cancelled", _("%(by)s cancelled a planned spot check"), "spot_check", **MOVED)
sentence("call.logged", _("%(by)s logged a call: %(content)s"), "call")
sentence("call.replied", _("%(by)s logged the reply to a superior's call: %(content)s"), "call")
sentence("call.reply_overdue", _("A superior's call to %(unit_name)s still waits for a reply: %(content)s"), "call")
sentence("leader.in_county", _("%(by)s reported: %(person_name)s is in the county"), **_STAY)
sentence("leader.away", _("%(by)s filed: %(person_name)s is out of the county, %(place)s, %(time)s"), **_STAY)
sentence("leader.on_leave", _("%(by)s filed: %(person_name)s is on leave, %(time)s"), **_STAY)
sentence("leader.withdrawn", _("%(by)s withdrew the absence of %(person_name)s, %(time)s"), **_STAY)
sentence(
    "leader.authorised",
    _("%(by)s recorded: %(deputy_name)s signs for %(giver_name)s while away, %(time)s: %(matters_name)s (%(ground)s)"),
    **_AUTHORITY,
)
sentence(
    "leader.authorisation_revoked",
    _("%(by)s revoked: %(deputy_name)s signs for %(giver_name)s, %(time)s"),
    **_AUTHORITY,
)
sentence("leaders.both_out", _("Both heads of %(unit_name)s are out of the county at once"), unit_name=dict)
sentence("leaders.head_back", _("A head of %(unit_name)s is in the county again"), unit_name=dict)
sentence("call.corrected", _("%(by)s corrected a logged call: %(reason)s"), "call", reason=str)
sentence(
    "gap.opened",
    _("Nobody fills %(post_name)s of %(unit_name)s (%(person_name)s); %(by)s called %(called_name)s"),
    "gap",
)
sentence(
    "gap.replaced", _("%(post_name)s of %(unit_name)s is still not filled as rostered; who stands in has changed"),
    "gap", **MOVED,
)  # fmt: skip
sentence("gap.called_again", _("Still nobody fills %(post_name)s of %(unit_name)s; %(by)s called again"), "gap")
sentence("gap.nobody_to_call", _("Nobody fills %(post_name)s of %(unit_name)s, and nobody is left to call"), "gap")
sentence("gap.filled", _("%(post_name)s of %(unit_name)s is filled again"), "gap", **MOVED)
sentence("calendar_feed.issued", _("%(by)s made a calendar feed"))
sentence("calendar_feed.revoked", _("%(by)s revoked a calendar feed"))

rule(
    "duty.gaps", _("the stand-in of an empty duty post is called at once, and the leaders are told"), "nobody_again_min"
)
rule("duty.handover", _("a handover opens before the next shift begins"))
rule("duty.handover_late", _("a handover that is not signed in time is told to the leader on duty"))
rule("duty.check_in", _("a shift in which nobody has checked in is told to the leader on duty"))
rule("duty.spot_check", _("who does not call back in time is called again, then the leader"), "call_back_min")
rule("duty.swap_expires", _("a swap that nobody decided on before its shift lapses"))
rule("duty.generate", _("rosters are drafted unit by unit after somebody began it"))
rule("duty.heads", _("both heads out of the county at once are told to its desk and leaders"))
rule("duty.reply_due", _("a superior's call without a reply is called to mind"), "superior_reply_min")
rule("duty.revoke_feeds", _("calendar feeds of somebody who left the register are revoked"))
rule("duty.comm_tests", _("communications are tested each month, and a test is closed when its time is over"))
rule("duty.gateways", _("the officer on duty hears when a gateway or the deliverer is silent"))
rule("duty.clock", _("the officer on duty hears when the system's clock jumps"))


message("duty.put_on", _("You are on duty as %(post)s of %(unit)s, %(time)s: %(reason)s"))
message("duty.rostered", _("You are rostered as %(post)s of %(unit)s, %(time)s."))
message("duty.rostered_many", _("You are rostered for %(count)s shifts of %(unit)s, the first %(time)s."))
message("duty.taken_off", _("You are no longer rostered as %(post)s of %(unit)s, %(time)s."))
message("duty.taken_off_many", _("You are no longer rostered for %(count)s shifts of %(unit)s, the first %(time)s."))
message("duty.moved", _("Your shift as %(post)s of %(unit)s has moved from %(was)s to %(time)s."))
message("duty.moved_many", _("Your shifts in %(unit)s have moved from %(was)s to %(time)s."))
message("duty.called_off", _("Your shift as %(post)s of %(unit)s, %(time)s, is called off: %(reason)s"))
message("duty.called_off_many", _("Your shifts in %(unit)s, %(time)s, are called off: %(reason)s"))
message("duty.covered", _("%(person)s is on duty in your place as %(post)s of %(unit)s, %(time)s: %(reason)s"))
message("duty.cover_over", _("You are no longer on duty as %(post)s of %(unit)s, %(time)s."))
message("duty.given_back", _("You are on duty again as %(post)s of %(unit)s, %(time)s: nobody stands in any more."))
message("duty.cannot_be_called", _("Published, but these cannot be called on a number of their own: %(people)s"))
message("duty.stand_in", _("%(person)s is not available; you stand in as %(post)s of %(unit)s from now on."))
message("duty.gap", _("No %(post)s is covering %(unit)s as rostered. Assign someone now."))
message(
    "duty.clock_jumped",
    _("The system's clock jumped by %(seconds)s s. Deadlines may be early or late: have the server's time put right."),
)
message(
    "duty.gateway_resting",
    _("Gateway %(name)s failed several times in a row (%(error)s). Have it looked at; other accounts take over."),
)
message("duty.gateway_silent", _("Gateway %(name)s does not answer: calls and texts may not have gone out."))
message(
    "duty.gateway_without_receipts",
    _("Gateway %(name)s takes messages but reports none as delivered: count on nobody having been reached by it."),
)
message(
    "duty.deliverer_stopped",
    _("%(waiting)s messages wait and none is sent: the deliverer does not work. Call by hand, and have it looked at."),
)
sentence(
    "comm_test.started",
    _("%(by)s began a communication test of %(unit_name)s: %(people)s people, %(minutes)s min to answer"),
    unit_name=dict, people=int, minutes=int, monthly=bool,
)  # fmt: skip
sentence("comm_test.answered", _("%(by)s answered a communication test"), how=str)
sentence(
    "comm_test.closed", _("The communication test of %(unit_name)s is over: %(answered)s of %(people)s answered"),
    unit_name=dict, people=int, answered=int, bad_numbers=int,
)  # fmt: skip


def _planned(values: Mapping[str, Any]) -> Any:
    if values.get("post_name"):
        return _(
            "%(by)s had communications with each %(post_name)s of %(unit_name)s tested each month, on day %(day)s at"
            " %(hour)s o'clock"
        )
    return _("%(by)s had communications of %(unit_name)s tested each month, on day %(day)s at %(hour)s o'clock")


sentence(
    "comm_test.planned", _planned, unit_name=dict, day=int, hour=int, minutes=int, post_name=sometimes(dict | None),
)  # fmt: skip
sentence(
    "comm_test.number_corrected",
    _("%(by)s corrected the number of %(name)s, who had not answered a communication test: it was %(old)s"),
    person=int, name=dict, old=str,
)  # fmt: skip
message("duty.comm_test", _("Communication test, no alarm. Please answer within %(minutes)s minutes."))
message("duty.not_checked_in", _("Nobody of the shift of %(unit)s has checked in."))
message("swap.to_approve", _("%(taken_by)s would stand in for %(asked_by)s as %(post)s of %(unit)s, %(time)s: decide."))
message("swap.approved", _("The swap is approved: %(taken_by)s stands in for %(asked_by)s as %(post)s, %(time)s."))
message("swap.refused", _("The swap of %(asked_by)s as %(post)s, %(time)s, was refused: %(answer)s"))
message("swap.cancelled", _("%(asked_by)s took back the swap as %(post)s, %(time)s."))
message("swap.expired", _("Nobody decided on the swap of %(asked_by)s as %(post)s, %(time)s, in time."))
message("leave.to_decide", _("%(person)s of %(unit)s asks for leave, %(time)s: decide."))
message("leave.approved", _("Your leave, %(time)s, is approved."))
message("leave.refused", _("Your leave, %(time)s, was refused: %(answer)s"))
message("leave.withdrawn", _("Your leave, %(time)s, was withdrawn."))
message("handover.opened", _("The handover of %(unit)s is open: read it and sign."))
message("handover.late", _("The handover of %(unit)s is 10 minutes late: the outgoing shift is still on."))
message("call.reply_due", _("%(caller)s called %(unit)s and waits for a reply: give it, and log it."))
message("leader.filed", _("%(by)s filed that you are away, %(time)s (%(place)s)."))
message("leader.authorised", _("While %(giver)s is away, %(deputy)s signs for them, %(time)s: %(matters)s."))
message("leader.authorisation_revoked", _("%(deputy)s no longer signs for %(giver)s, %(time)s."))
message(
    "leaders.both_out",
    _("Both heads of %(unit)s are out of the county at once: see who may sign, and who comes back."),
)
message("spot_check.called", _("Spot check of %(unit)s: answer now."))
message("spot_check.called_again", _("Spot check of %(unit)s, second call: answer now."))
message("spot_check.leader", _("Spot check: %(unit)s (%(post)s, %(person)s) did not answer two calls. See to it."))
message("spot_check.failed", _("Spot check: %(unit)s did not answer two calls; its leader has been called."))
