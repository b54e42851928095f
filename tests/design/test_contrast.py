"""Contrast of every pair of tokens that stand on one another, read from the style sheet itself (WCAG 2.2 ratios)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text(encoding="utf-8")
GROUNDS = ("ground", "panel", "raised")
TEXTS = (
    "text",
    "muted",
    "accent",
    "accent-strong",
    "danger",
    "warn",
    "ok",
    "level-I-text",
    "level-II-text",
    "level-III-text",
    "level-IV-text",
)
SHAPES = ("line-strong", "level-I-edge", "level-II-edge", "level-III-edge", "level-IV-edge")
STATES = (
    "not_called",
    "called",
    "silent",
    "received",
    "passed_on",
    "in_place",
    "done",
    "verified",
    "climbed",
    "answered_for",
)
INK = (
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("danger-ink", "danger-fill"),
    ("danger-ink", "danger"),
    ("level-ink", "level-I"),
    ("level-ink", "level-II"),
    ("level-ink", "level-III"),
    ("level-ink", "level-IV"),
)
TINTS = (
    ("text", "accent-tint"),
    ("accent", "accent-tint"),
    ("muted", "accent-tint"),
    ("text", "danger-tint"),
    ("danger", "danger-tint"),
    ("text", "warn-tint"),
    ("warn", "warn-tint"),
    ("text", "ok-tint"),
    ("ok", "ok-tint"),
    ("danger", "accent-tint"),
    ("warn", "accent-tint"),
)


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def block_after(start: str) -> str:
    begin = CSS.index(start) + len(start)
    return CSS[begin : CSS.index("}", begin)]


DARK = tokens(block_after(":root {"))
LIGHT = DARK | tokens(block_after('[data-bs-theme="light"] {'))
PALETTES = {"dark": DARK, "light": LIGHT}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", PALETTES)
def test_every_text_colour_reads_on_every_ground(theme: str) -> None:
    palette = PALETTES[theme]
    names = (*TEXTS, "state-silent")
    poor = {
        (n, g): round(ratio(palette[n], palette[g]), 2)
        for n in names
        for g in GROUNDS
        if ratio(palette[n], palette[g]) < 4.5
    }
    assert poor == {}


@pytest.mark.parametrize("theme", PALETTES)
def test_every_shape_and_state_stands_out_from_every_ground(theme: str) -> None:
    palette = PALETTES[theme]
    names = (*SHAPES, *(f"state-{s}" for s in STATES))
    poor = {
        (n, g): round(ratio(palette[n], palette[g]), 2)
        for n in names
        for g in GROUNDS
        if ratio(palette[n], palette[g]) < 3
    }
    assert poor == {}


@pytest.mark.parametrize("theme", PALETTES)
def test_ink_reads_on_its_fill_and_text_on_its_tint(theme: str) -> None:
    palette = PALETTES[theme]
    poor = {
        pair: round(ratio(palette[pair[0]], palette[pair[1]]), 2)
        for pair in (*INK, *TINTS)
        if ratio(palette[pair[0]], palette[pair[1]]) < 4.5
    }
    assert poor == {}


def test_the_light_set_for_the_system_equals_the_chosen_one() -> None:
    chosen = block_after('[data-bs-theme="light"] {')
    system = block_after(":root:not([data-bs-theme]) {")
    assert [line.strip() for line in system.split("\n") if line.strip()] == [
        line.strip() for line in chosen.split("\n") if line.strip()
    ]


def test_the_tokens_are_those_of_the_design() -> None:
    assert [DARK[n] for n in ("ground", "panel", "raised", "line", "text", "muted", "accent")] == [
        "#0d131d",
        "#141c29",
        "#1b2536",
        "#2b384c",
        "#e9eef6",
        "#9fb0c7",
        "#5aa9ff",
    ]
    assert [LIGHT[n] for n in ("ground", "panel", "raised", "line", "text", "muted", "accent")] == [
        "#f4f6f9",
        "#ffffff",
        "#eef2f7",
        "#d5dde8",
        "#17202c",
        "#556377",
        "#0b63c5",
    ]
    assert [LIGHT[f"level-{n}"] for n in ("I", "II", "III", "IV")] == ["#e5484d", "#f08a3c", "#e3c23f", "#4d9de0"]
