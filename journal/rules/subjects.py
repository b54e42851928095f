"""What events, timers, messages and photos speak of: a subject, "order:17", is a kind and a number."""

from __future__ import annotations

from collections.abc import Iterable

from database.registry import Registry

SUBJECTS: Registry[str] = Registry(
    "subject kinds",
    "What a subject such as `order:17` is. `journal.rules.subjects.subject_kinds`, in an app's `states.py`.",
)


class UnknownKind(LookupError):
    """A subject of a kind that no app has registered."""


def subject_kinds(**models: str) -> None:
    """Register kinds, each with the model whose key is the number; empty where it is no row's."""
    for kind, model in models.items():
        SUBJECTS.register(kind, model)


def check_kinds(subjects: Iterable[str]) -> None:
    """UnknownKind names the first subject that is none."""
    for subject in subjects:
        if subject.partition(":")[0] not in SUBJECTS:
            raise UnknownKind(f"“{subject}” is of no kind that an app has registered (journal/rules/subjects.py)")


subject_kinds(relay="journal.Relay", clock="")

# org lies below and cannot register its own.
for _kind, _model in (("unit", "org.Unit"), ("person", "org.Person")):
    SUBJECTS.register(_kind, _model, module="org.models")
