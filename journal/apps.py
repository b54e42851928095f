from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "journal"
    verbose_name = _("journal")

    def ready(self) -> None:
        # State tables, timer handlers and subscribers register themselves by being imported.
        autodiscover_modules("states", "timers", "subscribers", "rounds", "sentences")
        from journal.actions import record_announcements
        from org import announce

        announce.register(record_announcements)
