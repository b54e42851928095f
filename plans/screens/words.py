"""View-models of a plan's document in the reader's words: rows of its tables, places of its problems, values
compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from org.models import Post, Unit, in_language
from org.selectors.register import subtree
from plans.rules.approver import SEATS
from plans.rules.problems import Problem
from plans.rules.words import (
    LEVEL_LABELS,
    LEVEL_WORDS,
    LEVELS,
    Evidence,
    HazardType,
    Kind,
    Phase,
    Reach,
    Verb,
    ladder_of,
)
from plans.selectors.signals import explain_rule

KEYS: dict[str, Any] = {
    "code": gettext_lazy("code"), "kind": gettext_lazy("kind"), "hazard_type": gettext_lazy("type of hazard"),
    "name": gettext_lazy("name"), "name_en": gettext_lazy("name in English"),
    "review_months": gettext_lazy("months between reviews"), "drill_months": gettext_lazy("months between drills"),
    "summary": gettext_lazy("what changed"), "basis": gettext_lazy("basis"), "template": gettext_lazy("template"),
    "values": gettext_lazy("values of the template's blanks"), "approver": gettext_lazy("who approves"),
    "note": gettext_lazy("conditions in words"), "triggers": gettext_lazy("triggers"),
    "phase": gettext_lazy("phase"), "levels": pgettext_lazy("plan", "levels"),
    "unit_kind": gettext_lazy("kind of unit"),
    "reach": gettext_lazy("which units"), "departments": pgettext_lazy("plan", "departments"),
    "post": gettext_lazy("post"),
    "by_register": gettext_lazy("whoever the responsibility register names"), "verb": gettext_lazy("act"),
    "text": gettext_lazy("instruction"), "text_en": gettext_lazy("instruction in English"),
    "due_min": gettext_lazy("minutes from the start"), "after": gettext_lazy("only after"),
    "evidence": gettext_lazy("evidence"), "counted": gettext_lazy("what is counted"),
    "warning": gettext_lazy("warning response"),
    "actions": pgettext_lazy("plan", "actions"), "plan": gettext_lazy("plan"),
}  # fmt: skip
CHOICES: dict[str, Any] = {
    "kind": Kind, "hazard_type": HazardType, "phase": Phase, "verb": Verb, "reach": Reach, "evidence": Evidence,
    "unit_kind": Unit.Level,
}  # fmt: skip
POSTS = ("post", "approver")
SHORT_REACH = {
    Reach.OWNER: gettext_lazy("own unit"), Reach.AREA: gettext_lazy("in the area"), Reach.ALL: gettext_lazy("all"),
}  # fmt: skip


def post_labels() -> dict[str, str]:
    """Code → name of every post and of every seat that may approve a level; one query."""
    seats = {code: str(words) for code, words in SEATS.items()}
    return {**{post.code: post.label for post in Post.objects.all()}, **seats}


def t_plus(minutes: int) -> str:
    """ "T+45 min", "T+2 h", "T+1 d 6 h": the moment from the start of the level."""
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    parts = [_("%(n)s d") % {"n": days}] if days else []
    parts += [_("%(n)s h") % {"n": hours}] if hours else []
    parts += [_("%(n)s min") % {"n": left}] if left or not parts else []
    return "T+" + " ".join(parts)


def instruction(action: Mapping[str, Any]) -> str:
    """The action's text in the reader's language."""
    return in_language(action["text"], action["text_en"])


@dataclass
class Row:
    """One action as a table shows it. ``data`` is the whole action; ``after`` are (code, text) of what comes first."""

    number: int
    data: dict[str, Any]
    who: str
    after: list[tuple[str, str]]
    problems: list[Problem] = field(default_factory=list)
    departments: Mapping[str, str] = field(default_factory=dict)
    first: bool = False
    last: bool = False
    above: str = ""
    below: str = ""

    @property
    def code(self) -> str:
        return self.data["code"]

    @property
    def text(self) -> str:
        return instruction(self.data)

    @property
    def at(self) -> str:
        return t_plus(self.data["due_min"])

    @property
    def marks(self) -> list[tuple[str, str, bool]]:
        """(level, its short label, whether the action is asked at it)."""
        return [(level, str(LEVEL_LABELS[level]), level in self.data["levels"]) for level in LEVELS]

    def __getattr__(self, name: str) -> Any:
        """``row.verb_label``: the word for a value of a closed vocabulary."""
        key = name.removesuffix("_label")
        if name.endswith("_label") and key in CHOICES:
            return word_of(key, self.data[key])
        raise AttributeError(name)

    @property
    def where(self) -> str:
        """Which units: "townships in the area"."""
        reach = SHORT_REACH.get(self.data["reach"], self.data["reach"])
        kind = word_of("unit_kind", self.data["unit_kind"])
        names = [self.departments.get(name, name) for name in self.data["departments"]]
        named = pgettext("between names", ", ").join(names) or _("all departments")
        return named if self.data["unit_kind"] == Unit.Level.DEPARTMENT else f"{kind} · {reach}"


@dataclass
class Group:
    """The actions of one phase, in the plan's order."""

    phase: str
    label: str
    rows: list[Row]


def department_labels(owner: Unit) -> dict[str, str]:
    """Name → label of the departments of a plan's unit; one query."""
    return {unit.name: unit.label for unit in subtree(owner.path).filter(level=Unit.Level.DEPARTMENT).defer("boundary")}


def grouped(document: Mapping[str, Any], posts: Mapping[str, str], problems: Iterable[Problem] = (),
            level: str = "", departments: Mapping[str, str] | None = None) -> list[Group]:  # fmt: skip
    """The actions by phase, all phases; of one level alone when it is named."""
    found = by_action(problems)
    texts = {action["code"]: instruction(action) for action in document["actions"]}
    groups = {phase: Group(phase, str(Phase(phase).label), []) for phase in Phase.values}
    for number, action in enumerate(document["actions"], start=1):
        if level and level not in action["levels"]:
            continue
        after = [(code, texts.get(code, "")) for code in action["after"]]
        who = posts.get(action["post"], action["post"])
        groups[action["phase"]].rows.append(Row(number, action, who, after, found.get(number, []), departments or {}))
    for group in groups.values():
        _neighbours(group.rows)
    return list(groups.values())


def _neighbours(rows: list[Row]) -> None:
    for index, row in enumerate(rows):
        row.first, row.last = index == 0, index == len(rows) - 1
        row.above = "" if row.first else rows[index - 1].code
        row.below = "" if row.last else rows[index + 1].code


@dataclass
class LevelCard:
    """One level as a card shows it."""

    level: str
    data: dict[str, Any]
    approver: str
    triggers: list[str]
    actions: int
    until: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def ladder_label(self) -> str:
        return str(capfirst(ladder_of(self.level).label))


def level_cards(document: Mapping[str, Any], posts: Mapping[str, str],
                problems: Iterable[Problem] = ()) -> list[LevelCard]:  # fmt: skip
    """From the lightest to the gravest."""
    problems, cards = list(problems), []
    for code, level in document["levels"].items():
        dues = [action["due_min"] for action in document["actions"] if code in action["levels"]]
        own = [one for one in problems if re.match(rf"(levels|warning)\.{code}(\.|$)", one.place)]
        approver = posts.get(level["approver"], level["approver"])
        said = [explain_rule(rule) for rule in level["triggers"]]
        cards.append(LevelCard(code, level, approver, said, len(dues), t_plus(max(dues)) if dues else "–", own))
    return cards


# Places of problems --------------------------------------------------------------------------------------------------

ACTION_PLACE = re.compile(r"actions\[(\d+)\](?: ([a-z0-9-]+))?(?:: (\w+))?")
LEVEL_PLACE = re.compile(r"(?:levels|warning)\.(\w+)(?:\.(\w+)(?:\[(\d+)\](?:\.(\w+))?)?)?")


@dataclass(frozen=True)
class Place:
    """Where a problem is: in words, and the anchor of the editor's page."""

    words: str
    anchor: str


def place_of(problem: Problem) -> Place:
    if found := ACTION_PLACE.fullmatch(problem.place):
        words = _("Action %(number)s") % {"number": found[1]} + _and(found[2]) + _and(_key(found[3]))
        return Place(words, f"action-{found[2]}" if found[2] else "actions")
    if found := LEVEL_PLACE.fullmatch(problem.place):
        trigger = " ".join(filter(None, [_key(found[2]), found[3]]))
        return Place(_level(found[1]) + _and(trigger) + _and(found[4]), f"level-{found[1]}")
    head, _dot, rest = problem.place.partition(".")
    if head in ("levels", "actions", "warning"):
        return Place(_key(head), "levels" if head == "warning" else head)
    return Place((_key(head) + _and(rest)) if head else _("The plan"), "head")


def _level(code: str) -> str:
    return str(capfirst(LEVEL_WORDS.get(code, code)))


def _key(name: str | None) -> str:
    return str(KEYS.get(name, name)) if name else ""


def _and(text: str | None) -> str:
    return f" · {text}" if text else ""


def placed(problems: Iterable[Problem]) -> list[tuple[Place, str]]:
    return [(place_of(one), one.message) for one in problems]


def by_action(problems: Iterable[Problem]) -> dict[int, list[Problem]]:
    """Number of the action → its problems."""
    found: dict[int, list[Problem]] = {}
    for problem in problems:
        if match := ACTION_PLACE.fullmatch(problem.place):
            found.setdefault(int(match[1]), []).append(Problem(_key(match[3]), problem.message))
    return found


# Values side by side -------------------------------------------------------------------------------------------------


def word_of(key: str, value: Any) -> str:
    vocabulary = CHOICES[key]
    return str(vocabulary(value).label) if value in vocabulary.values else str(value)


def value_words(key: str, value: Any, posts: Mapping[str, str]) -> list[str]:
    """A value of a document as lines of text; none for an empty one."""
    if value in (None, "", [], {}):
        return []
    if key in CHOICES:
        return [word_of(key, value)]
    if key in POSTS:
        return [posts.get(value, value)]
    if key == "triggers":
        return [explain_rule(rule) for rule in value]
    if key == "due_min":
        return [t_plus(value)]
    if isinstance(value, bool):
        return [_("yes") if value else _("no")]
    if isinstance(value, Mapping):
        return [f"{name}: {text}" for name, text in value.items()]
    return [", ".join(str(one) for one in value)] if isinstance(value, list) else [str(value)]


def differences(before: Mapping[str, Any], now: Mapping[str, Any], posts: Mapping[str, str]) -> list[dict[str, Any]]:
    """What of a row has changed: label, before, now, each in words."""
    return [
        {"label": _key(key), "before": value_words(key, before.get(key), posts), "now": value_words(key, value, posts)}
        for key, value in now.items()
        if before.get(key) != value
    ]
