"""Precedence among warnings in force while they contradict each other."""

from __future__ import annotations

from early_warning.models import Question, Warning
from early_warning.rules.parts import gravity


def gives_way(warning: Warning) -> bool:
    """Whether it stands in an open contradiction with a graver one in force (of two alike, with the newer): then it
    proposes nothing and has no hazards looked at again until somebody decides.
    """
    if warning.status != Warning.Status.ACTIVE:
        return False
    asked = Question.objects.filter(kind=Question.Kind.CONTRADICTION, status=Question.Status.OPEN, concerns=warning)
    others = Warning.objects.filter(questions__in=asked, status=Warning.Status.ACTIVE).exclude(pk=warning.pk)
    own = (gravity(warning.colour), -warning.pk)
    return any((gravity(colour), -pk) < own for pk, colour in others.values_list("pk", "colour"))
