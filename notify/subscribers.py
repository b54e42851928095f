"""Event subscribers of notify: after the clock was set back nothing queued waits for the old time."""

from __future__ import annotations

from database.clock import DatabaseNow
from journal.models import Event
from journal.subscribers import subscribe
from notify.models import Delivery


@subscribe("clock.jumped", name="notify.wait_no_longer")
def wait_no_longer(event: Event) -> None:
    queued = Delivery.objects.filter(state=Delivery.State.QUEUED, not_before__gt=DatabaseNow())
    queued.update(not_before=DatabaseNow())
