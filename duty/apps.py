from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class DutyConfig(AppConfig):
    name = "duty"
    verbose_name = _("duty")

    def ready(self) -> None:
        # Upper apps say there what a handover carries of theirs (duty/selectors/gather.py).
        autodiscover_modules("selectors.handover_items")
        autodiscover_modules("selectors.substitutes")
