from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class NormsConfig(AppConfig):
    """What rules rest on: numbers with their sources, deadlines that explain themselves, and the chase."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "norms"
    verbose_name = _("numbers, deadlines and the chase")

    def ready(self) -> None:
        # Each app registers its numbers there (norms/rules/numbers.py).
        autodiscover_modules("rules.default_numbers")
