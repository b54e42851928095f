"""Working off replies that fitted nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from board.selectors.inbox import open_replies
from command.actions import answer_for
from command.actions.answer import NOTE_LIMIT
from command.models import Assignment
from notify.actions.inbound import settle_reply
from notify.models import Inbound
from org.models import Person
from web.errors import Invalid, NotFound


@transaction.atomic
def acknowledge_by_reply(reply_id: int, assignment_id: int, *, by: Person) -> Assignment:
    """Log the reply as the answer of whoever sent it. Conflict when it was answered meanwhile."""
    row = _open_reply(reply_id, by)
    if not Assignment.objects.filter(pk=assignment_id, person=row.person_id).exists() or row.person_id is None:
        raise Invalid(_("This order did not call whoever sent the reply."))
    done = answer_for(assignment_id, by=by, how="sms_reply", note=row.text[:NOTE_LIMIT])
    settle_reply(row.pk, by=by, subject=f"assignment:{assignment_id}")
    return done


@transaction.atomic
def settle(reply_id: int, *, by: Person) -> None:
    """It needs nothing more."""
    settle_reply(_open_reply(reply_id, by).pk, by=by)


def _open_reply(reply_id: int, by: Person) -> Inbound:
    row = open_replies(by).filter(pk=reply_id).first()
    if row is None:
        raise NotFound
    return row
