"""Template filters and tags of command."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from command.models import Assignment, Category, Colour, Order, Scale
from command.rules.words import HOW_BY_PHONE, HOW_WORDS, OUTCOME_WORDS, REACH_WORDS
from command.screens import wake as wake_screen
from command.selectors.ladder_words import CLIMBED_WORDS, length
from command.selectors.wake import Wake
from journal.models import Event
from journal.sentences import say, told_rule
from notify.rules.words import channel_word
from org.models import Unit
from plans.selectors.county_scale import bounds_of

register = template.Library()

ANSWERED = {"self": "", **CLIMBED_WORDS, **HOW_WORDS, **HOW_BY_PHONE}
LADDER_WORDS = {
    "red": _("Red escalation rule"),
    "orange": _("Orange escalation rule"),
    "yellow": _("Yellow escalation rule"),
    "blue": _("Blue escalation rule"),
}
RANK = ("called", "received", "passed_on", "in_place", "done", "verified")


@register.filter
def sentence(event: Event) -> str:
    """The event in the reader's language."""
    return say(event.verb, event.by_name, event.data, event.card)


@register.simple_tag
def county_scale(unit: Unit) -> str:
    """The county's own scale beside the national grades."""
    bounds = bounds_of(unit)
    said = _("County's own scale: from %(two)s dead or missing at least II, from %(one)s on I.")
    return str(said) % {"one": bounds["I"], "two": bounds["II"]}


@register.filter
def issuer(order: Order) -> str:
    """Who issued an order: a person, or the system by rule."""
    return order.issued_by.label if order.issued_by else gettext("the system, by rule")


@register.filter
def rule_words(rule: dict[str, Any] | None) -> str:
    """The rule by which the system acted: its text, who approved it, and the document."""
    return told_rule(rule).strip(" （）()") if rule else ""


@register.filter
def how_words(code: str) -> Any:
    """How an answer came, in words; nothing for one's own."""
    return ANSWERED.get(code, code)


@register.filter
def channel_words(code: str) -> Any:
    return channel_word(code)


@register.filter
def outcome_words(code: str) -> Any:
    """What became of an attempt to reach somebody."""
    return OUTCOME_WORDS.get(code, code)


@register.filter
def reach_figures(reach: dict[str, int]) -> list[tuple[str, Any, int]]:
    """The six counts: (code, words, number), in order."""
    return [(code, words, reach[code]) for code, words in REACH_WORDS.items()]


@register.filter
def wake_words(wake: Wake) -> str:
    return wake_screen.sentence(wake)


@register.filter
def wake_hints(wake: Wake) -> list[str]:
    return wake_screen.hints(wake)


@register.filter
def climbed_words(code: str) -> Any:
    return CLIMBED_WORDS.get(code, code)


@register.filter
def late_words(code: str) -> str:
    """For the one who is late: what their silence has cost so far."""
    return str(_("Late: %(what)s")) % {"what": CLIMBED_WORDS.get(code, code)}


@register.filter
def seconds_words(seconds: int) -> str:
    return length(seconds)


@register.filter
def t_plus(minutes: int) -> str:
    """By when after the start, as a plan says it."""
    return f"T+{length(minutes * 60)}"


@register.filter
def others_called(assignment: Assignment) -> list[Any]:
    """Everybody whom the ladder called besides the holder, once each, in the order in which they were called."""
    seen = {assignment.person_id}
    found = []
    for call in assignment.calls.all():
        if call.person_id not in seen:
            seen.add(call.person_id)
            found.append(call)
    return found


@register.filter
def colour_label(code: str) -> Any:
    return Colour(code).label if code in Colour.values else code


@register.filter
def ladder_label(code: str) -> Any:
    """The colour of a ladder, which is not a warning."""
    return LADDER_WORDS.get(str(code), code)


@register.filter
def category_label(code: str) -> Any:
    return Category(code).label if code in Category.values else code


@register.filter
def at_least(status: str, step: str) -> bool:
    """Whether an assignment has come as far as ``step``."""
    return status in RANK and RANK.index(status) >= RANK.index(step)


@register.filter
def is_scale(value: str) -> bool:
    return value in Scale.values
