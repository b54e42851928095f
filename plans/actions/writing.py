"""Writing a document into a draft, for the actions that make and change one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from journal.actions.recording import Actor
from journal.states import tell
from plans.actions.lookup import state_of
from plans.files.documents import normal
from plans.models import Action, Level, Plan, Version
from plans.rules.problems import Problem, Refused
from plans.selectors.checking import form_problems
from plans.selectors.plans import IN_WORK
from plans.states import VERSION
from web.errors import Conflict

HEAD = ("name", "name_en", "review_months", "drill_months", "values")
FIXED = ("kind", "hazard_type")
"""Of a plan that has been in force: what runs by it must not become another thing."""


def require_draft(version: Version) -> None:
    if version.status != Version.Status.DRAFT:
        message = _("Only a draft can be changed; this version is “%(state)s”.")
        raise Conflict(message % {"state": version.get_status_display()}, current=state_of(version), code="not_a_draft")


def well_formed(document: Any) -> dict[str, Any]:
    """The document whole; Refused when it cannot be kept."""
    if problems := form_problems(document):
        raise Refused(problems)
    return normal(document)


def rewrite(version: Version, document: Any, *, by: Actor, verb: str = "version.saved", **data: Any) -> Version:
    """Put the document in the place of what the locked draft holds, and record it.

    Refused when it cannot be kept, or is another plan's; Conflict when the version is no draft.
    """
    require_draft(version)
    made = well_formed(document)
    _refuse_another(version.plan, made)
    _write_head(version.plan, made)
    version.levels.all().delete()
    version.actions.all().delete()
    Level.objects.bulk_create(Level(version=version, level=code, **row) for code, row in made["levels"].items())
    Action.objects.bulk_create(
        Action(version=version, position=number, **row) for number, row in enumerate(made["actions"])
    )
    version.summary, version.basis = made["summary"], made["basis"]
    version.generation += 1
    version.save(update_fields=["summary", "basis", "generation"])
    tell(VERSION, version, verb, by=by, data=data)
    return version


def _refuse_another(plan: Plan, made: Mapping[str, Any]) -> None:
    problems = []
    if made["code"] != plan.code:
        problems.append(Problem("code", _("This is the draft of the plan “%(code)s”.") % {"code": plan.code}))
    if plan.versions.exclude(status__in=IN_WORK).exists():
        problems += [
            Problem(name, _("A plan that has been in force keeps this as it is."))
            for name in FIXED
            if made[name] != getattr(plan, name)
        ]
    template = plan.template.code if plan.template else ""
    if made["template"] != template:
        problems.append(Problem("template", _("A plan keeps its template.")))
    if problems:
        raise Refused(problems)


def _write_head(plan: Plan, made: Mapping[str, Any]) -> None:
    changed = [name for name in (*HEAD, *FIXED) if getattr(plan, name) != made[name]]
    for name in changed:
        setattr(plan, name, made[name])
    if changed:
        plan.save(update_fields=changed)
