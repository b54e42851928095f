"""Validation of a plan: every problem with its place.

Two kinds: what cannot even be kept (`form_problems`), and what a draft may still lack but a plan in force may not
(`problems_of`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from org.models import Appointment, Post, Unit
from org.rules.capabilities import COMMAND, LEVEL
from org.rules.codes import ancestors_and_self
from org.selectors.headquarters import headquarters_for, seated
from org.selectors.jurisdiction import under
from org.selectors.register import held_now, subtree
from plans.files.document_schema import ACTION_KEYS, ACTIONS_LIMIT, LEVEL_KEYS, PLAN_KEYS, TRIGGERS_LIMIT, Key
from plans.files.documents import normal
from plans.models import Plan
from plans.rules.approver import ROLES, SEATS, high_enough, role_of
from plans.rules.blanks import NUMBERS, blanks_in, numbers_in
from plans.rules.cycles import cycles
from plans.rules.problems import Problem
from plans.rules.words import LEVEL_WORDS, LEVELS, Evidence, Reach, ladder_of, place_of_level
from plans.selectors.headquarters import headquarters_of
from plans.selectors.own_numbers import unset_problems
from plans.selectors.signals import KINDS, check_rule


def problems_of(document: Any, unit: Unit | None = None) -> list[Problem]:
    """Everything that is wrong with the document; with ``unit``, its owner, also whether its posts are held there.

    At most one query for the posts and four for the unit.
    """
    problems = form_problems(document)
    if problems:
        return problems
    whole = normal(document)
    problems += [*_levels(whole), *_actions(whole), *_chains(whole), *_blanks(whole)]
    posts = {post.code: post for post in Post.objects.all()}
    problems += _posts(whole, posts)
    if unit is not None:
        problems += _staffing(whole, unit, posts)
    return problems


def hindrances(document: Any, unit: Unit) -> list[Problem]:
    """What keeps the document of ``unit`` from being put in force: all of `problems_of`, and numbers not yet set."""
    return problems_of(document, unit) or unset_problems(normal(document), unit)


def place_of(number: int, action: Mapping[str, Any] | Any, key: str = "") -> str:
    """ "actions[4] relocate-villagers: after"; actions count from 1."""
    code = action.get("code") if isinstance(action, Mapping) else None
    place = f"actions[{number}]" + (f" {code}" if isinstance(code, str) and code else "")
    return f"{place}: {key}" if key else place


# Form: can it be kept at all? ----------------------------------------------------------------------------------------


def form_problems(document: Any) -> list[Problem]:
    """Unknown keys and words, wrong kinds of values, texts too long, codes twice. No query."""
    if not isinstance(document, Mapping):
        return [Problem("", _("A plan is a set of keys: code, kind, name, levels, actions …"))]
    problems = list(_row(document, PLAN_KEYS, "", beside=("levels", "actions")))
    levels, actions = document.get("levels"), document.get("actions")
    if levels is not None and not isinstance(levels, Mapping):
        problems.append(Problem("levels", _("This is a set of levels: blue, yellow, orange, red, IV, III, II, I.")))
    else:
        for code, level in (levels or {}).items():
            problems += _level_form(str(code), level)
    if actions is not None and not isinstance(actions, (list, tuple)):
        problems.append(Problem("actions", _("This is a list of actions.")))
    elif actions and len(actions) > ACTIONS_LIMIT:
        problems.append(Problem("actions", _("A plan has at most %(limit)s actions.") % {"limit": ACTIONS_LIMIT}))
    else:
        problems += _actions_form(actions or [])
    return problems


def _row(
    row: Mapping[Any, Any], keys: Mapping[str, Key], before: str, beside: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """``before`` stands before the key in each place."""
    for name in row:
        if name not in keys and name not in beside:
            message = _("There is no key “%(name)s”; the keys are: %(names)s.")
            yield Problem(f"{before}{name}", message % {"name": name, "names": ", ".join([*keys, *beside])})
    for name, key in keys.items():
        value = row.get(name)
        if value is None or (key.needed and isinstance(value, str) and not value.strip()):
            if key.needed:
                yield Problem(f"{before}{name}", _("This is missing."))
        elif complaint := key.complaint(value):
            yield Problem(f"{before}{name}", complaint)
        elif key.needed and key.many and not value:
            yield Problem(f"{before}{name}", _("This is missing."))


def _level_form(code: str, level: Any) -> Iterator[Problem]:
    place = place_of_level(code)
    if code not in LEVELS:
        yield Problem(place, no_level(code))
        return
    if level is not None and not isinstance(level, Mapping):
        yield Problem(place, _("A level is a set of keys: approver, note, triggers."))
        return
    yield from _row(level or {}, LEVEL_KEYS, f"{place}.", beside=("triggers",))
    triggers = (level or {}).get("triggers")
    if triggers is not None and (not isinstance(triggers, (list, tuple)) or len(triggers) > TRIGGERS_LIMIT):
        message = _("This is a list of at most %(limit)s triggers.") % {"limit": TRIGGERS_LIMIT}
        yield Problem(f"{place}.triggers", message)
        return
    for number, rule in enumerate(triggers or [], start=1):
        for found in check_rule(rule):
            yield Problem(f"{place}.triggers[{number}]" + (f".{found.place}" if found.place else ""), found.message)


def no_level(code: str) -> str:
    return _("There is no level “%(code)s”; the levels are %(levels)s.") % {"code": code, "levels": ", ".join(LEVELS)}


def _actions_form(actions: list[Any] | tuple[Any, ...]) -> Iterator[Problem]:
    seen: dict[Any, int] = {}
    for number, action in enumerate(actions, start=1):
        if not isinstance(action, Mapping):
            yield Problem(
                f"actions[{number}]", _("An action is a set of keys: code, phase, levels, post, verb, text …")
            )
            continue
        yield from _row(action, ACTION_KEYS, place_of(number, action) + ": ")
        code = action.get("code")
        if not isinstance(code, str):
            continue
        if code in seen:
            message = _("“%(code)s” is the code of action %(number)s already.") % {"code": code, "number": seen[code]}
            yield Problem(place_of(number, action, "code"), message)
        seen.setdefault(code, number)


# Sense: may it be in force? ------------------------------------------------------------------------------------------


def _levels(document: Mapping[str, Any]) -> Iterator[Problem]:
    if not document["levels"]:
        yield Problem("levels", _("A plan needs at least one level."))
    used = {level for action in document["actions"] for level in action["levels"]}
    for code, level in document["levels"].items():
        place = place_of_level(code)
        if not level["approver"]:
            yield Problem(f"{place}.approver", _("Nobody approves this level: name a post."))
        if code not in used:
            yield Problem(place, _("This level has no action."))
        for number, rule in enumerate(level["triggers"], start=1):
            if ladder_of(code) not in KINDS[rule["signal"]].ladders:
                yield Problem(f"{place}.triggers[{number}]", _wrong_ladder(rule["signal"]))


def _wrong_ladder(signal: str) -> str:
    if signal == "warning":
        return _("A warning suggests a warning response, never an emergency level: put it under a colour.")
    return _("This suggests an emergency response: put it under a level from IV to I.")


def _actions(document: Mapping[str, Any]) -> Iterator[Problem]:
    for number, action in enumerate(document["actions"], start=1):
        for level in action["levels"]:
            if level not in document["levels"]:
                message = _("The plan has no %(level)s.") % {"level": LEVEL_WORDS.get(level, level)}
                yield Problem(place_of(number, action, "levels"), message)
        if action["departments"] and action["unit_kind"] != Unit.Level.DEPARTMENT:
            yield Problem(
                place_of(number, action, "departments"), _("Only an action of departments names departments.")
            )
        if action["evidence"] == Evidence.COUNT and not action["counted"]:
            yield Problem(place_of(number, action, "counted"), _("Say what is counted."))


def _chains(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Predecessors that are not there, at this level or at all, and circles, each named in full."""
    actions = document["actions"]
    levels = {action["code"]: set(action["levels"]) for action in actions}
    for number, action in enumerate(actions, start=1):
        for code in action["after"]:
            if code not in levels:
                message = _("There is no action “%(code)s”.") % {"code": code}
                yield Problem(place_of(number, action, "after"), message)
                continue
            for level in action["levels"]:
                if level not in levels[code]:
                    message = _("“%(code)s” is no action of: %(level)s.") % {"code": code, "level": LEVEL_WORDS[level]}
                    yield Problem(place_of(number, action, "after"), message)
    numbers = {action["code"]: number for number, action in enumerate(actions, start=1)}
    for circle in cycles({action["code"]: action["after"] for action in actions}):
        message = _("These wait for one another in a circle: %(circle)s.") % {
            "circle": " → ".join([*circle, circle[0]])
        }
        number = numbers[circle[0]]
        yield Problem(place_of(number, actions[number - 1], "after"), message)


def _blanks(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Numbers that there are not; and of a plan that follows a template every blank must have its value."""
    texts = [action[key] for action in document["actions"] for key in ("text", "text_en")]
    for code in numbers_in([document["basis"], *texts]):
        if code not in NUMBERS:
            message = _("No plan names the number “%(code)s”; the numbers are: %(codes)s.")
            yield Problem("basis", message % {"code": code, "codes": ", ".join(NUMBERS)})
    if not document["template"]:
        return
    for blank in blanks_in(texts):
        if not document["values"].get(blank):
            yield Problem(f"values.{blank}", _("The blank {%(blank)s} has no value.") % {"blank": blank})


def may_approve(post: Post, level: str) -> bool:
    """Whether a plan may name the post for the level: one that allows it, or in a township one that commands there,
    which starts the township's own responses.
    """
    local = post.level == Unit.Level.TOWNSHIP and COMMAND in post.capabilities
    return local or LEVEL[level] in post.capabilities


def _posts(document: Mapping[str, Any], posts: Mapping[str, Post]) -> Iterator[Problem]:
    for code, level in document["levels"].items():
        if role := role_of(level["approver"]):
            if not high_enough(role, code):
                message = _("“%(seat)s” may not start the %(level)s.")
                values = {"seat": SEATS[level["approver"]], "level": LEVEL_WORDS[code]}
                yield Problem(f"{place_of_level(code)}.approver", message % values)
            continue
        approver = posts.get(level["approver"])
        if level["approver"] and approver is None:
            message = _("There is no post “%(code)s”.") % {"code": level["approver"]}
            yield Problem(f"{place_of_level(code)}.approver", message)
        elif approver and not may_approve(approver, code):
            message = _("The post “%(post)s” may not start the %(level)s.")
            values = {"post": approver.label, "level": LEVEL_WORDS[code]}
            yield Problem(f"{place_of_level(code)}.approver", message % values)
    for number, action in enumerate(document["actions"], start=1):
        post = posts.get(action["post"])
        if post is None:
            message = _("There is no post “%(code)s”.") % {"code": action["post"]}
            yield Problem(place_of(number, action, "post"), message)
        elif post.level != action["unit_kind"]:
            message = _("“%(post)s” is a post of a %(level)s, not of a %(kind)s.")
            values = {
                "post": post.label,
                "level": post.get_level_display(),
                "kind": Unit.Level(action["unit_kind"]).label,
            }
            yield Problem(place_of(number, action, "post"), message % values)


def _seats(document: Mapping[str, Any], unit: Unit) -> Iterator[Problem]:
    """Whether the headquarters is there whose seats approve, and somebody sits in each that is named."""
    wanted = {code: role for code, level in document["levels"].items() if (role := role_of(level["approver"]))}
    if not wanted:
        return
    plan = Plan.objects.filter(code=document["code"], unit=unit).select_related("unit").first()
    body = headquarters_of(plan) if plan else headquarters_for(unit, document["hazard_type"])
    held = {seat.member.role for seat in seated([body], set(wanted.values())) if seat.people} if body else set()
    for code, role in wanted.items():
        if body is None:
            message = _("No headquarters of %(unit)s or above it answers for this type of hazard.")
            yield Problem(f"{place_of_level(code)}.approver", message % {"unit": unit.label})
        elif role not in held:
            message = _("%(name)s: nobody sits as “%(seat)s”.")
            yield Problem(f"{place_of_level(code)}.approver", message % {"name": body.label, "seat": ROLES[role]})


def _staffing(document: Mapping[str, Any], unit: Unit, posts: Mapping[str, Post]) -> Iterator[Problem]:
    """Whether the owner and what lies under it have the people and departments that the plan counts on. A post that not
    every unit has may be nobody's: a county without a reservoir needs nobody responsible for one.
    """
    held = held_now(Appointment.objects.all())
    above = set(
        held.filter(unit__path__in=ancestors_and_self(unit.path)).values_list("post__code", flat=True).distinct()
    )
    inside = set(held.filter(under(unit.path)).order_by().values_list("post__code", flat=True).distinct())
    departments = set(subtree(unit.path).filter(level=Unit.Level.DEPARTMENT).values_list("name", flat=True))
    yield from _seats(document, unit)
    for code, level in document["levels"].items():
        if level["approver"] in posts and level["approver"] not in above | inside:
            message = _("Nobody holds the post “%(code)s” in %(unit)s or above it.")
            values = {"code": level["approver"], "unit": unit.label}
            yield Problem(f"{place_of_level(code)}.approver", message % values)
    for number, action in enumerate(document["actions"], start=1):
        post = posts.get(action["post"])
        if post and not post.optional and action["post"] not in inside:
            message = _("Nobody holds the post “%(code)s” in %(unit)s or under it.")
            yield Problem(place_of(number, action, "post"), message % {"code": action["post"], "unit": unit.label})
        for name in action["departments"]:
            if name not in departments:
                message = _("There is no department “%(name)s” in %(unit)s.") % {"name": name, "unit": unit.label}
                yield Problem(place_of(number, action, "departments"), message)
        if action["reach"] == Reach.OWNER and action["unit_kind"] not in (unit.level, Unit.Level.DEPARTMENT):
            message = _("The plan's own unit is a %(level)s: an action of a %(kind)s reaches nobody there.")
            values = {"level": unit.get_level_display(), "kind": Unit.Level(action["unit_kind"]).label}
            yield Problem(place_of(number, action, "reach"), message % values)
