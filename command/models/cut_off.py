"""Villages that are presumed cut off: no telephone of theirs has a network (docs/adr/0047)."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow


class CutOff(models.Model):
    """A village from the moment on when it is presumed cut off, until somebody there gives a sign of life.

    ``grounds``: whom no telephone reached, [{"person", "name": {"zh", "en"}, "channel", "outcome", "at"}], the first
    first. ``lifted_how``: the sign of life, one of Sign. ``lifted_by``: who gave it, where that is known.
    """

    class Sign(models.TextChoices):
        ANSWER = "answer", _("an answer")
        DELIVERY = "delivery", _("a telephone was reached again")
        HAZARD = "hazard", _("a hazard was filed")

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="cut_offs", verbose_name=_("unit"))
    since = models.DateTimeField(_("since"), db_default=DatabaseNow())
    grounds = models.JSONField(_("grounds"), default=list, encoder=DjangoJSONEncoder)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey("org.Person", models.PROTECT, null=True, blank=True, related_name="+")
    lifted_how = models.CharField(_("sign of life"), max_length=8, choices=Sign.choices, blank=True)

    class Meta:
        verbose_name = _("village presumed cut off")
        verbose_name_plural = _("villages presumed cut off")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="cut_off_once", fields=["unit"], condition=Q(lifted_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.since}"
