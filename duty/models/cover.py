"""What the rules of cover rest on beside `CoverRule`: which posts a shift needs, and where a response runs."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from org.models import Unit


class Crew(models.Model):
    """The duty posts that make a shift whole at a level; a level without a row needs leader, main and deputy."""

    level = models.CharField(_("level"), max_length=12, choices=Unit.Level.choices, unique=True)
    posts = ArrayField(models.CharField(max_length=8), verbose_name=_("duty posts"))
    source = models.CharField(_("source"), max_length=160)

    class Meta:
        verbose_name = _("crew of a level")
        verbose_name_plural = _("crews of levels")
        ordering = ["level"]

    def __str__(self) -> str:
        return f"{self.level}: {', '.join(self.posts)}"


class ResponseCover(models.Model):
    """A response that is running, as far as duty must know: the area whose units keep watch because of it.

    Written by the app of responses (`duty.actions.cover`), one row a response; exercises have none.
    """

    subject = models.CharField(_("response"), max_length=40, unique=True)
    hazard = models.CharField(_("type of hazard"), max_length=16)
    paths = ArrayField(models.CharField(max_length=80), verbose_name=_("area"))
    starts_at = models.DateTimeField(_("from"), db_default=DatabaseNow())
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("cover of a response")
        verbose_name_plural = _("covers of responses")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.subject} {self.hazard}"
