import pkgutil
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from notify import gateways


class NotifyConfig(AppConfig):
    name = "notify"
    verbose_name = _("messages to people")

    def ready(self) -> None:
        # Each package of notify/gateways/ registers its gateway.
        for found in pkgutil.iter_modules(gateways.__path__):
            import_module(f"{gateways.__name__}.{found.name}")
