"""What command does about facts from below."""

from __future__ import annotations

from django.db import connection

from command.actions.issue_order import CLIMB
from journal.models import Event
from journal.subscribers import subscribe


@subscribe("delivery.failed")
def climb_at_once(event: Event) -> None:
    """A message that reached nobody is silence for certain: the next rung is due now.

    Only while no other way to the person is open: in-app counts once it was shown.
    """
    about = str(event.data.get("about", ""))
    if not about.startswith("assignment:"):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_timer SET due_at = sanji_now() WHERE id IN (SELECT id FROM journal_timer WHERE subject = %s"
            " AND kind = %s AND state = 'pending' AND due_at > sanji_now() FOR UPDATE SKIP LOCKED)"
            " AND NOT EXISTS (SELECT 1 FROM notify_delivery d JOIN notify_message m ON m.id = d.message_id"
            " WHERE m.subject = %s AND m.person_id = %s AND d.state = 'delivered')",
            [about, CLIMB, about, event.data.get("person")],
        )
