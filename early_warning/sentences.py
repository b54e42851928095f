"""What the journal and the messages say about warnings (docs/laws.md 12)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from journal.sentences import sentence
from notify.selectors.ranks import rank
from notify.sentences import sentence as message

sentence("warning.received", _("%(by)s sent the warning %(ref)s: %(headline)s"))
sentence("warning.updated", _("%(by)s replaced the warning %(ref)s by an update"))
sentence("warning.cancelled", _("%(by)s cancelled the warning %(ref)s"))
sentence("warning.expired", _("The warning %(ref)s expired"))
sentence("warning.dismissed", _("%(by)s dismissed the warning %(ref)s: %(reason)s"))
sentence("warning.reopened", _("%(by)s put the warning %(ref)s back in force: %(reason)s"))
sentence("warning.held", _("%(by)s sent an update that awaits a decision (%(ref)s): %(headline)s"))
sentence("warning.accepted", _("%(by)s put the update %(ref)s in force: %(reason)s"))
sentence("warning.rejected", _("%(by)s rejected the update %(ref)s: %(reason)s"))
sentence("warning.kept_elsewhere", _("%(by)s sent the warning %(ref)s, which lies outside the county: %(headline)s"))
sentence("warning.questioned", _("%(by)s sent a message that may concern %(ref)s (%(kind)s %(identifier)s): %(why)s"))
sentence("warning.part_began", _("Part %(part)s of the warning %(ref)s has begun: %(area)s"))
sentence("warning.part_over", _("Part %(part)s of the warning %(ref)s is over: %(area)s"))
sentence("question.accepted", _("%(by)s accepted the message %(identifier)s (%(refs)s)"))
sentence("question.rejected", _("%(by)s did not accept the message %(identifier)s (%(refs)s)"))
sentence("question.lapsed", _("What came after settled the question about the message %(identifier)s (%(refs)s)"))
sentence("warning.taken_up", _("%(by)s opened the incident %(incident)s from the warning %(ref)s"))
sentence("warning.message_kept", _("%(by)s sent a message that changed nothing (%(kind)s %(identifier)s); it is kept"))
sentence("feed.added", _("%(by)s added the platform %(name)s"))
sentence("feed.revoked", _("%(by)s revoked the token of the platform %(name)s"))
sentence("feed.message_unread", _("A message of %(platform)s could not be read: %(why)s"))
sentence("feed.message_attended", _("%(by)s attended to %(n)s unread messages of %(platform)s"))

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
