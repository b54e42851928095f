"""The journal's epoch: a mark that goes with every cursor, and changes when a backup is restored.

After a restore the journal's numbers begin again below what open pages have seen; a page that only compared numbers
would drop every new event until the old maximum was passed. A cursor of another epoch, or of the future, is told to
load anew.
"""

from __future__ import annotations

from journal.models import Epoch


def current() -> str:
    """The code of the epoch in force."""
    newest = Epoch.objects.order_by("-id").values_list("code", flat=True).first()
    if newest is None:
        raise LookupError("the journal has no epoch: its migrations are not applied")
    return str(newest)


def begin(reason: str) -> str:
    """Begin an epoch, as the owner of the database; its code."""
    Epoch.objects.create(reason=reason)
    return current()
