from collections.abc import Sequence

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from org.rules import announce


class JournalConfig(AppConfig):
    name = "journal"
    verbose_name = _("journal")

    def ready(self) -> None:
        # Codes are registered by the import of these modules (database/registry.py).
        autodiscover_modules("states", "timers", "subscribers", "sentences", "actions.rounds", "actions.purges")
        autodiscover_modules("actions.photos", "selectors.photos")
        announce.register(_record_announcements)


def _record_announcements(announcements: Sequence[announce.Announcement], by: announce.Actor) -> None:
    """What the register below announces becomes events like any other."""
    from journal.actions.recording import SYSTEM, Fact, record_all

    record_all([Fact(a.verb, a.subject, a.unit_path, data=a.data) for a in announcements], by=by or SYSTEM)
