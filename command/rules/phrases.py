"""Beginnings of orders that a duty officer writes most often. A county's own come with its plans."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PHRASES = (
    (_("Be on duty"), _("Staff the duty desk from now on, keep your phones open and report every hour.")),
    (
        _("Check hazards"),
        _("Check every hazard point and low-lying house at once; report what you find within 30 minutes."),
    ),
    (
        _("Relocate"),
        _("Move everyone in danger to the shelter, door by door; report should move, moved, refused, out of contact."),
    ),
    (_("Close roads"), _("Close flooded roads, bridges and fords, and put two people at each.")),
    (_("Roll-call"), _("Report at once: people safe, people missing, houses damaged, roads and power cut.")),
    (_("Stand down"), _("Stand down; keep watch on slopes and gullies for another 24 hours.")),
)
