"""What warnings bring about."""

from __future__ import annotations

from early_warning import hazard_watch
from early_warning.models import Warning
from journal.models import Event
from journal.subscribers import subscribe


@subscribe("warning.received")
def look_at_hazards_again(event: Event) -> None:
    """Orange and red ones have the open hazards inside looked at again."""
    warning = Warning.objects.select_related("unit").filter(pk=int(event.subject.partition(":")[2])).first()
    if warning is not None:
        hazard_watch.look_again(warning, cause=event.seq)
