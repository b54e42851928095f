"""Templates are read and compared line by line: no line is longer than a screen is wide."""

from __future__ import annotations

from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
WIDEST = 160


def test_no_line_of_a_template_is_too_long() -> None:
    long = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > WIDEST
    ]
    assert not long
