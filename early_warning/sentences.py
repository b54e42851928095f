"""What the journal and the messages say about warnings (DESIGN law 10)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from journal.sentences import sentence
from notify.words import sentence as message

sentence("warning.received", _("%(by)s sent the warning %(ref)s: %(headline)s"))
sentence("warning.updated", _("%(by)s replaced the warning %(ref)s by an update"))
sentence("warning.cancelled", _("%(by)s cancelled the warning %(ref)s"))
sentence("warning.expired", _("The warning %(ref)s expired"))
sentence("warning.dismissed", _("%(by)s dismissed the warning %(ref)s: %(reason)s"))
sentence("warning.reopened", _("%(by)s put the warning %(ref)s back in force: %(reason)s"))
sentence("warning.taken_up", _("%(by)s opened the incident %(incident)s from the warning %(ref)s"))
sentence("warning.message_kept", _("%(by)s sent a message that changed nothing (%(kind)s %(identifier)s); it is kept"))
sentence("feed.added", _("%(by)s added the platform %(name)s"))
sentence("feed.revoked", _("%(by)s revoked the token of the platform %(name)s"))
sentence("feed.message_unread", _("A message of %(platform)s could not be read: %(why)s"))
sentence("feed.message_attended", _("%(by)s attended to %(n)s unread messages of %(platform)s"))

message("feed.message_unread", _("Messages of %(platform)s that could not be read: %(n)s. The latest: %(why)s"))
message("warning.received", _("Warning %(ref)s: %(headline)s"))
