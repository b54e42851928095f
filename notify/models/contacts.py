"""How a person can be reached beside the telephone of the register."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from database.fields import LineField


class Contact(models.Model):
    person = models.OneToOneField("org.Person", models.CASCADE, related_name="contact")
    second_phone = LineField(_("second phone"), max_length=24, blank=True)
    wecom = LineField(_("WeCom user"), max_length=64, blank=True)
    dingtalk = LineField(_("DingTalk user"), max_length=64, blank=True)
    by_email = models.BooleanField(_("also by e-mail"), default=False)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [models.Index(fields=["second_phone"], name="contact_second_phone")]

    def __str__(self) -> str:
        return str(self.person)
