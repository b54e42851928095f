"""Template tags for the components of the interface; /design/ shows each of them in all its states.

Those that stand within a line of text are made here, for the line break that ends a template file would be a gap in the
text (docs/adr/0039); all others are templates in templates/components/.

``{% load ui %}`` gives: icon, level, level_badge, response, state, waiting, countdown, ring, moment, live_badge,
phone, person, unit, incident_chip, counter, figure, answer_bar, empty, failed, notice, skeleton, tabs, steps,
order_card, term and the blocks panel and toolbar. Times are aware datetimes, levels are ``I`` to ``IV`` (colours are
accepted), states are the codes of board/rules/words.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.db.models import Model
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats, timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from board.rules import words
from board.rules.spans import ago, countdown_tone, span
from board.rules.terms import TERMS
from journal.states import exercise_of
from plans.rules.words import EMERGENCY_LEVELS, LEVEL_LABELS

register = template.Library()

SCRIPTS = {"zh-hans": "zh-Hans"}
HAN = re.compile(r"[\u3400-\u9fff]")


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _local(at: datetime) -> str:
    """Today the clock alone; else date and clock, in the form of the language."""
    here = timezone.localtime(at)
    if here.date() == timezone.localdate():
        return here.strftime("%H:%M")
    return formats.date_format(here, "SHORT_DATETIME_FORMAT")


@register.simple_tag
def html_lang() -> str:
    """BCP 47 form of the active language."""
    language = translation.get_language() or "zh-hans"
    return SCRIPTS.get(language, language)


@register.simple_tag
def term(code: str) -> SafeString:
    """A term of board/rules/terms.py; for readers of English with its meaning, by pointer, tap or keyboard."""
    found = TERMS[code]
    if not (translation.get_language() or "").startswith("en"):
        return format_html("{}", found.word)
    said = format_html('{} <span lang="zh-Hans">{}</span>', found.said, found.chinese)
    return format_html(
        '<span class="term" tabindex="0">{}<span class="term-said" role="tooltip">{}</span></span>', found.word, said
    )


@register.filter
def zh(text: Any) -> Any:
    """A text that somebody wrote in Chinese, for readers of another language marked as Chinese for the browser."""
    if not _foreign(text):
        return text
    return format_html('<span lang="zh-Hans">{}</span>', text)


@register.filter
def in_chinese(text: Any) -> Any:
    """The same, and in words: for a text that stands alone."""
    if not _foreign(text):
        return text
    return format_html('<span lang="zh-Hans">{}</span> <small class="muted">{}</small>', text, _("(in Chinese)"))


def _foreign(text: Any) -> bool:
    return html_lang() != SCRIPTS["zh-hans"] and bool(HAN.search(str(text)))


@cache
def sprite() -> str:
    """URL of the SVG sprite with all icons; cached, because a page has dozens of them."""
    return static("img/icons.svg")


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """``{% icon "phone" %}`` is decorative; with ``label`` it carries the accessible name."""
    return format_html(
        '<svg class="icon{}"{}><use href="{}#{}"></use></svg>',
        f" {css}" if css else "",
        format_html(' role="img" aria-label="{}"', label) if label else SafeString(' aria-hidden="true"'),
        sprite(),
        name,
    )


def _shape(level: str) -> SafeString:
    name = f"level-{level or 'none'}"
    return format_html('<svg class="level-shape" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite(), name)


@register.simple_tag
def level(value: str, kind: str = "response", text: str = "") -> SafeString:
    """``{% level incident.grade "grade" %}``: shape and word.

    kind: response | grade | colour; ``text`` replaces the word.
    """
    code = words.level_of(value)
    word = text or level_word(value, kind)
    return format_html('<span class="level lv-{}">{}<span>{}</span></span>', code or "none", _shape(code), word)


@register.simple_tag
def level_word(value: str, kind: str = "response") -> str:
    """The word alone, where the shape stands beside it."""
    code = words.level_of(value)
    return str(words.WORDS[kind].get(value) or words.WORDS[kind][code] if code else words.NONE_WORDS[kind])


@register.simple_tag
def level_short(value: str) -> str:
    """For narrow places: the numeral of an emergency level; a warning response in full, which is no warning."""
    return str(LEVEL_LABELS[value]) if value in EMERGENCY_LEVELS else level_word(value)


@register.simple_tag
def level_badge(value: str, kind: str = "response") -> SafeString:
    """The shape with its numeral inside, for heads, markers and the wall; read out as the full word. A warning response
    has a letter in place of a numeral: it is no emergency level.
    """
    code = words.level_of(value)
    warning = kind == "response" and value in words.LEVEL_OF_COLOUR
    return format_html(
        '<span class="level-badge lv-{}" role="img" aria-label="{}">{}<b aria-hidden="true">{}</b></span>',
        code or "none",
        level_word(value, kind),
        _shape(code),
        pgettext("letter of a warning response", "W") if warning else code,
    )


@register.simple_tag
def state(code: str, text: str = "", glyph_only: bool = False) -> SafeString:
    """``{% state "silent" %}``: glyph and word; ``glyph_only=True`` keeps the word for screen readers."""
    word = text or words.STATES[code]
    return format_html(
        '<span class="state st-{}"><svg class="state-glyph" aria-hidden="true"><use href="{}#state-{}"></use></svg>'
        "<span{}>{}</span></span>",
        code,
        sprite(),
        code,
        SafeString(' class="visually-hidden"') if glyph_only else "",
        word,
    )


@register.simple_tag
def waiting(since: datetime, over: datetime | None = None) -> SafeString:
    """Counts up from ``since``; red once past ``over``."""
    at = timezone.now()
    return format_html(
        '<time class="waiting{}" datetime="{}" data-waiting="{}"{} title="{}">{}</time>',
        " over" if over and at > over else "",
        _iso(since),
        _iso(since),
        format_html(' data-over="{}"', _iso(over)) if over else "",
        _("since %(time)s") % {"time": _local(since)},
        span(at - since),
    )


@register.simple_tag
def countdown(due: datetime, start: datetime | None = None) -> SafeString:
    """Counts down to ``due``, then up with a plus sign."""
    at = timezone.now()
    figure = span(due - at) if due >= at else f"+{span(at - due)}"
    return format_html(
        '<time class="countdown {}" datetime="{}" data-due="{}"{} title="{}">{}</time>',
        countdown_tone(due, start, at),
        _iso(due),
        _iso(due),
        format_html(' data-start="{}"', _iso(start)) if start else "",
        _("due %(time)s") % {"time": _local(due)},
        figure,
    )


@register.inclusion_tag("components/ring.html")
def ring(due: datetime, start: datetime, small: bool = False) -> dict[str, Any]:
    """A countdown inside a ring that empties from ``start`` to ``due``."""
    at = timezone.now()
    whole = (due - start).total_seconds()
    share = 100 if at > due else max(0.0, min(1.0, (due - at).total_seconds() / whole)) * 100 if whole > 0 else 0
    tone = countdown_tone(due, start, at)
    return {"due": due, "start": start, "small": small, "tone": tone, "share": f"{share:.2f}"}


@register.simple_tag
def moment(at: datetime, relative: bool = True) -> SafeString:
    """Absolute and relative time: ``03:20 · 14 min ago``."""
    absolute = format_html('<time datetime="{}">{}</time>', _iso(at), _local(at))
    if not relative:
        return absolute
    return format_html(
        '<span class="nowrap">{} <span class="muted">· <span class="num" data-age="{}">{}</span></span></span>',
        absolute,
        _iso(at),
        ago(timezone.now() - at),
    )


@register.inclusion_tag("components/live_badge.html")
def live_badge(state: str = "live", at: datetime | None = None) -> dict[str, Any]:
    """live | polling | late | offline; ``at`` is the time of the newest data. setLive() of core/badge.js changes it."""
    return {"state": state, "at": _iso(at) if at else "", "age": ago(timezone.now() - at) if at else ""}


@register.inclusion_tag("components/response.html")
def response(value: str, href: str = "") -> dict[str, Any]:
    """The running response level in the top bar: badge and word."""
    return {"value": value if words.level_of(value) else "", "href": href}


@register.inclusion_tag("components/phone.html")
def phone(number: str, name: str = "") -> dict[str, Any]:
    """A telephone number as a link that dials; a missing one is said loudly."""
    return {"number": number, "dial": "".join(c for c in number or "" if c.isdigit() or c == "+"), "name": name}


@register.inclusion_tag("components/person.html")
def person(person: Any, post: Any = "", with_phone: bool = True) -> dict[str, Any]:
    """Name, post and phone. No person is a vacancy, shown as one."""
    return {"person": person, "post": post, "with_phone": with_phone}


@register.inclusion_tag("components/unit.html")
def unit(unit: Any, within: Any = "") -> dict[str, Any]:
    """A unit's name, with the unit it lies in when that is not plain from the place."""
    return {"unit": unit, "within": within}


@register.inclusion_tag("components/incident_chip.html")
def incident_chip(incident: Any, href: str = "") -> dict[str, Any]:
    """Incident wherever it is named: shape of its response level (or grade), title, number."""
    return {"incident": incident, "href": href}


@register.inclusion_tag("components/counter.html")
def counter(
    key: str, label: str, value: int, href: str, tone: str = "", icon: str = "", current: str = ""
) -> dict[str, Any]:
    """A figure that filters. tone: danger | warn; ``current`` is the key of the one in force.

    setCounter(key, n) of frame/counters.js changes it.
    """
    return {"key": key, "label": label, "value": value, "href": href, "tone": tone, "icon": icon, "current": current}


@register.inclusion_tag("components/figure.html")
def figure(
    value: int, total: int | None = None, label: str = "", at: datetime | None = None, source: str = ""
) -> dict[str, Any]:
    """``212 of 223 answered · 14 s ago``: a figure carries its time and source."""
    age = ago(timezone.now() - at) if at else ""
    return {"value": value, "total": total, "label": label, "at": _iso(at) if at else "", "age": age, "source": source}


@register.inclusion_tag("components/answer_bar.html")
def answer_bar(counts: Mapping[str, int], legend: bool = True) -> dict[str, Any]:
    """Answers by state as one bar, silence first. ``counts``: state code → number."""
    total = sum(counts.values())
    parts, x = [], 0.0
    for code, word in words.STATES.items():
        if number := counts.get(code, 0):
            width = number * 100 / total
            parts.append({"code": code, "word": word, "n": number, "x": f"{x:.3f}", "width": f"{width:.3f}"})
            x += width
    label = "; ".join(f"{part['word']} {part['n']}" for part in parts)
    return {"parts": parts, "label": label, "total": total, "legend": legend}


@register.inclusion_tag("components/empty.html")
def empty(
    title: str, text: str = "", icon: str = "inbox", href: str = "", action: str = "", good: bool = False
) -> dict[str, Any]:
    """Nothing here: says why and what to do next. ``good`` when empty is how it should be."""
    return {"title": title, "text": text, "icon": icon, "href": href, "action": action, "good": good}


@register.inclusion_tag("components/failed.html")
def failed(title: str, text: str = "", href: str = "", action: str = "") -> dict[str, Any]:
    """Something could not be loaded: says so, and offers the way out."""
    return {"title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag("components/notice.html")
def notice(text: str, tone: str = "info", title: str = "", href: str = "", action: str = "") -> dict[str, Any]:
    """A line that stays. tone: info | ok | warn | danger."""
    icons = {"info": "info-circle", "ok": "circle-check", "warn": "alert", "danger": "alert-circle"}
    return {"text": text, "tone": tone, "title": title, "href": href, "action": action, "icon": icons[tone]}


@register.inclusion_tag("components/skeleton.html")
def skeleton(rows: int = 3) -> dict[str, Any]:
    """Rows that are being loaded."""
    return {"rows": range(rows)}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Mapping[str, Any]], current: str, label: str) -> dict[str, Any]:
    """Tabs that live in the URL. items: ``{key, label, href, count?}``."""
    return {"items": items, "current": current, "label": label}


STEPS = ("received", "passed_on", "in_place", "done", "verified")


@register.inclusion_tag("components/steps.html")
def steps(code: str) -> dict[str, Any]:
    """The five steps of an assignment and where it stands; before the first all are to come."""
    here = STEPS.index(code) if code in STEPS else -1
    place = {True: "past"}
    rows = [
        {"code": step, "word": words.STATES[step], "place": "now" if n == here else place.get(n < here, "")}
        for n, step in enumerate(STEPS)
    ]
    return {"rows": rows}


@register.inclusion_tag("components/order_card.html", takes_context=True)
def order_card(context: template.Context, card: Mapping[str, Any]) -> dict[str, Any]:
    """The phone's order card; the keys of ``card`` are listed in templates/components/order_card.html."""
    return {"card": card, "csrf_token": context.get("csrf_token", "")}


@register.simple_block_tag
def panel(content: str, side: str, title: str) -> SafeString:
    """``{% panel side="left" title=title %}…{% endpanel %}``: a column, a drawer below 1100 px, a sheet below 640."""
    return render_to_string("components/panel.html", {"side": side, "title": title, "content": content})


@register.simple_block_tag
def toolbar(content: str, label: str) -> SafeString:
    """``{% toolbar label=_("Filters") %}…{% endtoolbar %}``: controls above a table."""
    return render_to_string("components/toolbar.html", {"label": label, "content": content})


@register.simple_tag
def keys(*names: str) -> SafeString:
    """``{% keys "Ctrl" "K" %}``: key caps."""
    return format_html_join(" ", "<kbd>{}</kbd>", ((name,) for name in names))


@register.simple_tag(takes_context=True)
def exercise_mark(context: Context) -> SafeString | str:
    """The watermark of a page or a sheet of paper that speaks of an exercise: its world does, or what it is about.

    What it is about: the rows that its view put into the context. Empty for what is real. Must render without a request
    and without a frame.
    """
    if exercise(context) is None:
        return ""
    return format_html(
        '<div class="exercise-strip" role="note">{}</div><div class="exercise-mark" aria-hidden="true">{}</div>',
        _("EXERCISE · nothing on this page is real"),
        format_html_join("", "<span>{}</span>", [(_("EXERCISE"),)] * MARKS),
    )


MARKS = 9
"""How often the word stands behind a page: enough for any part of a screen to hold one."""


@register.simple_tag(takes_context=True)
def exercise(context: Context) -> int | None:
    """The exercise that the page speaks of, None for what is real."""
    known: dict[str, Any] = dict(context.flatten())  # type: ignore[arg-type]  # a context has names only
    found = (exercise_of(value) for value in known.values() if isinstance(value, Model))
    about = next((number for number in found if number is not None), None)
    frame = known.get("frame")
    return about if about is not None or frame is None else frame.world.exercise
