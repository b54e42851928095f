"""Photos of assignments: who may add one, who may see it."""

from __future__ import annotations

from typing import IO, Any

from django.db import transaction

from command import actions
from command.actions.answer import add_picture
from command.actions.lookup import assignment_for, require
from command.models import Assignment
from command.selectors import visible
from journal.models import Attachment
from journal.selectors.attachments import seen_by
from org.models import Person
from org.rules import capabilities
from web.pictures import read_picture

seen_by("assignment", lambda person, pk: visible.assignments_visible_to(person).filter(pk=pk).exists())


@transaction.atomic
def add_photo(assignment_id: int, picture: Any, *, by: Person) -> Attachment:
    """Add a picture that was read before. By those called, or by somebody with the answer capability there."""
    row = assignment_for(assignment_id, by=by)
    if row.person_id != by.pk and not row.calls.filter(person=by, ended_at=None).exists():
        require(by, capabilities.ANSWER, row.unit.path)
    return add_picture(row, picture, by=by)


def progress_with_photo(
    assignment_id: int,
    *,
    by: Person,
    step: str = "",
    note: str = "",
    figure: int | None = None,
    photo: IO[bytes] | Any = None,
) -> Assignment:
    """A step and its photo in one act: both are stored or neither. Without a step only the photo is added.

    Invalid (``photo``) for what is no photo; otherwise as `command.actions.progress`.
    """
    picture = read_picture(photo, sender=f"person:{by.pk}") if photo else None
    if step:
        return actions.progress(assignment_id, by=by, step=step, note=note, figure=figure, photo=picture)
    with transaction.atomic():
        row = assignment_for(assignment_id, by=by)
        if picture is not None:
            add_photo(assignment_id, picture, by=by)
    return row
