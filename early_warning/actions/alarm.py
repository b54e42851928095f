"""Recipients of alarms about a warning or a question: everybody whose post in the county may decide on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from database.clock import now
from early_warning.models import Feed, Question, Warning
from early_warning.rules import languages, words
from early_warning.states import QUESTION, WARNING
from journal.actions.recording import Actor
from notify.actions import messages as notify
from notify.actions.places import announce
from notify.rules.notices import Notice
from org.models import Appointment
from org.rules import capabilities
from org.selectors.register import held_now


def raise_for(warning: Warning, *, by: Actor, milder: dict[str, Any] | None = None) -> None:
    """An alarm each, and word to the places of the units that its gravest part names. Not for a test, nor for one that
    lies elsewhere or was over when it arrived.

    ``milder``: it replaces another and is weaker or drops units, which is said in the same breath.
    """
    if warning.test or warning.status != Warning.Status.ACTIVE or (warning.expires and warning.expires <= now()):
        return
    data = {"ref": warning.ref, "headline": languages.both(warning.infos), "colour": warning.colour, **(milder or {})}
    code = "warning.milder" if milder else "warning.received"
    _wake(warning, code, WARNING.subject(warning), warning.unit.path, data, f"/warnings/{warning.pk}/",
          warning.exercise, by=by)  # fmt: skip
    named = warning.named_units.filter(part__colour=warning.colour, unit__active=True)
    paths = named.values_list("unit__path", flat=True)
    announce(code, WARNING.subject(warning), paths, data, exercise=warning.exercise)


def raise_question(question: Question, concerns: Sequence[Warning], *, by: Actor) -> None:
    """Raise an alarm about a question, whatever the hour: until somebody decides, what is in force stays so."""
    _ask(question, f"question.{question.kind}" if concerns else "question.waits", concerns, by=by)


def raise_left_open(question: Question, ended: Sequence[Warning], *, by: Any) -> None:
    """What an update would replace is over while nobody has decided on the update."""
    if ended:
        _ask(question, "question.left_open", ended, by=by)


def _ask(question: Question, code: str, concerns: Sequence[Warning], *, by: Any) -> None:
    own = Warning.objects.filter(raw=question.raw_id).only("pk", "test").first()
    if any(warning.test for warning in concerns) or (own and own.test):
        return
    page = own or (concerns[0] if concerns else None)
    url = f"/warnings/{page.pk}/" if page else "/warnings/?status=decide"
    refs = {key: comma.join(w.ref for w in concerns) for key, comma in (("zh", "、"), ("en", ", "))}
    data = {"ref": refs, "why": words.why(question.reasons), "identifier": question.raw.identifier}
    _wake(question, code, QUESTION.subject(question), question.unit.path, data, url, question.raw.exercise, by=by)


def _wake(
    about: Warning | Question,
    code: str,
    subject: str,
    path: str,
    data: dict[str, Any],
    url: str,
    exercise: int | None,
    *,
    by: Any,
) -> None:
    notify.send_all(
        [
            Notice(person, code, subject, path, data=data, url=url, alarm=True, exercise=exercise)
            for person in officers(about)
        ],
        by=by,
    )


def officers(of: Warning | Question | Feed) -> list[int]:
    held = held_now(Appointment.objects.filter(unit_id=of.unit_id))
    capable = held.filter(post__capabilities__contains=[capabilities.WARNING])
    return sorted(set(capable.values_list("person_id", flat=True)))
