"""A draft under the editor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from org.models import Person
from plans.actions.lookup import state_of
from plans.files.documents import document_of, normal
from plans.models import Plan, Version
from plans.screens.place import in_work, may_write, plan_of
from web.errors import Conflict, Forbidden, NotFound


@dataclass
class Draft:
    """A draft under the editor; ``document`` is whole (`plans.files.documents.normal`)."""

    plan: Plan
    version: Version
    document: dict[str, Any]

    def action(self, code: str) -> dict[str, Any]:
        """Conflict when it is not there: most likely somebody has just taken it out."""
        for action in self.document["actions"]:
            if action["code"] == code:
                return action
        message = _("There is no action “%(code)s” in this draft any more.") % {"code": code}
        raise Conflict(message, current=state_of(self.version), code="gone")


def draft_of(person: Person, code: str) -> Draft:
    """The plan's draft for somebody who may write it; 404 when there is none in sight, 403 for a reader."""
    plan = plan_of(person, code)
    version = in_work(plan)
    if version is None or version.status != Version.Status.DRAFT:
        raise NotFound
    if not may_write(person, plan.unit):
        raise Forbidden(_("You may read this plan, but not write it."))
    return Draft(plan, version, normal(document_of(version)))
