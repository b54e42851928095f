"""Browsers that a person has allowed to show notifications."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from database.fields import LineField


class PushSubscription(models.Model):
    """One browser on one device (Web Push). ``endpoint``: where its maker's service takes messages for it; it is shown
    to nobody. ``server_key``: the public VAPID key that it was made for; under another one it takes nothing.
    """

    person = models.ForeignKey("org.Person", models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1000)
    p256dh = models.CharField(max_length=90)
    auth = models.CharField(max_length=30)
    server_key = models.CharField(max_length=90)
    device = LineField(_("device"), max_length=60)
    created_at = models.DateTimeField(_("created at"), db_default=DatabaseNow())
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["endpoint"], name="push_endpoint_once")]

    def __str__(self) -> str:
        return self.device
