from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "web"
    verbose_name = _("Files and jobs")

    def ready(self) -> None:
        # Kinds of jobs register themselves by being imported.
        autodiscover_modules("files.jobs")
