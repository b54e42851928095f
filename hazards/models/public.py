"""What the public's door keeps: the posters that lead to it, and how often it was used."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow
from org.models import Unit


class Poster(models.Model):
    """A place with a QR code on the wall that opens the public filing page; ``key`` can be replaced if misused."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    site = models.CharField(_("site"), max_length=80, blank=True)
    key = models.CharField(max_length=32, unique=True)
    made_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=DatabaseNow())
    ended_at = models.DateTimeField(null=True, blank=True)

    # Set by the selectors and views of the pages that show it
    keeps: bool
    address: str

    class Meta:
        ordering = ["unit__path", "site"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.site}"


class PublicFiling(models.Model):
    """One report through the public door, counted against its poster and its sender's address.

    ``address`` is a keyed hash: enough to count by, and no list of who walked where. Rows older than a day count for
    nothing and are swept away.
    """

    poster = models.ForeignKey(Poster, models.CASCADE, related_name="+")
    address = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["address", "at"], name="hazard_public_address"),
            models.Index(fields=["poster", "at"], name="hazard_public_poster"),
        ]

    def __str__(self) -> str:
        return f"{self.poster_id} {self.at}"
