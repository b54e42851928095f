"""The tables that the rules of duty rest on: data with a source and an effective date, never constants."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from org.models import Unit


class CoverRule(models.Model):
    """When units of a level must have people on duty; a unit of its own, when named, is ruled by its own rows alone.

    ``season`` and ``response`` empty: all the year; otherwise only on the dates of seasons of that kind, or while a
    response to that hazard ("any": to whatever) runs over the unit, of a department: in its county. ``endings``: only
    the units whose codes end so ("D03"). Daily from ``start`` (Beijing time) for ``hours``; 24 hours is no gap at all.
    """

    level = models.CharField(_("level"), max_length=12, choices=Unit.COMMANDED)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="cover_rules")
    season = models.CharField(_("season"), max_length=16, blank=True)
    response = models.CharField(_("response to"), max_length=16, blank=True)
    endings = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("codes end with"))
    start = models.TimeField(_("daily from"))
    hours = models.PositiveSmallIntegerField(_("hours"))
    source = models.CharField(_("source"), max_length=160)
    effective_from = models.DateField(_("effective from"))

    class Meta:
        verbose_name = _("cover rule")
        verbose_name_plural = _("cover rules")
        ordering = ["level", "id"]

    def __str__(self) -> str:
        return f"{self.level} {self.season}{self.response} {self.start} {self.hours} h"


class PostLink(models.Model):
    """Which post of the register a duty post stands for at a level: the ladder calls that post by the roster.

    ``register_post`` is the code of an org.Post; where there is none (the leader on duty) the duty post has no
    counterpart.
    """

    level = models.CharField(_("level"), max_length=12, choices=Unit.COMMANDED)
    post = models.CharField(_("duty post"), max_length=8)
    register_post = models.SlugField(_("post"), max_length=40)

    class Meta:
        verbose_name = _("link of posts")
        verbose_name_plural = _("links of posts")
        ordering = ["level", "post"]
        constraints = [models.UniqueConstraint(fields=["level", "register_post"], name="duty_post_link_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.post} = {self.register_post}"
