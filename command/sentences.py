"""The sentences of command's events and messages (docs/laws.md 12)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from command.models import Colour
from command.screens.answer_words import answered, climbed, stepped, undecided
from journal.sentences import sentence
from notify.selectors.ranks import rank
from notify.sentences import sentence as message

sentence("incident.opened", _("%(by)s opened incident %(ref)s: %(title)s"))
sentence("incident.warned", _("%(by)s set %(ref)s to warned"))
sentence("incident.response_started", _("%(by)s started a level %(level)s response to %(ref)s: %(grounds)s"))
sentence("incident.response_resumed", _("%(by)s resumed the response to %(ref)s at level %(level)s: %(grounds)s"))
sentence("incident.level_raised", _("%(by)s raised %(ref)s from level %(from_level)s to %(level)s: %(grounds)s"))
sentence("incident.level_lowered", _("%(by)s lowered %(ref)s from level %(from_level)s to %(level)s: %(grounds)s"))
sentence("incident.ended", _("%(by)s ended the response to %(ref)s: %(grounds)s"))
sentence("incident.recovery_started", _("%(by)s started recovery after %(ref)s"))
sentence("incident.reviewed", _("%(by)s closed the review of %(ref)s"))
sentence("incident.archived", _("%(by)s archived %(ref)s"))
sentence("incident.amended", _("%(by)s corrected what is known of %(ref)s"))
sentence("incident.command_offered", _("%(by)s offered command of %(ref)s to %(to_name)s"))
sentence("incident.command_taken", _("%(by)s took command of %(ref)s from %(from_name)s"))
sentence("incident.command_declined", _("%(by)s declined command of %(ref)s"))
sentence("incident.from_hazard", _("%(by)s opened %(ref)s from the hazard %(hazard_ref)s"))
sentence("hazard.became_incident", _("%(by)s opened the incident %(incident_ref)s from %(ref)s"))
sentence("order.issued", _("%(by)s issued order %(ref)s to %(units)s units, %(assignments)s assignments"))
sentence("order.called", _("Order %(ref)s called %(unit_name)s"))
sentence("order.reminded", _("%(by)s reminded %(people)s people of order %(ref)s"))
sentence("order.called_off", _("%(by)s called off order %(ref)s: %(reason)s"))
sentence("assignment.acknowledged", answered)
sentence("assignment.passed_on", stepped(_("%(unit_name)s (%(post_name)s) passed the order on")))
sentence("assignment.in_place", stepped(_("%(unit_name)s (%(post_name)s) is in place")))
sentence("assignment.done", stepped(_("%(unit_name)s (%(post_name)s) reports done")))
sentence("assignment.verified", _("%(by)s verified %(unit_name)s (%(post_name)s)"))
sentence("assignment.sent_back", _("%(by)s sent %(unit_name)s (%(post_name)s) back: %(note)s"))
sentence("assignment.called_off", _("The order to %(unit_name)s (%(post_name)s) was called off"))
sentence(
    "assignment.reassigned",
    _("%(unit_name)s (%(post_name)s): handed from %(from_name)s to %(to_name)s by %(by)s: %(reason)s"),
)
sentence("assignment.nobody_to_call", _("%(unit_name)s (%(post_name)s) is silent, and nobody is left to call"))
sentence("incident.reopened", _("%(by)s reopened %(ref)s: %(grounds)s"))
sentence("ladder.set", _("%(by)s set version %(version)s of the %(colour_name)s ladder, from %(from)s: %(source)s"))
sentence("assignment.climbed", climbed)
sentence("incident.response_stopped", _("%(by)s stopped the response to %(ref)s: %(grounds)s"))
sentence(
    "response.started",
    _("%(by)s started level %(level)s of “%(plan_name)s” for %(ref)s: %(out)s tasks ordered, %(held)s held back"),
)
sentence(
    "response.acted_first",
    _("%(by)s acted first on %(ref)s: level %(level)s of “%(plan_name)s”, to be approved afterwards"),
)
sentence(
    "response.changed",
    _("Level %(level)s of “%(plan_name)s”: %(new)s tasks more, %(withdrawn)s withdrawn, %(kept)s unchanged"),
)
sentence("response.approved", _("%(by)s approved what %(started_by)s had started: level %(level)s for %(ref)s"))
sentence("response.ended", _("The response to %(ref)s by “%(plan_name)s” is over: %(reason)s"))
sentence("response.condition_met", _("%(by)s: %(condition)s (%(ref)s). %(note)s"))
sentence("response.condition_unmet", _("%(by)s: not met any more: %(condition)s (%(ref)s). %(note)s"))
sentence("task.released", _("%(unit_name)s (%(post_name)s) may begin: %(action_name)s"))
sentence("task.withdrawn", _("Withdrawn from %(unit_name)s (%(post_name)s): %(action_name)s. %(reason)s"))
sentence("proposal.made", _("%(title)s: level %(level)s of “%(plan_name)s” is proposed"))
sentence("proposal.made_again", _("%(title)s: level %(level)s of “%(plan_name)s” is proposed again"))
sentence("proposal.climbed", undecided)
sentence("proposal.accepted", _("%(by)s accepted level %(level)s of “%(plan_name)s”: %(title)s"))
sentence("proposal.refused", _("%(by)s refused level %(level)s of “%(plan_name)s”: %(reason)s"))
sentence("proposal.lapsed", _("The proposal of level %(level)s of “%(plan_name)s” lapsed: %(title)s"))

message("order.called", _("Order %(ref)s to %(unit)s: %(text)s"))
message("order.reminded", _("Still no answer from you. Order %(ref)s to %(unit)s: %(text)s"))
message("order.deputy_called", _("%(person)s does not answer; you stand in. Order %(ref)s to %(unit)s: %(text)s"))
message("order.silent_below", _("%(unit)s (%(post)s) does not answer. Order %(ref)s: %(text)s"))
message(
    "order.send_runner", _("%(unit)s (%(post)s) does not answer: send a runner or use the loudspeaker. Order %(ref)s")
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
    _("%(by)s (%(unit)s) acted first: level %(level)s of “%(plan)s” for %(ref)s. Approve or stop it"),
)
message("proposal.made", _("%(title)s. Level %(level)s of “%(plan)s” is proposed: decide"))
message("proposal.climbed", _("Nobody has decided yet. %(title)s: level %(level)s of “%(plan)s” is proposed"))

# Warnings stand first (early_warning/sentences.py). Then what asks for one's own answer, red orders before blue ones;
# then decisions; then the silence of others.
for _place, _colour in enumerate(Colour.values):
    for _code in ("order.called", "order.reminded", "order.deputy_called"):
        rank(_code, 10 + _place, colour=_colour)
    rank("order.", 30 + _place, colour=_colour)
for _code in ("order.called", "order.reminded", "order.deputy_called"):
    rank(_code, 19)
for _code in ("proposal.", "response.", "command."):
    rank(_code, 20)
rank("order.", 39)
