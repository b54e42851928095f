"""View-model of the page on which a level is decided: the plan, its level, the area, and what it would do. Reads
only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from command import actions
from command.models import Incident, Response
from command.screens import plan_choice, preview_groups
from command.screens.place_groups import of_paths
from command.screens.plan_choice import LevelRow, Offered
from command.selectors.areas import affected, expanded
from command.selectors.levelling import AFFECTED
from command.selectors.preview import Preview
from org.models import Person, Unit
from org.rules.capabilities import ORDER
from org.rules.codes import ALONE
from org.selectors.jurisdiction import allowed
from web.errors import ActionError, Forbidden


@dataclass
class Choice:
    """What is chosen so far. ``preview`` is there once plan and level are; ``refused`` says why it is not."""

    reader: Person
    incident: Incident
    response: Response | None
    plans: list[Offered]
    chosen: Offered | None = None
    levels: list[LevelRow] = field(default_factory=list)
    level: str = ""
    area: list[str] | None = None
    by: str = "phase"
    preview: Preview | None = None
    refused: ActionError | None = None

    @property
    def row(self) -> LevelRow | None:
        return next((row for row in self.levels if row.rule.level == self.level), None)

    @property
    def nothing_changes(self) -> bool:
        """The level and the area are those in effect."""
        same = self.response is not None and self.level == self.response.level
        return same and self.preview is not None and self.preview.area == self.response.area  # type: ignore[union-attr]

    def query(self, **more: str) -> str:
        asked: list[tuple[str, Any]] = [
            ("version", self.chosen.version.pk if self.chosen else ""),
            ("level", self.level),
        ]
        asked += [("area", code) for code in self.area or ()]
        return urlencode([*asked, *more.items()])


def choice_of(person: Person, incident: Incident, asked: QueryDict) -> Choice:
    """As the address (or a refused form) says; a plan that is likely enough is chosen beforehand.

    Forbidden for whoever may not order in the incident's unit.
    """
    if not allowed(person, ORDER, incident.unit.path):
        raise Forbidden(_("Your posts do not allow this here."))
    response = plan_choice.running(incident)
    plans = [Offered(response.version, response.level, True)] if response else plan_choice.offered(person, incident)
    choice = Choice(person, incident, response, plans, by="place" if asked.get("by") == "place" else "phase")
    choice.area = asked.getlist("area") or None
    choice.chosen = _chosen(plans, asked.get("version", ""))
    if choice.chosen is None:
        return choice
    choice.levels = plan_choice.levels_of(person, incident, choice.chosen.version)
    choice.level = _level(choice, asked.get("level", ""))
    if choice.level:
        _look_ahead(choice, person)
    return choice


def _chosen(plans: list[Offered], version: str) -> Offered | None:
    """The one asked for; else the only one, or the first that fits where a single one is proposed or named."""
    asked = next((one for one in plans if str(one.version.pk) == version), None)
    if asked or not plans:
        return asked
    alone = len(plans) == 1 or (plans[0].fits and plans[0].rank < plans[1].rank)
    return plans[0] if alone else None


def _level(choice: Choice, level: str) -> str:
    known = [row.rule.level for row in choice.levels]
    if level in known:
        return level
    proposed = choice.chosen.level if choice.chosen and not choice.response else ""
    return proposed if proposed in known else ""


def _look_ahead(choice: Choice, person: Person) -> None:
    if choice.chosen is None or choice.row is None:
        return
    wanted = {"version_id": choice.chosen.version.pk, "level": choice.level, "area": choice.area}
    try:
        choice.preview = actions.preview_level(
            choice.incident.pk, by=person, act_first=not choice.row.may and not choice.response, **wanted
        )
    except ActionError as error:
        choice.refused = error


def context_of(choice: Choice) -> dict[str, Any]:
    """What the template shows: the groups of the preview and the addresses of their parts."""
    base = reverse("command:incident_plan", args=[choice.incident.pk])
    chosen_area = set(choice.area or ())
    context: dict[str, Any] = {
        "choice": choice,
        "incident": choice.incident,
        "base": base,
        "who": f"{base}who/?{choice.query()}",
        "here": f"{base}?{choice.query()}",
        "townships": plan_choice.townships_under(choice.incident),
        "chosen_area": chosen_area,
    }
    if choice.preview is None:
        return context
    area = affected(choice.incident)
    is_own = choice.preview.area == area.codes
    chosen_area |= {AFFECTED} if is_own else set(choice.preview.area)
    places = of_paths(expanded(choice.preview.area), choice.reader)
    boxes = {AFFECTED, *(unit.code for unit in context["townships"])}
    others = [] if is_own else [code for code in choice.preview.area if code not in boxes]
    context |= {"area": area, "is_own_area": is_own, "places_chosen": places, "other_units": _labelled(others)}
    return context | outlook(choice.preview, choice.by)


def _labelled(codes: list[str]) -> list[tuple[str, Unit]]:
    """Villages, and townships without theirs, which the page has no box for unless they are in the area already."""
    bare = {code.removeprefix(ALONE): code for code in codes}
    units = Unit.objects.filter(code__in=bare).defer("boundary", "seat").order_by("path") if bare else ()
    return [(bare[unit.code], unit) for unit in units]


def outlook(preview: Any, by: str) -> dict[str, Any]:
    """The groups of anything with ``version``, ``new``, ``held``, ``kept`` and ``withdrawn``."""
    texts = preview_groups.texts_of(preview.version)
    context = {
        "preview": preview,
        "by": by,
        "kept": preview_groups.counted(preview.kept, texts),
        "withdrawn": preview_groups.counted(preview.withdrawn, texts),
    }
    if by == "place":
        return {**context, "places": preview_groups.by_place(preview.new, preview.held)}
    return {**context, "phases": preview_groups.by_phase(preview.new, preview.held, texts)}


def part_of(preview: Any, asked: QueryDict) -> dict[str, Any]:
    """One opened group: the tasks of ``?action=CODE`` or ``?place=CODE``, with those asked."""
    texts = preview_groups.texts_of(preview.version)
    if place := asked.get("place", ""):
        groups = [one for one in preview_groups.by_place(preview.new, preview.held) if one.key == place]
    else:
        phases = preview_groups.by_phase(preview.new, preview.held, texts)
        groups = [one for phase in phases for one in phase.groups if one.key == asked.get("action", "")]
    rows = preview_groups.lines_of(groups[0], preview.held) if groups else []
    return {"rows": rows, "of_place": bool(place), "texts": texts}
