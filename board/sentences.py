"""The sentences of the board's own events (docs/laws.md 12)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from journal.sentences import sentence

sentence("demonstration.ended", _("%(by)s ended the demonstration: its published logins open nothing any more"))
sentence("wall.added", _("%(by)s added the wall screen %(name)s"), name=str)
sentence("wall.revoked", _("%(by)s revoked the wall screen %(name)s"), name=str)
sentence("brief.edited", _("%(by)s worded a section of the brief on %(ref)s"), "incident", section=str, text=str)
