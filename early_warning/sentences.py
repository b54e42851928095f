"""What the journal and the messages say about warnings (docs/laws.md 12)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from database.members import Members, sometimes
from journal.sentences import MOVED, sentence
from norms.rules.automatic import rule
from notify.selectors.ranks import rank
from notify.sentences import sentence as message

_CARD = sometimes("warning")
"""None of a test, of what lies elsewhere and of what is not in force (early_warning/cards.py)."""
_MESSAGE: Members = {
    "ref": str, "headline": dict, "colour": str, "colour_source": str, "identifier": str, "sender": str,
    "cap_status": str, "units": int,
}  # fmt: skip

sentence("warning.received", _("%(by)s sent the warning %(ref)s: %(headline)s"), _CARD, **_MESSAGE)
sentence(
    "warning.updated", _("%(by)s replaced the warning %(ref)s by an update"),
    _CARD, **MOVED, ref=str, message=str, sender=str,
)  # fmt: skip
sentence(
    "warning.cancelled", _("%(by)s cancelled the warning %(ref)s"), _CARD, **MOVED, ref=str, message=str, sender=str
)
sentence("warning.expired", _("The warning %(ref)s expired: %(by)s took it out of force"), _CARD, **MOVED, ref=str)
sentence(
    "warning.dismissed", _("%(by)s dismissed the warning %(ref)s: %(reason)s"), _CARD, **MOVED, ref=str, reason=str
)
sentence(
    "warning.reopened", _("%(by)s put the warning %(ref)s back in force: %(reason)s"),
    _CARD, **MOVED, ref=str, reason=str,
)  # fmt: skip
sentence(
    "warning.classified", _("%(by)s classified the warning %(ref)s as: %(kind)s"),
    _CARD, ref=str, kind=dict, code=str, before=str,
)  # fmt: skip
sentence("warning.held", _("%(by)s sent an update that awaits a decision (%(ref)s): %(headline)s"), _CARD, **_MESSAGE)
sentence(
    "warning.accepted", _("%(by)s put the update %(ref)s in force: %(reason)s"), _CARD, **MOVED, ref=str, reason=str
)
sentence("warning.rejected", _("%(by)s rejected the update %(ref)s: %(reason)s"), _CARD, **MOVED, ref=str, reason=str)
sentence(
    "warning.kept_elsewhere", _("%(by)s sent the warning %(ref)s, which lies outside the county: %(headline)s"),
    _CARD, **_MESSAGE,
)  # fmt: skip
sentence(
    "warning.questioned", _("%(by)s sent a message that may concern %(ref)s (%(kind)s %(identifier)s): %(why)s"),
    _CARD, ref=str, question=int, kind=str, identifier=str, reasons=list, why=dict,
)  # fmt: skip
sentence(
    "warning.part_began", _("Part %(part)s of the warning %(ref)s has begun: %(area)s"),
    _CARD, ref=str, part=int, part_colour=str, area=str, signal_changed=bool,
)  # fmt: skip
sentence(
    "warning.part_over", _("Part %(part)s of the warning %(ref)s is over: %(area)s"),
    _CARD, ref=str, part=int, part_colour=str, area=str, signal_changed=bool,
)  # fmt: skip
sentence(
    "question.accepted", _("%(by)s accepted the message %(identifier)s (%(refs)s)"),
    **MOVED, question=str, identifier=str, refs=str,
)  # fmt: skip
sentence(
    "question.rejected", _("%(by)s did not accept the message %(identifier)s (%(refs)s)"),
    **MOVED, question=str, identifier=str, refs=str,
)  # fmt: skip
sentence(
    "question.lapsed", _("What came after settled the question about the message %(identifier)s (%(refs)s)"),
    **MOVED, question=str, identifier=str, refs=str,
)  # fmt: skip
sentence(
    "warning.taken_up", _("%(by)s opened the incident %(incident)s from the warning %(ref)s"),
    _CARD, ref=str, incident=str,
)  # fmt: skip
sentence(
    "warning.message_kept", _("%(by)s sent a message that changed nothing (%(kind)s %(identifier)s); it is kept"),
    kind=str, identifier=str, sender=str, notes=list,
)  # fmt: skip
sentence("feed.added", _("%(by)s added the platform %(name)s"), code=str, name=str)
sentence("feed.revoked", _("%(by)s revoked the token of the platform %(name)s"), code=str, name=str)
sentence(
    "feed.message_unread", _("A message of %(platform)s could not be read: %(why)s"),
    platform=str, n=int, why=dict, code=str, size=int,
)  # fmt: skip
sentence("feed.message_attended", _("%(by)s attended to %(n)s unread messages of %(platform)s"), platform=str, n=int)

rule("early_warning.look_again", _("an orange or red warning has the open hazards inside it looked at again"))
rule("early_warning.time", _("a warning and its parts begin and end at the times that their issuer gave"))


message("feed.message_unread", _("Messages of %(platform)s that could not be read: %(n)s. The latest: %(why)s"))
message("warning.received", _("Warning %(ref)s: %(headline)s"))
message("warning.milder", _("Warning %(ref)s replaces %(old)s. %(why)s. %(headline)s"))
message(
    "question.update",
    _("An update of %(ref)s cannot be in force: %(why)s. %(ref)s stays in force until somebody decides."),
)
message("question.ending", _("A message may end %(ref)s: %(why)s. %(ref)s stays in force until somebody decides."))
message("question.contradiction", _("%(ref)s contradict each other: %(why)s. The graver rules until somebody decides."))
message("question.waits", _("An update of a warning that is not known here awaits a decision: %(why)s."))
message("question.left_open", _("%(ref)s is over, and nobody has decided on its update: %(why)s."))
rank("warning.", 1)
rank("warning.", 0, colour="red")
rank("question.", 1)
