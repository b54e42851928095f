"""The bottom layer: units, people, posts."""

from __future__ import annotations

from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "org"
    verbose_name = _("Units and people")

    def ready(self) -> None:
        from org.actions.people import register_administrator
        from org.models import PersonManager

        PersonManager.create_superuser = staticmethod(partial(register_administrator, by=None))
