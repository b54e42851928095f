"""What a leader's authorisation covers: approving response levels, and signing papers and orders."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MATTERS: dict[str, Promise] = {
    "level_I": _("approve response level I"),
    "level_II": _("approve response level II"),
    "level_III": _("approve response level III"),
    "level_IV": _("approve response level IV"),
    "papers": _("sign official papers and orders"),
}


def of_level(level: str) -> str:
    """The matter of approving a response level ("IV")."""
    return f"level_{level}"
